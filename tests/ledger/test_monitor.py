"""A monitor outside counts every leaf, and raises the alarm on whatever a log should not do."""

import gzip
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server, socket
from threading import Thread

import pytest

from ledger import monitor
from ledger.keeping import alone
from ledger.monitor import main
from ledger.seal.note import Signer, note
from ledger.verify import tile_path
from tests.ledger.seal.makers import BUREAU, LOG, ORIGIN, Grown, a_log


class Quiet(SimpleHTTPRequestHandler):
    """Serve files; one that ends with .gz is sent as what is in it, and one with .cut breaks off."""

    def log_message(self, format: str, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        for ending, header in (("gz", "Content-Encoding: gzip"), ("cut", "Content-Length: 1000000")):
            file = Path(f"{self.translate_path(self.path)}.{ending}")
            if file.exists():
                self.send_response(200)
                self.send_header(*header.split(": "))
                self.end_headers()
                self.wfile.write(file.read_bytes())
                return
        super().do_GET()


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
    shown, good = evidence_of(later.note(), tmp_path)
    assert (shown.read_text(), good.read_text()) == (later.note(), a_log(300).note())
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0


def evidence_of(shown: str, tmp_path: Path) -> tuple[Path, Path]:
    """Name the files with what was shown, and with what had been good until then."""
    named = tmp_path / "state" / f"evidence-{sha256(shown.encode()).hexdigest()[:16]}"
    return named, named.with_name(f"{named.name}-before")


def test_no_alarm_takes_the_evidence_of_another_away(url, served, tmp_path, capsys):
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0
    for size in (299, 298):
        serve(served, a_log(size))
        assert looked(url, tmp_path) == 1
        assert str(evidence_of(a_log(size).note(), tmp_path)[0]) in capsys.readouterr().out
    serve(served, a_log(301))
    assert looked(url, tmp_path) == 0
    serve(served, a_log(299))
    assert looked(url, tmp_path) == 1

    shown, good = evidence_of(a_log(299).note(), tmp_path)
    assert (shown.read_text(), good.read_text()) == (a_log(299).note(), a_log(300).note())
    assert evidence_of(a_log(298).note(), tmp_path)[0].exists()


def test_an_alarm_is_raised_even_if_its_evidence_cannot_be_kept(url, served, tmp_path, capsys):
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0
    serve(served, a_log(299))
    shown, _ = evidence_of(a_log(299).note(), tmp_path)
    shown.with_name(f"{shown.name}.draft").mkdir()

    assert looked(url, tmp_path) == 1
    assert "ALARM: the log has shrunk" in capsys.readouterr().out


def test_a_tile_that_was_cut_is_an_alarm(url, served, tmp_path, capsys):
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0
    serve(served, a_log(400))
    tile = served / tile_path(0, 1, 144)
    tile.write_bytes(tile.read_bytes()[:100])

    assert looked(url, tmp_path) == 1
    assert "does not hold 44 hashes" in capsys.readouterr().out


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
    assert "nothing new could be counted" in capsys.readouterr().out


@pytest.mark.parametrize("part", ["checkpoint", "tile"])
def test_a_log_that_hides_is_silent(url, served, tmp_path, capsys, part):
    serve(served, a_log(3))
    assert looked(url, tmp_path, "--silence", "60") == 0
    serve(served, a_log(4))
    (served / part).rename(tmp_path / "hidden")
    assert looked(url, tmp_path, "--silence", "60") == 2
    os.utime(tmp_path / "state" / "checkpoint", (0, 0))

    assert looked(url, tmp_path, "--silence", "60") == 1
    assert "nothing new could be counted" in capsys.readouterr().out


def test_what_is_sent_compressed_is_read(url, served, tmp_path):
    serve(served, a_log(300))
    for file in [file for file in served.rglob("*") if file.is_file()]:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()

    assert looked(url, tmp_path) == 0


def test_what_breaks_off_is_no_alarm(url, served, tmp_path, capsys):
    serve(served, a_log(300))
    bundle = served / tile_path("entries", 1, 44)
    bundle.with_name("44.cut").write_bytes(bundle.read_bytes()[:100])

    assert looked(url, tmp_path) == 2
    assert "broke off" in capsys.readouterr().err


def test_who_sends_too_much_is_away(url, served, tmp_path, monkeypatch):
    serve(served, a_log(300))
    monkeypatch.setattr(monitor, "LARGEST_NOTE", 10)

    assert looked(url, tmp_path) == 2


@pytest.mark.parametrize("words", ["HTTP/1.1 200 OK\r\nX-More: ", "HTTP/1.1 200 OK\r\n\r\n"])
def test_who_never_comes_to_an_end_is_away(tmp_path, monkeypatch, words):
    monkeypatch.setattr(monitor, "LONGEST_SECONDS", 0.2)
    with create_server(("127.0.0.1", 0)) as line:
        thread = Thread(target=never_end, args=(line, words.encode()))
        thread.start()
        assert looked(f"http://127.0.0.1:{line.getsockname()[1]}", tmp_path) == 2
        thread.join()


def never_end(line: socket, words: bytes) -> None:
    """Answer, and go on until nobody listens any more."""
    asking, _ = line.accept()
    with asking, suppress(ConnectionError):
        asking.sendall(words)
        while True:
            time.sleep(0.01)
            asking.sendall(b"x")


def test_a_bundle_may_be_a_fuller_one_by_now(url, served, tmp_path):
    serve(served, a_log(700))
    (served / "checkpoint").write_text(a_log(300).note())
    (served / tile_path("entries", 1)).with_name("001.p").mkdir()

    assert looked(url, tmp_path) == 0


def test_a_key_that_replaced_another_is_enough(url, served, tmp_path):
    serve(served, a_log(300))
    assert looked(url, tmp_path) == 0
    grown, newer = a_log(301), Signer(ORIGIN, bytes(32))
    serve(served, grown)
    (served / "checkpoint").write_text(note(grown.checkpoint(), [newer.sign(grown.checkpoint())]))

    keys = ["--key", str(newer.log_key())]
    assert main([url, *keys, "--state", str(tmp_path / "state")]) == 0


@pytest.mark.parametrize("key", ["a+b+c", "/nowhere/key", "/dev/null"])
def test_a_key_that_cannot_be_read_is_no_alarm(url, served, tmp_path, capsys, key):
    serve(served, a_log(3))

    assert main([url, "--key", key, "--state", str(tmp_path / "state")]) == 2
    assert "No key" in capsys.readouterr().err


def test_a_folder_that_cannot_be_used_is_no_alarm(url, served, tmp_path, capsys):
    serve(served, a_log(3))
    (tmp_path / "state").mkdir()
    with alone(tmp_path / "state"):
        assert looked(url, tmp_path) == 2
    assert "Another monitor" in capsys.readouterr().err
    (tmp_path / "state" / "checkpoint").write_text("")
    assert looked(url, tmp_path) == 2
    assert "is not what was kept" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("")
    assert looked(url, tmp_path) == 2


def test_what_is_good_is_kept_whole(url, served, tmp_path):
    serve(served, a_log(3))
    assert looked(url, tmp_path) == 0
    (tmp_path / "state" / "checkpoint.draft").mkdir()
    serve(served, a_log(4))

    assert looked(url, tmp_path) == 2
    assert (tmp_path / "state" / "checkpoint").read_text() == a_log(3).note()


def test_a_log_that_is_away_is_no_alarm(url, served, tmp_path):
    assert looked(url, tmp_path) == 2
    serve(served, a_log(3))
    shutil.rmtree(served / "tile")
    assert looked(url, tmp_path) == 2


def test_who_wants_witnesses_is_told_that_they_are_missing(url, served, tmp_path, capsys):
    serve(served, a_log(3))

    assert looked(url, tmp_path, "--key", str(BUREAU.witness_key()), "--witnesses", "1") == 1
    assert "0 known witnesses" in capsys.readouterr().out
