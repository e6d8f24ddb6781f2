"""A monitor outside counts every leaf, and raises the alarm on whatever a log should not do."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ledger.monitor import main
from tests.ledger.seal.makers import BUREAU, LOG, Grown, a_log


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *words: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def url(served) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def looked(url: str, tmp_path: Path, *more: str) -> int:
    return main([url, "--key", str(LOG.log_key()), "--state", str(tmp_path / "state"), *more])


def serve(served: Path, grown: Grown) -> None:
    """Serve a log, and nothing that is left of another."""
    shutil.rmtree(served)
    served.mkdir()
    grown.write(served)


def test_it_counts_on_from_look_to_look(url, served, tmp_path, capsys):
    for size in (0, 1, 255, 256, 300, 300, 700):
        serve(served, a_log(size))
        assert looked(url, tmp_path) == 0
        assert f"has {size} leaves" in capsys.readouterr().out


def rewritten(size: int) -> Grown:
    other = Grown()
    other.add(b"another", *a_log(size).leaves[1:])
    return other


@pytest.mark.parametrize("later", [a_log(299), rewritten(300), rewritten(301), a_log(0)])
def test_a_log_that_is_not_what_it_was_is_an_alarm(url, served, tmp_path, capsys, later):
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0
    serve(served, later)

    assert looked(url, tmp_path) == 1
    assert ("shrunk" if later.size < 300 else "two faces") in capsys.readouterr().out
    assert (tmp_path / "state" / "evidence").read_text() == later.note()
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0


def test_a_leaf_that_was_changed_is_an_alarm(url, served, tmp_path, capsys):
    serve(served, a_log(300))
    bundle = served / "tile" / "entries" / "001.p" / "44"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")

    assert looked(url, tmp_path) == 1
    assert "one was changed" in capsys.readouterr().out
    bundle.write_bytes(bundle.read_bytes()[:-34])
    assert looked(url, tmp_path) == 1


def test_silence_is_an_alarm(url, served, tmp_path, capsys):
    serve(served, a_log(3))
    assert looked(url, tmp_path, "--silence", "60") == 0
    os.utime(tmp_path / "state" / "checkpoint", (0, 0))

    assert looked(url, tmp_path, "--silence", "60") == 1
    assert "nothing came" in capsys.readouterr().out


def test_a_log_that_is_away_is_no_alarm(url, served, tmp_path):
    assert looked(url, tmp_path) == 2
    serve(served, a_log(3))
    shutil.rmtree(served / "tile")
    assert looked(url, tmp_path) == 2


def test_who_wants_witnesses_is_told_that_they_are_missing(url, served, tmp_path, capsys):
    serve(served, a_log(3))

    assert looked(url, tmp_path, "--key", str(BUREAU.witness_key()), "--witnesses", "1") == 1
    assert "0 known witnesses" in capsys.readouterr().out
