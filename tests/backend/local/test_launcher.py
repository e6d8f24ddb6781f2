"""The launcher comes up, goes down and comes up again, whatever happens to it in between.

It runs a Procfile of its own in a folder of its own: what the platform does is not the matter here.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from backend.local import memory, places, processes
from backend.local.servers import MARK

pytestmark = pytest.mark.long

PROCFILE = """\
release: python release.py
web: python -m http.server --bind 127.0.0.1 --directory answers $PORT
worker: sleep 1000
clock: sleep 1000
"""
RELEASE = """\
import os, psycopg
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
    owner.execute("create table if not exists release (at timestamptz)")
    owner.execute("insert into release values (now())")
    print("releases:", owner.execute("select count(*) from release").fetchone()[0])
with psycopg.connect(os.environ["DATABASE_URL"]) as app:
    print("app:", *app.execute("select current_user").fetchone())
"""
SECONDS_TO_COME_UP = 60


class Checkout:
    """A copy of the launcher, with something small to launch."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = processes.free_port()
        for name in ("backend/__init__.py", "backend/local"):
            copy = shutil.copytree if (places.ROOT / name).is_dir() else shutil.copy
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            copy(places.ROOT / name, root / name)
        (root / "Procfile").write_text(PROCFILE)
        (root / "release.py").write_text(RELEASE)
        (root / "answers").mkdir()
        (root / "answers" / "readyz").write_text("yes")

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start the launcher, which writes what it says to a file."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        unset = {"DATABASE_URL", "REDIS_URL", "DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL"}
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        with (self.root / "said").open("w") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "backend.local", *(arguments or ["run"])],
                cwd=self.root,
                env=environment | {"PATH": path, "PORT": str(self.port)} | variables,
                stdout=said,
                stderr=said,
                text=True,
            )

    def said(self) -> str:
        return (self.root / "said").read_text()

    @contextmanager
    def up(self, **variables: str) -> Iterator["subprocess.Popen[str]"]:
        """Bring it up; at the end stop it as Ctrl-C does, and find nothing left."""
        launcher = self.start(**variables)
        wait_for(lambda: "ready" in self.said() or launcher.poll() is not None)
        assert launcher.poll() is None, self.said()
        yield launcher
        if launcher.poll() is None:
            launcher.send_signal(signal.SIGINT)
            assert launcher.wait(timeout=30) == 0, self.said()
        assert self.left() == []

    def left(self) -> list[psutil.Process]:
        """Find what still runs on behalf of this checkout."""
        homes = [home.resolve() for home in self.root.glob(".local/*") if home.is_dir()]
        servers = [process for home in homes for process in processes.working_below(home)]
        return servers + processes.marked(MARK, str(self.root))


def wait_for(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_COME_UP
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout whose parent is closed to everybody else, as a home may be."""
    tmp_path.chmod(0o700)
    (tmp_path / "checkout").mkdir()
    made = Checkout(tmp_path / "checkout")
    yield made
    assert made.start("reset").wait(timeout=30) == 0, made.said()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_second_run_finds_the_data_of_the_first(checkout: Checkout) -> None:
    with checkout.up():
        assert "app: lv_app" in checkout.said()
        urllib.request.urlopen(f"http://127.0.0.1:{checkout.port}/readyz", timeout=5).close()

    with checkout.up():
        assert "releases: 2" in checkout.said()


def test_what_the_servers_know_is_private(checkout: Checkout) -> None:
    with checkout.up():
        home = (checkout.root / ".local" / "run").resolve()

        assert (checkout.root / ".local").stat().st_mode & 0o777 == 0o700
        assert (home / "state.json").stat().st_mode & 0o777 == 0o600
        assert {process.username() for process in processes.working_below(home)} != {"root"}


def test_everything_ends_with_a_killed_launcher(checkout: Checkout) -> None:
    with checkout.up() as launcher:
        launcher.kill()
        launcher.wait()

        if sys.platform == "linux":
            wait_for(lambda: checkout.left() == [])

    with checkout.up():
        assert "releases: 2" in checkout.said()


def test_it_comes_up_after_everything_was_killed(checkout: Checkout) -> None:
    with checkout.up() as launcher:
        for process in (psutil.Process(launcher.pid), *checkout.left()):
            with suppress(psutil.NoSuchProcess):  # some end by themselves once the launcher is gone
                process.kill()
        launcher.wait()
        wait_for(lambda: checkout.left() == [])

    with checkout.up():
        assert "releases: 2" in checkout.said()


@pytest.mark.parametrize("seconds", [0.5, 1, 1.8])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_while_it_starts_leaves_nothing(checkout: Checkout, seconds: float, number: int) -> None:
    launcher = checkout.start()
    time.sleep(seconds)
    launcher.send_signal(number)

    launcher.wait(timeout=30)

    assert "Traceback" not in checkout.said()
    wait_for(lambda: checkout.left() == [])


def test_one_that_ends_stops_the_others(checkout: Checkout) -> None:
    (checkout.root / "Procfile").write_text(PROCFILE.replace("worker: sleep 1000", "worker: sleep 3"))

    with checkout.up() as launcher:
        assert launcher.wait(timeout=30) == 1

    assert "The process worker ended" in checkout.said()


def test_a_busy_port_is_one_sentence(checkout: Checkout) -> None:
    with checkout.up():
        pass
    checkout.port = processes.free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(checkout.port)]
    )
    wait_for(lambda: not processes.is_free(checkout.port))

    assert checkout.start().wait(timeout=30) == 1

    server.terminate()
    server.wait()
    assert checkout.said().startswith(f"Port {checkout.port} is taken by another program: stop that, or")
    assert checkout.said().count("\n") == 1


def test_a_second_launcher_says_that_one_runs(checkout: Checkout) -> None:
    with checkout.up():
        first = checkout.said()
        second = checkout.start()

        assert second.wait(timeout=30) == 1
        assert checkout.said().count("\n") == 1
        (checkout.root / "said").write_text(first)


def test_a_command_joins_the_servers_that_run(checkout: Checkout) -> None:
    with checkout.up():
        assert checkout.start("with", "python", "release.py").wait(timeout=30) == 0
        assert "releases: 2" in checkout.said()

    assert checkout.start("with", "python", "release.py").wait(timeout=30) == 0
    assert "releases: 3" in checkout.said()


def test_servers_named_by_the_environment_replace_our_own(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Checkout(tmp_path / "other")
    with checkout.up():
        known = memory.remembered((checkout.root / ".local" / "run").resolve())
        redis_url = f"redis://:{known['valkey_password']}@127.0.0.1:{known['valkey_port']}"

        with other.up(DATABASE_URL=known["admin_url"], REDIS_URL=redis_url):
            assert "releases: 2" in other.said()
            assert "Starting PostgreSQL" not in other.said()
    assert other.start("reset").wait(timeout=30) == 0
