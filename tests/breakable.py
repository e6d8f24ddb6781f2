"""A PostgreSQL of a test's own, which may be broken in every way and comes up again where it was."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from backend.local import homes, postgres, processes, programs, roles, servers
from backend.local.roles import Database

RECOVERY_SECONDS = 60


class Breakable:
    """A server that is killed and started again; whoever was connected has lost what was not committed."""

    def __init__(self, home: Path, draw: random.Random) -> None:
        self._home, self._data, self._draw = home, home / "postgresql", draw
        self.admin_url = postgres.start(home, outlives_us=True)
        self.passwords = roles.prepare(self.admin_url, home)

    @property
    def outages(self) -> tuple[Callable[[], None], ...]:
        """What may happen to it."""
        return (self.kill_a_backend, self.stop_at_once, self.kill_the_server)

    def database(self, name: str) -> Database:
        """Create a database."""
        return roles.create(self.admin_url, self.passwords, name)

    def kill_a_backend(self) -> None:
        """Kill whoever works for a client: the server throws all clients out and recovers."""
        with self._admin() as admin:
            working = admin.execute(
                "select pid from pg_stat_activity where backend_type = 'client backend'"
                " and pid <> pg_backend_pid() order by pid"
            ).fetchall()
        with suppress(psutil.NoSuchProcess, IndexError):  # nobody may be connected just now
            psutil.Process(self._draw.choice(working)[0]).kill()

    def stop_at_once(self) -> None:
        """Stop without letting anybody end what they do."""
        subprocess.run(
            [programs.postgres() / "pg_ctl", "stop", "-D", self._data, "-m", "immediate", "-w"],
            env=processes.BARE,
            cwd=self._data,
            stdout=subprocess.DEVNULL,
            check=True,
            **processes.as_owner_of(self._data),
        )
        self._start()

    def kill_the_server(self) -> None:
        """Kill all of it."""
        for process in processes.working_below(self._data):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._start()

    def _admin(self) -> psycopg.Connection[Any]:
        """Connect as soon as the server has recovered from what was done to it last."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                return psycopg.connect(self.admin_url)
            except psycopg.OperationalError as error:
                if not is_lost(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _start(self) -> None:
        port = psycopg.conninfo.conninfo_to_dict(self.admin_url)["port"]
        while not processes.is_free(int(port or 0)):
            time.sleep(0.05)
        assert postgres.start(self._home, outlives_us=True) == self.admin_url


@contextmanager
def breakable(purpose: str, draw: random.Random) -> Iterator[Breakable]:
    """Yield a server for one test, with the dice that choose what is hit."""
    home = servers.home("test") / purpose
    homes.remove(home)
    home.mkdir(mode=0o711)
    try:
        yield Breakable(home, draw)
    finally:
        postgres.stop(home)
        homes.remove(home)


def is_lost(error: psycopg.OperationalError) -> bool:
    """Tell whether an error says that the connection is gone, so that nobody knows what became of the work.

    A deadlock, a serialization failure or a time-out says something else.
    """
    return error.sqlstate is None or error.sqlstate.startswith("57P")
