"""Programs: started so that they end with us, and found again when they did not."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import psutil

from backend.local.voice import Trouble

GRACE_SECONDS = 15
"""How long a program may take to end what it has begun."""

PATIENCE_SECONDS = 120
"""How long a server may take to answer: it may have to recover from a crash."""

BARE = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
"""The environment of a server, which needs none of our variables, least of all our keys."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def start(
    command: Sequence[str | Path],
    *,
    output: IO[Any] | int,
    environment: dict[str, str],
    folder: Path,
    stop_signal: int = signal.SIGTERM,
    outlives_us: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, out of reach of the terminal's Ctrl-C.

    :param stop_signal: what Linux sends it at our death, even a violent one, unless it `outlives_us`
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=None if outlives_us else _end_with(os.getpid(), stop_signal),  # noqa: PLW1509 - one system call
        **as_owner_of(folder),
    )


def wait_for(server: subprocess.Popen[bytes], answers: Callable[[], bool], *, log: Path) -> None:
    """Wait until a server answers.

    :raises Trouble: it ended instead, or takes too long
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"A server does not start; the last lines of {log} say why.")
        time.sleep(0.02)


def let_go(server: subprocess.Popen[bytes]) -> None:
    """Keep Python from expecting the end of a server that outlives us."""
    server.returncode = 0


def as_owner_of(folder: Path) -> dict[str, Any]:
    """Say who runs a program: the owner of its folder, so that a server of root's is not root."""
    owner = folder.stat().st_uid
    if owner == os.geteuid():
        return {}
    return {"user": owner, "group": pwd.getpwuid(owner).pw_gid, "extra_groups": []}


def _end_with(parent: int, stop_signal: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None  # elsewhere the next start finds what was left behind

    def ask_the_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def working_below(folder: Path) -> list[psutil.Process]:
    """Find the processes whose working directory is in a folder; servers go to their data."""
    return [
        p for p in psutil.process_iter() if (place := _place(p)) and place.is_relative_to(folder.resolve())
    ]


def marked(name: str, value: str) -> list[psutil.Process]:
    """Find the processes that were started with this variable in their environment."""
    return [p for p in psutil.process_iter() if _variable(p, name) == value]


def _place(process: psutil.Process) -> Path | None:
    try:
        return Path(process.cwd())
    except (psutil.Error, OSError):
        return None


def _variable(process: psutil.Process, name: str) -> str | None:
    try:
        return process.environ().get(name)
    except (psutil.Error, OSError):
        return None


def end(found: Iterable[psutil.Process], *, stop_signal: int = signal.SIGTERM) -> None:
    """Ask processes to end; after the grace, make them."""
    found = list(found)
    _send(found, stop_signal)
    stubborn = _left(found)
    _send(stubborn, signal.SIGKILL)
    _left(stubborn)


def _left(found: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Wait through the grace for processes to end; return those that have not.

    One that waits for nothing but its parent, who may be busy for long, has ended.
    """
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := [p for p in found if not _is_over(p)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _is_over(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _send(found: Iterable[psutil.Process], number: int) -> None:
    for process in found:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def is_free(port: int) -> bool:
    """Tell whether nobody listens at this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(wish: int | None = None) -> int:
    """Return the wished port when it is free, else one that the system picks."""
    if wish is not None and is_free(wish):
        return wish
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
