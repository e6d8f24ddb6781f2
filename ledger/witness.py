"""A witness for whoever wants to be one: it signs checkpoints of logs that have only grown.

    python -m ledger.witness --name bureau.example/witness --state /var/lib/witness --log KEY

It speaks C2SP `tlog-witness`, so that any log may ask it whose checkpoints have no extension lines. The
folder holds its secret, made at the first start, and the last checkpoint of each log; whoever loses it must
take another name. It prints its key, which goes into the log's settings and to whoever checks receipts. Put a
proxy that speaks https in front of it.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ledger.keeping import alone, keep
from ledger.seal.note import SEED_BYTES, Signer
from ledger.seal.witness import Answer, answer, read_request
from ledger.verify import Checkpoint, Key, Unproven, is_name, read_checkpoint, read_keys, read_note

LONGEST_REQUEST = 256_000  # sixteen signatures of a scheme that outlives quantum computers, and more
NOTHING = Answer(404, "There is nothing of this name.\n")
FORGETFUL = Answer(500, "What is signed cannot be remembered here, so nothing is.\n")


class Witness:
    """What a witness has seen, in a folder."""

    def __init__(self, name: str, state: Path, logs: Sequence[Key]) -> None:
        self._state, self._logs = state, logs
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(state):
            self.signer = Signer(name, _seed(state / "seed"))

    def add(self, body: bytes) -> Answer:
        """Judge a request, and remember what is signed before it is answered, whoever else has the folder."""
        try:
            asked = read_request(body)
        except Unproven as why:
            return Answer(400, f"{why}\n")
        origin = asked.checkpoint.origin
        keys = [key for key in self._logs if key.name == origin]
        if not keys:
            return NOTHING
        with alone(self._state):
            said = answer(asked, keys=keys, seen=self._seen(origin), by=self.signer, at=datetime.now(UTC))
            if said.kept is not None:
                keep(self._file(origin), said.kept)
        return said

    def show(self, hashed: str) -> Answer:
        """Show the last checkpoint of a log, named by the hash of its origin."""
        for key in self._logs:
            if _hash(key.name) == hashed and (file := self._file(key.name)).exists():
                return Answer(200, file.read_text("utf-8"))
        return NOTHING

    def _seen(self, origin: str) -> Checkpoint | None:
        file = self._file(origin)
        return read_checkpoint(read_note(file.read_text("utf-8"))[0]) if file.exists() else None

    def _file(self, origin: str) -> Path:
        return self._state / f"{_hash(origin)}.checkpoint"


def _hash(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _seed(file: Path) -> bytes:
    if not file.exists():
        keep(file, Signer.new("").seed.hex())
    seed = bytes.fromhex(file.read_text("utf-8"))
    if len(seed) != SEED_BYTES:
        raise ValueError(f"{file} holds no secret of ours")
    return seed


class Server(ThreadingHTTPServer):
    """A witness on the network."""

    daemon_threads = True

    def __init__(self, host: str, port: int, witness: Witness) -> None:
        super().__init__((host, port), _Handler)
        self.witness = witness


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 10
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._say(NOTHING, close=True)
        elif not length.isdecimal() or int(length) > LONGEST_REQUEST:
            self._say(Answer(413, "The request is too long.\n"), close=True)
        else:
            self._say(self._add(self.rfile.read(int(length))))

    def _add(self, body: bytes) -> Answer:
        try:
            return self.server.witness.add(body)
        except OSError as error:
            sys.stderr.write(f"It cannot remember what it signs: {error}\n")
            return FORGETFUL

    def do_GET(self) -> None:
        hashed, _, rest = self.path.strip("/").partition("/")
        self._say(self.server.witness.show(hashed) if rest == "checkpoint" else NOTHING)

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing: a proxy in front keeps the log."""

    def _say(self, said: Answer, *, close: bool = False) -> None:
        body = said.body.encode()
        self.close_connection = self.close_connection or close
        self.send_response(said.status)
        self.send_header("Content-Type", said.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(arguments: Sequence[str] | None = None) -> int:
    """Be a witness until somebody says stop."""
    about = argparse.ArgumentParser("witness", description="Sign checkpoints of logs that have only grown.")
    about.add_argument("--name", required=True, help="such as bureau.example/witness")
    about.add_argument("--state", type=Path, required=True, help="a folder of its own")
    about.add_argument("--log", action="append", required=True, help="a log's key, or a file of them")
    about.add_argument("--listen", default="127.0.0.1:8090")
    asked = about.parse_args(arguments)
    if not is_name(asked.name):
        about.error("a name has neither spaces nor a plus")
    host, _, port = asked.listen.rpartition(":")
    try:
        witness = Witness(asked.name, asked.state, list(read_keys(asked.log)))
        server = Server(host, int(port), witness)
    except (Unproven, OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with server:
        sys.stdout.write(f"{witness.signer.witness_key()}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
