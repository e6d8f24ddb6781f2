"""PostgreSQL on the loopback, by password only."""

import secrets
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg

from backend.local import homes, memory, places, processes, programs
from backend.local.voice import Trouble

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def start(home: Path, *, outlives_us: bool = False, settings: Mapping[str, str] | None = None) -> str:
    """Start PostgreSQL on the data of this home, made if need be, and return its administrator's URL.

    A server that may outlive us is taken over when it still runs; any other leftover is stopped first.
    """
    data = home / "postgresql"
    if not data.exists():
        _initialise(home, data)
    if not (outlives_us and _answers(home)):
        stop(home)
        (data / "postmaster.pid").unlink(missing_ok=True)  # the number in it may be another program's by now
        _launch(home, data, outlives_us=outlives_us, settings=SETTINGS | dict(settings or {}))
    return url(home)


def stop(home: Path) -> None:
    """Stop the server of this home: clients are let go, then whatever a crash left behind is ended."""
    data = home / "postgresql"
    left = processes.working_below(data)
    processes.end((p for p in left if p.pid == _chief(data)), stop_signal=signal.SIGINT)
    processes.end(p for p in left if p.is_running())


def _chief(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


def _initialise(home: Path, data: Path) -> None:
    password = secrets.token_urlsafe(24)
    memory.remember(home, postgres_password=password)
    fresh, secret = data.with_suffix(".new"), data.with_suffix(".password")
    homes.remove(fresh)
    fresh.mkdir(mode=0o700)
    memory.write_private(secret, password)
    for path in (fresh, secret):
        places.give_to_servers(path)
    done = subprocess.run(
        [
            programs.postgres() / "initdb",
            f"--pgdata={fresh}",
            f"--pwfile={secret}",
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",  # one order of text on every machine
        ],
        env=processes.BARE,
        cwd=fresh,
        capture_output=True,
        text=True,
        check=False,
        **processes.as_owner_of(fresh),
    )
    secret.unlink()
    if done.returncode:
        raise Trouble(f"PostgreSQL could not make {fresh}: {done.stderr.strip()}")
    fresh.rename(data)


def _launch(home: Path, data: Path, *, outlives_us: bool, settings: Mapping[str, str]) -> None:
    port = processes.free_port(memory.remembered(home).get("postgres_port"))
    memory.remember(home, postgres_port=port)
    log = home / "postgresql.log"
    with log.open("w") as output:
        server = processes.start(
            [
                programs.postgres() / "postgres",
                *("-D", str(data)),
                f"--port={port}",
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            output=output,
            environment=processes.BARE,
            folder=data,
            stop_signal=signal.SIGINT,
            outlives_us=outlives_us,
        )
    processes.wait_for(server, lambda: _answers(home), log=log)
    if outlives_us:
        processes.let_go(server)


def _answers(home: Path) -> bool:
    try:
        psycopg.connect(url(home), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def url(home: Path) -> str:
    """Return the administrator's URL of the server of this home, as it was last started."""
    known = memory.remembered(home)
    host = f"127.0.0.1:{known.get('postgres_port', 1)}"
    return f"postgresql://postgres:{known['postgres_password']}@{host}/postgres"
