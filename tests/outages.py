"""Workers that are killed at work, a clock, and a Valkey that is emptied, stopped and started again."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil
import redis

from backend.kit import jobs
from backend.local import processes, programs, valkey
from backend.local.places import ROOT

WORKERS = 3


def kill(pid: int) -> None:
    """Kill a process with all that it has started: a worker's job runs in a group of its own."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                each.kill()


class Crew:
    """Workers that a supervisor starts again, whatever ends them."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._members = [self._hire() for _ in range(WORKERS)]
        self.killed = 0

    def _hire(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", self._module], cwd=ROOT)

    def look_after(self) -> None:
        """Replace who has ended."""
        self._members = [each if each.poll() is None else self._hire() for each in self._members]

    def kill_one(self) -> None:
        """Kill a worker and the process of its job, in the middle of whatever they do."""
        kill(random.choice(self._members).pid)
        self.killed += 1

    def kill_all(self) -> None:
        """Kill all of them."""
        for each in self._members:
            kill(each.pid)
            each.wait()
            self.killed += 1

    def dismiss(self) -> None:
        """End them all."""
        for each in self._members:
            kill(each.pid)
            each.wait()

    def work_until(self, is_over: Callable[[], bool], *, seconds: float = 240) -> None:
        """Wait, in peace by now, for the work to come to its end."""
        deadline = time.monotonic() + seconds
        while not is_over() and time.monotonic() < deadline:
            self.look_after()
            time.sleep(0.5)


@dataclass(frozen=True)
class OwnValkey:
    """A server that nobody else uses, so that it may be stopped."""

    home: Path
    url: str

    def stop(self) -> None:
        """Stop it."""
        valkey.stop(self.home)

    def restart(self) -> None:
        """Start it again as it was, with the password that everybody knows."""
        folder, log = self.home / "valkey", self.home / "valkey.log"
        command = [programs.valkey(), self.home / "valkey.conf"]
        with log.open("w") as output:
            server = processes.start(command, output=output, environment=processes.BARE, folder=folder)
        processes.wait_for(server, lambda: valkey.answers(self.home), log=log)
        processes.let_go(server)


@contextmanager
def crew(module: str) -> Iterator[Crew]:
    """Hire workers that run a module, and a clock that sweeps."""
    hired, over = Crew(module), Event()
    clock = Thread(target=_sweep_until, args=(over,))
    clock.start()
    try:
        yield hired
    finally:
        over.set()
        clock.join()
        hired.dismiss()


def _sweep_until(over: Event) -> None:
    while not over.wait(0.5):
        jobs.sweep()


def outage(nth: int, crew: Crew, own_valkey: OwnValkey) -> None:
    """Do something bad to the queue or to a worker."""
    match nth % 5:
        case 0:
            with suppress(redis.RedisError), redis.Redis.from_url(own_valkey.url) as client:
                client.flushall()
        case 2:
            own_valkey.stop()
        case 3:
            own_valkey.restart()
        case _:
            crew.kill_one()
