"""Our own witness on the network: it remembers, and answers in the protocol's numbers."""

import http.client
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from threading import Thread

import pytest

from ledger.seal import tree
from ledger.seal.witness import read_cosignature, request
from ledger.verify import MOST_SIGNATURES, Key, in_base64, open_checkpoint
from ledger.witness import LONGEST_REQUEST, Server, Witness, main
from tests.ledger.seal.makers import LOG, ORIGIN, Grown, a_log

GROWN = a_log(300)


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    with Server("127.0.0.1", 0, Witness("bureau.example/witness", tmp_path, [LOG.log_key()])) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def say(server: Server, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)) as line:
        line.request(method, path, body)
        said = line.getresponse()
        return said.status, said.read().decode()


def ask(
    server: Server, old: int, note: str, grown: Grown = GROWN, size: int | None = None
) -> tuple[int, str]:
    path = grown.hashes(tree.consistency(old, size or grown.size))
    return say(server, "POST", "/add-checkpoint", request(old, path, note).spelled())


def test_it_signs_remembers_and_shows_what_it_has_seen(server, tmp_path):
    shown = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert say(server, "GET", shown)[0] == 404
    assert ask(server, 0, GROWN.note(100), size=100)[0] == 200
    status, line = ask(server, 100, GROWN.note())
    key = server.witness.signer.witness_key()
    _, seen_at = read_cosignature(line, GROWN.checkpoint(), key)

    assert status == 200
    assert abs((datetime.now(UTC) - seen_at).total_seconds()) < 60
    status, note = say(server, "GET", shown)
    assert open_checkpoint(note, [LOG.log_key(), key], witnesses=1).checkpoint == GROWN.checkpoint()
    again = Witness("bureau.example/witness", tmp_path, [LOG.log_key()])
    assert again.signer.witness_key() == key
    assert again.add(request(0, [], GROWN.note(1)).spelled()).body == "300\n"


def test_it_signs_one_face_only(server):
    other = Grown()
    other.add(*GROWN.leaves[:-1], b"another")
    assert ask(server, 0, GROWN.note(200), size=200)[0] == 200

    assert ask(server, 0, GROWN.note())[0] == 409
    assert ask(server, 200, other.note(), grown=other)[0] == 200
    assert ask(server, 200, GROWN.note()) == (409, "300\n")
    assert ask(server, 300, GROWN.note())[0] == 422


def test_of_many_at_once_one_is_signed(server, tmp_path):
    beside = [Witness("bureau.example/witness", tmp_path, [LOG.log_key()]) for _ in range(4)]

    def asked(size: int) -> int:
        if size % 2:
            return beside[size // 2 % 4].add(request(0, [], GROWN.note(size)).spelled()).status
        return ask(server, 0, GROWN.note(size), size=size)[0]

    with ThreadPoolExecutor(8) as crowd:
        said = [*crowd.map(asked, range(200, 216))]

    assert sorted(said) == [200, *[409] * 15]


def test_whoever_puts_signatures_below_a_checkpoint_stops_nobody(server):
    others = [f"— {number} {in_base64(bytes(68))}\n" for number in range(MOST_SIGNATURES - 1)]

    assert ask(server, 0, GROWN.note(100, *others), size=100)[0] == 200
    assert ask(server, 100, GROWN.note())[0] == 200


def test_sixteen_large_signatures_are_not_too_many(server):
    large = [f"— {number} {in_base64(bytes(5_000))}\n" for number in range(15)]

    assert ask(server, 0, GROWN.note(None, *large))[0] == 200


def test_what_it_cannot_remember_it_does_not_sign(server, tmp_path, capsys):
    shutil.rmtree(tmp_path)

    assert ask(server, 0, GROWN.note())[0] == 500
    assert "cannot remember" in capsys.readouterr().err


def test_whatever_is_no_request_is_refused(server):
    assert say(server, "POST", "/add-checkpoint", b"old") == (
        400,
        "the request names no old size, or too long a path\n",
    )
    assert say(server, "POST", "/add-checkpoint", b"x" * (LONGEST_REQUEST + 1))[0] == 413
    assert say(server, "POST", "/other", b"")[0] == 404
    assert say(server, "GET", "/")[0] == 404
    stranger = GROWN.note().replace(ORIGIN, "another.example/log")
    assert say(server, "POST", "/add-checkpoint", request(0, [], stranger).spelled())[0] == 404


def test_a_folder_that_holds_no_secret_is_not_used(tmp_path, capsys):
    (tmp_path / "seed").write_text("00")

    assert main(["--name", "w", "--state", str(tmp_path), "--log", str(LOG.log_key())]) == 2
    assert main(["--name", "w", "--state", str(tmp_path), "--log", "a+b+c"]) == 2
    assert "no secret" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changed",
    [
        {"--name": "a bureau"},
        {"--name": "a+bureau"},
        {"--listen": "127.0.0.1:http"},
        {"--listen": "127.0.0.1:99999"},
        {"--log": "/nowhere"},
        {"--log": "/dev/null"},
    ],
)
def test_what_it_cannot_start_with_it_says(tmp_path, capsys, changed):
    good = {"--name": "w", "--state": str(tmp_path), "--log": str(LOG.log_key()), "--listen": "127.0.0.1:0"}

    try:
        ended = main([word for pair in (good | changed).items() for word in pair])
    except SystemExit as usage:
        ended = 2 if usage.code == 2 else 0
    assert ended == 2
    assert capsys.readouterr().err


def test_its_secret_is_for_its_owner_only(server, tmp_path):
    assert (tmp_path / "seed").stat().st_mode & 0o077 == 0
    assert isinstance(server.witness.signer.witness_key(), Key)
