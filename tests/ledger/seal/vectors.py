"""Files that are nearly right: whoever verifies, by hand or in a browser, says the same of each."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.seal.note import note
from ledger.verify import (
    DEEPEST,
    HASH_BYTES,
    LARGEST_FILE,
    MOST_DIGITS,
    MOST_SIGNATURES,
    Checkpoint,
    commitment,
    in_base64,
    leaf_hash,
    node_hash,
)
from tests.ledger.seal.makers import BUREAU, LOG, ORIGIN, SALT, Grown, a_log

KEYS = f"{LOG.log_key()}\n{BUREAU.witness_key()}"
GROWN = a_log(300)


class Vector(NamedTuple):
    """A file, the keys that are trusted, and whether it proves something."""

    name: str
    file: bytes
    proves: bool
    keys: str = KEYS


def vectors() -> Iterator[Vector]:
    """List them."""
    receipt, pair = GROWN.receipt(7), GROWN.pair(200)
    text = json.dumps(receipt)
    yield Vector("hashes cut elsewhere", spelled(a_path_of_other_lengths()), False)
    yield Vector("a pair beside an entry", spelled(pair | {"entry": {"points": 1_000_000}}), True)
    for name, more in (
        ("a name with a plus", f"— a+b {in_base64(bytes(68))}\n"),
        ("a name with a space of another kind", f"— a\u3000b {in_base64(bytes(68))}\n"),
        ("a signature of nothing", f"— a {in_base64(bytes(4))}\n"),
        ("an empty signature", "— a \n"),
        ("too many signatures", f"— a {in_base64(bytes(68))}\n" * MOST_SIGNATURES),
    ):
        yield Vector(name, spelled(GROWN.receipt(7, more)), False)
    many = f"— a {in_base64(bytes(68))}\n" * (MOST_SIGNATURES - 1)
    yield Vector("as many signatures as may be", spelled(GROWN.receipt(7, many)), True)
    yield Vector("a long signature", spelled(GROWN.receipt(7, f"— a {in_base64(bytes(300_000))}\n")), True)
    yield Vector("a file that begins with a mark", b"\xef\xbb\xbf" + text.encode(), True)
    yield Vector("keys that begin with a mark", text.encode(), True, f"\ufeff{KEYS}")
    yield Vector("a space of another kind", text.replace(": ", ":\u00a0").encode(), False)
    yield Vector("a page that ends", f"{text}\f".encode(), False)
    yield Vector("half a character", text[:-1].encode() + rb', "more": "\ud800"}', False)
    yield Vector("half a character in an entry", text.replace('"test"', r'"\ud800"').encode(), False)
    yield Vector(
        "a byte that is no text", spelled(alone("\ufffd")).replace("\ufffd".encode(), b"\xff"), False
    )
    yield Vector("as many digits as may be", spelled(alone(10 ** (MOST_DIGITS - 1))), True)
    yield Vector("too many digits", spelled(alone(10**MOST_DIGITS)), False)
    yield Vector("as deep as may be", spelled(alone(nested(DEEPEST - 3))), True)
    yield Vector("too deep", spelled(alone(nested(DEEPEST - 2))), False)
    yield Vector("far too large", spelled(alone("x" * 10 * LARGEST_FILE)), False)


def spelled(document: dict[str, Any]) -> bytes:
    """Write a document as it is handed out."""
    return json.dumps(document, ensure_ascii=False).encode()


def alone(fact: Any) -> dict[str, Any]:
    """Hand out a receipt for the only entry of a log, which says this."""
    grown, entry = Grown(), {"fact": fact}
    grown.add(commitment(SALT, entry))
    return {"entry": entry, "salt": in_base64(SALT), "proof": grown.proof(0)}


def nested(depth: int) -> list[Any]:
    """Put lists into lists, so that the innermost is empty."""
    fact: list[Any] = []
    for _ in range(depth):
        fact = [fact]
    return fact


def a_path_of_other_lengths() -> dict[str, Any]:
    """Join a log of three with a root that no log of four has, by cutting its hashes where none ends."""
    old = a_log(3)
    a, b, c = map(leaf_hash, old.leaves)
    below = node_hash(a, b) + c
    left, right, fresh = below[:10], below[10:], bytes(HASH_BYTES)
    forged = Checkpoint(ORIGIN, 4, node_hash(left, node_hash(right, fresh)))
    path = [in_base64(one) for one in (right, fresh, left)]
    return {"old": old.note(), "new": note(forged, [LOG.sign(forged)]), "path": path}
