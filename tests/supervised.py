"""The processes of the Procfile under somebody who kills them, all at once, and starts them again."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from honcho.environ import parse_procfile

from backend.local import launch, places, processes
from tests import outages

PATIENCE_SECONDS = 120


class Supervised:
    """Processes of the Procfile by their names, and where the web process answers."""

    def __init__(self, names: Sequence[str], log: Path) -> None:
        commands = parse_procfile((places.ROOT / "Procfile").read_text()).processes
        port = processes.free_port()
        path = f"{places.ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.killed = 0
        self._environment = {**os.environ, "PATH": path, "PORT": str(port), "WEB_WORKERS": "2"}
        self._commands = {name: commands[name] for name in names}
        self._running = {name: self._start(name) for name in names}

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        with self.log.open("a") as output:
            return subprocess.Popen(
                ["/bin/sh", "-c", f"exec {self._commands[name]}"],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=places.ROOT,
                env=self._environment,
                start_new_session=True,  # so that it dies with whatever it has started
            )

    def kill(self, name: str) -> None:
        """Kill one with all of its own, in the middle of whatever they do, and start it again."""
        self._end(name)
        self.killed += 1
        self._running[name] = self._start(name)

    def wait_until_ready(self) -> None:
        """Wait until the web process answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not launch.answers(f"{self.url}/readyz"):
            assert time.monotonic() < deadline, "the web process does not come up"
            time.sleep(0.1)

    def dismiss(self) -> None:
        """End them all."""
        for name in self._running:
            self._end(name)

    def _end(self, name: str) -> None:
        outages.kill(self._running[name].pid)
        self._running[name].wait()


@contextmanager
def supervised(*names: str, log: Path) -> Iterator[Supervised]:
    """Run processes of the Procfile as the environment says; what they say goes to a file."""
    running = Supervised(names, log)
    try:
        yield running
    finally:
        running.dismiss()
