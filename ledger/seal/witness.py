"""What a log and a witness say to each other: C2SP `tlog-witness`, as bytes; no network here."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.seal.note import Signer
from ledger.verify import (
    Checkpoint,
    Key,
    Unproven,
    check_consistency,
    in_base64,
    open_checkpoint,
    read_checkpoint,
    read_note,
    read_path,
    tree_hash,
)

LONGEST_PATH = 63
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class Request(NamedTuple):
    """A checkpoint to be cosigned, and the path to it from the one that the witness has seen last."""

    old: int
    path: list[bytes]
    note: str
    checkpoint: Checkpoint

    def spelled(self) -> bytes:
        """Spell it as the body of `add-checkpoint`."""
        lines = [f"old {self.old}", *map(in_base64, self.path), "", self.note]
        return "\n".join(lines).encode()


class Answer(NamedTuple):
    """What a witness answers; it answers only after it has stored what it has seen now."""

    status: int
    body: str
    kind: str = PLAIN
    seen: Checkpoint | None = None


def request(old: int, path: Sequence[bytes], note: str) -> Request:
    """Make a request; the note must be a checkpoint's."""
    return Request(old, list(path), note, read_checkpoint(read_note(note)[0]))


def read_request(body: bytes) -> Request:
    """Read the body of `add-checkpoint`.

    :raises Unproven: it is none
    """
    try:
        head, _, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Unproven("the request is not UTF-8") from None
    old, *path = head.split("\n")
    if not re.fullmatch(r"old (0|[1-9][0-9]{0,18})", old) or len(path) > LONGEST_PATH:
        raise Unproven("the request names no old size, or too long a path")
    return request(int(old[4:]), read_path(path), note)


def answer(
    asked: Request, *, keys: Iterable[Key], seen: Checkpoint | None, by: Signer, at: datetime
) -> Answer:
    """Judge a checkpoint of a known log, and cosign it if the log has only grown.

    :param keys: the log's
    :param seen: what this witness has cosigned last; whoever calls keeps others from changing that meanwhile
    """
    new, last = asked.checkpoint, seen.size if seen else 0
    try:
        open_checkpoint(asked.note, keys)
    except Unproven as why:
        return Answer(403, f"{why}\n")
    if asked.old > new.size:
        return Answer(400, f"the log has shrunk from {asked.old} to {new.size}\n")
    if asked.old != last:
        return Answer(409, f"{last}\n", SIZE)
    try:
        check_consistency(seen or Checkpoint(new.origin, 0, tree_hash(())), new, asked.path)
    except Unproven as why:
        return Answer(422, f"{why}\n")
    return Answer(200, by.cosign(new, at=at), seen=new)


def read_cosignature(lines: str, checkpoint: Checkpoint, key: Key) -> tuple[str, datetime]:
    """Find the line of a witness's answer that this key has signed, and when; leave out what else is there.

    :raises Unproven: there is none, or it is false
    """
    for name, key_id, signature in read_note(f"{checkpoint.text}\n{lines}")[1]:
        if (name, key_id) == (key.name, key.id):
            seen_at = key.check(checkpoint.text.encode(), signature)
            if seen_at is not None:
                return f"— {name} {in_base64(key_id + signature)}\n", seen_at
    raise Unproven(f"{key.name} has not signed")
