"""What a log and a witness say to each other: C2SP `tlog-witness`, as bytes; no network here."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.seal.note import Signer, line, note
from ledger.verify import (
    NUMBER,
    Checkpoint,
    Key,
    Unproven,
    check_consistency,
    in_base64,
    open_checkpoint,
    read_checkpoint,
    read_hashes,
    read_note,
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
    """What a witness answers; it answers only after it has stored what is to be kept."""

    status: int
    body: str
    kind: str = PLAIN
    kept: str | None = None


def request(old: int, path: Sequence[bytes], signed: str) -> Request:
    """Make a request; what is signed must be a checkpoint."""
    return Request(old, list(path), signed, read_checkpoint(read_note(signed)[0]))


def read_request(body: bytes) -> Request:
    """Read the body of `add-checkpoint`.

    :raises Unproven: it is none
    """
    try:
        head, _, signed = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise Unproven("the request is not UTF-8") from None
    old, *path = head.split("\n")
    if not re.fullmatch(f"old ({NUMBER})", old) or len(path) > LONGEST_PATH:
        raise Unproven("the request names no old size, or too long a path")
    return request(int(old[4:]), read_hashes(path), signed)


def answer(
    asked: Request, *, keys: Sequence[Key], seen: Checkpoint | None, by: Signer, at: datetime
) -> Answer:
    """Judge a checkpoint of a known log, and cosign it if the log has only grown.

    What is kept is the checkpoint with signatures that were checked: anybody may put others below it.

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
    known = {(key.name, key.id) for key in keys}
    signed = {one[:2]: line(*one) for one in read_note(asked.note)[1] if one[:2] in known}
    cosigned = by.cosign(new, at=at)
    return Answer(200, cosigned, kept=note(new, [*signed.values(), cosigned]))


def read_cosignature(lines: str, checkpoint: Checkpoint, key: Key) -> tuple[str, datetime]:
    """Find the line of a witness's answer that this key has signed, and when; leave out what else is there.

    :raises Unproven: there is none, or it is false
    """
    for name, key_id, signature in read_note(f"{checkpoint.text}\n{lines}")[1]:
        if (name, key_id) == (key.name, key.id):
            seen_at = key.check(checkpoint.text.encode(), signature)
            if seen_at is not None:
                return line(name, key_id, signature), seen_at
    raise Unproven(f"{key.name} has not signed")
