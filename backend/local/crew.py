"""The processes of the Procfile, with their lines on one screen."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from datetime import datetime

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from backend.local import places, processes, servers


class Crew:
    """What the Procfile names, started one by one and stopped together."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.commands: dict[str, str] = parse_procfile((places.ROOT / "Procfile").read_text()).processes
        self._environment = dict(environment)
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self._colours = get_colours()
        self._printer = Printer(width=max(map(len, self.commands)))
        self._printing = threading.Lock()

    def run(self, name: str) -> int:
        """Run one of them to its end and return its exit code."""
        member, lines = self._launch(name)
        code = member.wait()
        lines.join(timeout=1)  # a grandchild may hold its screen open
        return code

    def start(self, name: str) -> None:
        """Start one of them, to be stopped with the others."""
        self._members[name], _ = self._launch(name)

    def _launch(self, name: str) -> tuple[subprocess.Popen[bytes], threading.Thread]:
        # With `exec` the shell becomes the program, so that signals reach it.
        command = ["/bin/sh", "-c", f"exec {self.commands[name]}"]
        member = processes.start(
            command, output=subprocess.PIPE, environment=self._environment, folder=places.ROOT
        )
        lines = threading.Thread(target=self._print, args=(name, member, next(self._colours)), daemon=True)
        lines.start()
        return member, lines

    def _print(self, name: str, member: subprocess.Popen[bytes], colour: str) -> None:
        for line in member.stdout or ():
            message = Message(type="line", data=line, time=datetime.now(), name=name, colour=colour)  # noqa: DTZ005 - a clock on a wall
            with self._printing:
                self._printer.write(message)

    def ended(self) -> str | None:
        """Name one that is not running any more."""
        return next((name for name, member in self._members.items() if member.poll() is not None), None)

    def stop(self) -> None:
        """Ask all of them to end; after the grace, end them and whatever they left behind."""
        for member in self._members.values():
            if member.poll() is None:
                os.kill(member.pid, signal.SIGTERM)
        deadline = time.monotonic() + processes.GRACE_SECONDS
        while any(member.poll() is None for member in self._members.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
        end_leftovers()


def end_leftovers() -> None:
    """End the processes of this checkout that nobody looks after."""
    processes.end(processes.marked(servers.MARK, str(places.ROOT)))
