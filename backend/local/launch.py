"""Run the Procfile on servers of our own until somebody stops it."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from backend.local import homes, locks, processes, servers
from backend.local.crew import Crew, end_leftovers
from backend.local.voice import Trouble, say

PATIENCE_SECONDS = 60
"""How long the processes may take to be ready."""


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


@contextmanager
def stopped_once() -> Iterator[None]:
    """Leave the body at the first signal to stop; ignore more of them, so that the end is an orderly one."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in signals:
        signal.signal(each, stop)
    try:
        yield
    except Stopped:
        say("Stopped.")


def run() -> None:
    """Run the whole platform in the foreground."""
    with stopped_once(), only_one("run"):
        end_leftovers()
        port = chosen_port()
        with servers.started() as environment:
            crew = Crew(environment | {"PORT": str(port)})
            try:
                keep_running(crew, f"http://127.0.0.1:{port}")
            finally:
                say("Stopping")
                crew.stop()


def keep_running(crew: Crew, address: str) -> None:
    """Release, start the others, and stay until one of them ends."""
    say("Preparing the database")
    if crew.run("release"):
        raise Trouble("The release did not succeed; its lines above say why.")
    for name in crew.commands:
        if name != "release":
            crew.start(name)
    wait_until_ready(crew, address)
    say(f"Lvzhang is ready: {address}  (API pages: {address}/docs)  Ctrl-C stops it.")
    while not (gone := crew.ended()):
        time.sleep(0.2)
    raise Trouble(f"The process {gone} ended, so the others were stopped; its lines above say why.")


def wait_until_ready(crew: Crew, address: str) -> None:
    """Wait for `/readyz`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers(f"{address}/readyz"):
        if (gone := crew.ended()) or time.monotonic() > deadline:
            raise Trouble(f"The process {gone or 'web'} did not become ready; the lines above say why.")
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Tell whether an address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address  # nosec B310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def chosen_port() -> int:
    """Return the port of the environment, 8000 unless it says otherwise.

    :raises Trouble: it is no port, or taken
    """
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdecimal() or not 1024 <= int(wish) < 65536:
        raise Trouble(f"PORT is {wish!r}: choose a number from 1024 to 65535.")
    if not processes.is_free(int(wish)):
        raise Trouble(
            f"Port {wish} is taken by another program: stop that, or choose a port, PORT=8001 make run."
        )
    return int(wish)


@contextmanager
def only_one(*uses: str) -> Iterator[None]:
    """Hold this checkout's servers for these uses.

    :raises Trouble: another command holds them
    """
    with ExitStack() as held:
        for use in uses:
            try:
                held.enter_context(locks.alone(use, wait=False))
            except BlockingIOError as error:
                raise Trouble(
                    f"Lvzhang is already at work in this checkout ({use}): stop it there first."
                ) from error
        yield


def run_beside(command: Sequence[str]) -> int:
    """Run one command with the servers up, be they those of `make run` or started for it."""
    with stopped_once(), servers.reached() as environment:
        return subprocess.run(command, env=environment, check=False).returncode
    return 130


def reset() -> None:
    """Delete what the servers of this checkout keep: databases, queues, passwords and keys."""
    with only_one(*locks.names()):
        end_leftovers()
        homes.forget_all()
