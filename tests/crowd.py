"""Many at once: from several processes, each attempt on a connection of its own, waiting on one another."""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

import psycopg

from backend.kit import db as kit
from backend.settings import settings

PROCESSES = 4

P = ParamSpec("P")
T = TypeVar("T")

Attempt = Callable[[], str]
"""Something that says in a word what came of it; a process must be able to import it."""


class Crowd:
    """Attempts that are under way."""

    def __init__(self, attempt: Attempt, *, times: int) -> None:
        share = times // PROCESSES
        self._shares = [elsewhere(_together, attempt, share) for _ in range(PROCESSES)]

    def outcomes(self) -> Counter[str]:
        """Wait for all of them, and count what they said."""
        return sum((share.result() for share in self._shares), Counter())


def elsewhere(work: Callable[P, T], *facts: P.args, **named: P.kwargs) -> Future[T]:
    """Begin something in another process, in the environment of this test."""
    return _processes().submit(_in, dict(os.environ), partial(work, *facts, **named))


@cache
def _processes() -> ProcessPoolExecutor:
    """Start processes that stay for the tests to come: each has the whole platform to import first."""
    return ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))


def end() -> None:
    """Let the processes go, if there are any: who runs tests side by side leaves without a farewell."""
    if _processes.cache_info().currsize:
        _processes().shutdown()


def _in(environment: Mapping[str, str], work: Callable[[], T]) -> T:
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    try:
        return work()
    finally:
        kit.engine().dispose()


def _together(attempt: Attempt, times: int) -> Counter[str]:
    with ThreadPoolExecutor(times) as threads:
        return Counter(done.result() for done in [threads.submit(attempt) for _ in range(times)])


def wait_until_all_wait(url: str, count: int, *, seconds: float = 100) -> int:
    """Look on until so many connections wait for somebody else's lock; return how many do."""
    deadline = time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as observer:
        while True:
            row = observer.execute(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            ).fetchone()
            waiting = int(row[0]) if row else 0
            if waiting >= count or time.monotonic() > deadline:
                return waiting
            time.sleep(0.05)
