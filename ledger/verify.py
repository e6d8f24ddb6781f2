"""Check what a ledger says against what it has signed, with no access to it.

One file that needs Python 3.11, the package `cryptography` and nothing else, to be handed to anyone::

    python verify.py receipt.json --key city.example/log/330110+c45a1ab5+AQ…

What it is given is a receipt, two checkpoints with what joins them, or a folder of tiles. A key is a log's or
a witness's, in the spelling of C2SP `signed-note`, or a file of such lines; keys come from whoever is
trusted, never from whoever is checked. It exits with 0 if all is proven, 1 if not, 2 if it could not look,
as where a file or a key cannot be read.

The formats are those of RFC 6962 and of C2SP: `signed-note`, `tlog-checkpoint`, `tlog-cosignature`,
`tlog-proof`, `tlog-tiles`. The sealer uses these very functions.
"""

import argparse
import base64
import binascii
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from struct import Struct
from types import NoneType
from typing import Any, NamedTuple, Self, TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Value: TypeAlias = "str | int | bool | bytes | UUID | datetime | Sequence[Value] | dict[str, Value] | None"

VERSION = b"\x01"
SALT_BYTES = 32
LOG, WITNESS = 1, 4  # the kinds of signature: Ed25519 of a note, Ed25519 of a note and a time
TILE_WIDTH = 256
HASH_BYTES = 32
MOST_SIGNATURES = 100
DEEPEST, MOST_DIGITS, LARGEST_FILE = 100, 4096, 1 << 20  # far above what a receipt or a pair needs
PROOF = "c2sp.org/tlog-proof@v1"
NUMBER = "0|[1-9][0-9]{0,18}"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_SECOND = 253_402_300_799


class Unproven(Exception):
    """What was said does not follow from what was signed; the sentence says why."""


# Canonical bytes: one meaning, one spelling, for fingerprints and leaves alike. After the version comes a
# value: a tag, the length of what follows in four bytes, and that many bytes.
#
#   n  nothing       -                            u  UUID        its 16 bytes
#   f  false         -                            b  bytes       as they are
#   t  true          -                            m  moment      microseconds since 1970 UTC, in decimal
#   i  integer       in decimal, no leading zero  l  list        its values, one after the other
#   s  text          UTF-8                        d  dictionary  key, value, ...; keys in order of their UTF-8
#
# Lengths go first, so no text can be mistaken for a separator, and integers are decimal text, so none is too
# large.


def canonical(value: Value) -> bytes:
    """Spell a value in bytes.

    :raises TypeError: the value is, or holds, something that has no canonical spelling, such as a float
    """
    return VERSION + _spell(value)


def digest(value: Value) -> bytes:
    """Hash a value's canonical bytes with SHA-256."""
    return sha256(canonical(value)).digest()


def _spell(value: Any) -> bytes:
    return (_SPELLINGS.get(type(value)) or _spelling(value))(value)


def _spelling(value: object) -> Callable[[Any], bytes]:
    """Find how a value of a subclass is spelled."""
    for kind, spelling in _SPELLINGS.items():
        if isinstance(value, kind):
            return spelling
    raise TypeError(f"{type(value).__name__} has no canonical bytes")


def _told(tag: bytes, content: bytes) -> bytes:
    return _HEAD(tag, len(content)) + content


def _spell_text(value: str) -> bytes:
    content = value.encode()
    return _HEAD(b"s", len(content)) + content  # most of what is spelled is text


def _spell_list(values: Sequence[Any]) -> bytes:
    return _told(b"l", b"".join([_spell(value) for value in values]))


def _spell_dictionary(value: dict[str, Any]) -> bytes:
    keys = sorted(value, key=str.encode)
    return _told(b"d", b"".join([_spell(part) for key in keys for part in (key, value[key])]))


_HEAD = Struct(">cI").pack
_SPELLINGS: dict[type, Callable[[Any], bytes]] = {
    str: _spell_text,
    NoneType: lambda _: b"n\0\0\0\0",
    bool: lambda value: b"t\0\0\0\0" if value else b"f\0\0\0\0",
    int: lambda value: _told(b"i", b"%d" % value),
    UUID: lambda value: _told(b"u", value.bytes),
    datetime: lambda value: _told(b"m", b"%d" % ((value - _EPOCH) // _MICROSECOND)),
    tuple: _spell_list,
    list: _spell_list,
    dict: _spell_dictionary,
    bytes: lambda value: _told(b"b", value),
}


def commitment(salt: bytes, entry: Value) -> bytes:
    """Commit to an entry: who knows the salt can check it, who does not learns nothing of it."""
    return sha256(salt + canonical(entry)).digest()


# The tree of RFC 6962.


def leaf_hash(leaf: bytes) -> bytes:
    """Hash what stands at one position of the log."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(hashes: Sequence[bytes]) -> bytes:
    """Hash a row of neighbours up to their one root; where one has no partner it goes up as it is."""
    if not hashes:
        return sha256().digest()
    while len(hashes) > 1:
        # as node_hash does, without a call for each of the many
        above = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(hashes[::2], hashes[1::2], strict=False)
        ]
        hashes = [*above, *hashes[len(above) * 2 :]]
    return hashes[0]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Follow a path from the hash of a leaf up to the root that it leads to (RFC 6962, 2.1.1).

    :raises Unproven: no path in a tree of that size has this shape
    """
    if not 0 <= index < size:
        raise Unproven(f"position {index} is not in a log of {size}")
    if size == 1:
        _check_used_up(path)
        return leaf
    *below, neighbour = _not_used_up(path)
    left = left_half(size)
    if index < left:
        return node_hash(root_by_path(leaf, index, left, below), neighbour)
    return node_hash(neighbour, root_by_path(leaf, index - left, size - left, below))


def roots_by_path(root: bytes | None, old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Follow a path from the root of a smaller tree up to two roots: its own, and a larger one's (2.1.2).

    :param root: of the smaller tree; none inside the recursion, where it is not a whole subtree
    :raises Unproven: no path between trees of these sizes has this shape
    """
    if old == new:
        *below, top = [*path, root] if root else _not_used_up(path)
        _check_used_up(below)
        return top, top
    *below, neighbour = _not_used_up(path)
    left = left_half(new)
    if old <= left:
        before, after = roots_by_path(root, old, left, below)
        return before, node_hash(after, neighbour)
    before, after = roots_by_path(None, old - left, new - left, below)
    return node_hash(neighbour, before), node_hash(neighbour, after)


def left_half(size: int) -> int:
    """Tell how many leaves are under the left child of a root: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def _not_used_up(path: Sequence[bytes]) -> Sequence[bytes]:
    if not path:
        raise Unproven("the path is too short")
    return path


def _check_used_up(path: Sequence[bytes]) -> None:
    if path:
        raise Unproven("the path is too long")


# Signed notes.


@dataclass(frozen=True)
class Key:
    """A public key under its name, as `name+id+base64`."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a key; its id must be its own.

        :raises Unproven: it is none
        """
        name, _, rest = text.strip().partition("+")
        named, _, material = rest.partition("+")
        try:
            decoded = unbase64(material)
        except Unproven:
            decoded = b""
        if not is_name(name) or len(decoded) != 33 or decoded[0] not in {LOG, WITNESS}:
            raise Unproven(f"{text.strip()} is no key of a log or a witness")
        key = cls(name, decoded[0], decoded[1:])
        if key.id.hex() != named:
            raise Unproven(f"the key of {name} does not fit its id")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which its signatures name it."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{in_base64(bytes([self.kind]) + self.public)}"

    def check(self, text: bytes, signature: bytes) -> datetime | None:
        """Check a signature, and tell the time that a witness has put in it.

        :raises Unproven: the key did not sign this text
        """
        moment = None
        if self.kind == WITNESS:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            text = cosigned(text, seconds)
            if seconds > _LAST_SECOND:
                raise Unproven(f"the signature of {self.name} is from no time that we know")
            moment = _EPOCH + timedelta(seconds=seconds)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            raise Unproven(f"the signature of {self.name} is false") from None
        return moment


def cosigned(text: bytes, seconds: int) -> bytes:
    """Spell what a witness signs: the text of a checkpoint, and when it saw it."""
    return b"cosignature/v1\ntime %d\n" % seconds + text


@dataclass(frozen=True)
class Checkpoint:
    """What a log was when it had so many entries, and the text that says so."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{in_base64(self.root)}\n"


def read_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Cut a note into its text and its signatures: name, id of the key, signature.

    :raises Unproven: it is no signed note
    """
    text, gap, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not gap or not text or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise Unproven("the note is not signed")
    if re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise Unproven("the note holds control characters")
    return text + "\n", [_read_signature(line) for line in lines]


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case ["—", name, signature] if is_name(name):
            decoded = unbase64(signature)
            if len(decoded) > 4:
                return name, decoded[:4], decoded[4:]
    raise Unproven("a line of the note is no signature")


def is_name(text: str) -> bool:
    """Tell whether somebody may sign under this name."""
    return bool(re.fullmatch(r"[^\s+]+", text))


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint: three lines, as those of ours have no more.

    :raises Unproven: it is none
    """
    match text.split("\n"):
        case [origin, size, root, ""] if origin and re.fullmatch(NUMBER, size):
            (hashed,) = read_hashes([root])
            return Checkpoint(origin, int(size), hashed)
    raise Unproven("the note is no checkpoint of ours")


def check_consistency(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Check that a log has only grown from one checkpoint to the next.

    :raises Unproven: it has not, or the path does not show it
    """
    if old.origin != new.origin:
        raise Unproven(f"{old.origin} and {new.origin} are two logs")
    if old.size > new.size:
        raise Unproven(f"the log has shrunk from {old.size} to {new.size}")
    if any(one.size == 0 and one.root != tree_hash(()) for one in (old, new)):
        raise Unproven("the root is not that of an empty log")
    if old.size == new.size and old.root != new.root:
        raise Unproven(f"the log shows two faces: two roots of size {old.size}")
    if old.size == 0:
        _check_used_up(path)
    elif roots_by_path(old.root, old.size, new.size, path) != (old.root, new.root):
        raise Unproven(f"the log of {new.size} does not begin with the log of {old.size}: it was rewritten")


class Opened(NamedTuple):
    """A checkpoint that its log has signed, and the witnesses who have signed it too, with their times."""

    checkpoint: Checkpoint
    witnessed: dict[str, datetime]


def open_checkpoint(note: str, keys: Iterable[Key], *, witnesses: int = 0) -> Opened:
    """Read a checkpoint that its log has signed, and at least so many witnesses.

    :raises Unproven: it is none, or not signed so; one false signature of a known key spoils it
    """
    text, signatures = read_note(note)
    opened = Opened(read_checkpoint(text), {})
    known = {(key.name, key.id): key for key in keys}
    signed = False
    for name, key_id, signature in signatures:
        if key := known.get((name, key_id)):
            moment = key.check(text.encode(), signature)
            if moment:
                opened.witnessed[name] = moment
            elif name == opened.checkpoint.origin:
                signed = True
    if not signed:
        raise Unproven(f"no key that was given has signed for {opened.checkpoint.origin}")
    if len(opened.witnessed) < witnesses:
        raise Unproven(f"{len(opened.witnessed)} known witnesses have signed, not {witnesses}")
    return opened


def read_hashes(lines: Iterable[str]) -> list[bytes]:
    """Read hashes. Each has its full length: cut elsewhere, the hashes of a path would be another path.

    :raises Unproven: one of them is no hash
    """
    hashes = [unbase64(line) for line in lines]
    if any(len(one) != HASH_BYTES for one in hashes):
        raise Unproven("something stands where a hash should be")
    return hashes


def unbase64(text: str) -> bytes:
    """Read base64 in its one spelling.

    :raises Unproven: it is not
    """
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if in_base64(decoded) != text:
        raise Unproven(f"{text[:60]!r} is not base64")
    return decoded


def in_base64(decoded: bytes) -> str:
    """Write base64."""
    return base64.b64encode(decoded).decode()


# What is handed out: receipts, pairs of checkpoints, folders of tiles.


class Proven(NamedTuple):
    """A checkpoint that holds, and what holds by it, in words; of a receipt also the entry."""

    opened: Opened
    sentence: str
    entry: dict[str, Any] | None = None


def check_receipt(receipt: dict[str, Any], keys: Sequence[Key], *, witnesses: int = 0) -> Proven:
    """Check that an entry, exactly as it reads here, stands in a log that was signed.

    A receipt is `{"entry": …, "salt": base64, "proof": c2sp.org/tlog-proof@v1}`.

    :raises Unproven: it does not
    """
    salt, entry = unbase64(_text(receipt, "salt")), receipt.get("entry")
    if len(salt) != SALT_BYTES or not isinstance(entry, dict):
        raise Unproven("the receipt holds no entry with its salt")
    index, path, note = read_proof(_text(receipt, "proof"))
    opened = open_checkpoint(note, keys, witnesses=witnesses)
    checkpoint = opened.checkpoint
    leaf = leaf_hash(commitment(salt, entry))
    if root_by_path(leaf, index, checkpoint.size, path) != checkpoint.root:
        raise Unproven("the entry does not lead to the root that was signed: it or its proof was changed")
    return Proven(opened, f"This entry stands at position {index}", entry)


def read_proof(proof: str) -> tuple[int, list[bytes], str]:
    """Read a proof: the position, the path, and the note of the checkpoint.

    :raises Unproven: it is none
    """
    head, _, note = proof.partition("\n\n")
    match head.split("\n"):
        case [name, index, *path] if name == PROOF and re.fullmatch(f"index ({NUMBER})", index):
            return int(index[6:]), read_hashes(path), note
    raise Unproven(f"the receipt holds no proof of {PROOF}")


def check_pair(pair: dict[str, Any], keys: Sequence[Key], *, witnesses: int = 0) -> Proven:
    """Check that nothing was changed between two checkpoints: `{"old": note, "new": note, "path": [base64]}`.

    :raises Unproven: something was, or the path does not show that nothing was
    """
    path = pair.get("path")
    if not isinstance(path, list) or not all(isinstance(one, str) for one in path):
        raise Unproven("the pair holds no path")
    old, _ = open_checkpoint(_text(pair, "old"), keys)
    opened = open_checkpoint(_text(pair, "new"), keys, witnesses=witnesses)
    check_consistency(old, opened.checkpoint, read_hashes(path))
    return Proven(opened, f"The first {old.size} entries are what they were; the log has only grown")


def check_tiles(folder: Path, keys: Sequence[Key], *, witnesses: int = 0) -> Proven:
    """Count a whole log again, from its leaves up to the root that was signed.

    The folder holds `checkpoint` and `tile/…` as the log serves them.

    :raises Unproven: a file is missing, or does not follow from those below it
    """
    note = _read(folder / "checkpoint").decode("utf-8", "replace")
    opened = open_checkpoint(note, keys, witnesses=witnesses)
    level, count, rest = 0, opened.checkpoint.size, [tree_hash(())]
    below: list[bytes] = []
    while count:
        above, beyond = [], rest if level else []
        for number, width in widths(count):
            if level == 0:
                expected = [
                    leaf_hash(leaf) for leaf in bundle(_read(folder / tile_path("entries", number, width)))
                ]
            else:
                expected = below[number * TILE_WIDTH :][:width]
            name = tile_path(level, number, width)
            if len(expected) != width or b"".join(expected) != _read(folder / name):
                raise Unproven(f"{name} does not follow from what is below it")
            if width == TILE_WIDTH:
                above.append(tree_hash(expected))
            else:
                beyond = expected + beyond
        level, count, below = level + 1, count // TILE_WIDTH, above
        rest = [tree_hash(beyond)] if beyond else []
    if rest != [opened.checkpoint.root]:
        raise Unproven("the tiles do not lead to the root that was signed")
    return Proven(opened, f"All {opened.checkpoint.size} leaves lead to the root that was signed")


def widths(count: int) -> Iterator[tuple[int, int]]:
    """List the tiles of a level with so many hashes: the number of each, and how many hashes it has."""
    yield from ((number, TILE_WIDTH) for number in range(count // TILE_WIDTH))
    if count % TILE_WIDTH:
        yield count // TILE_WIDTH, count % TILE_WIDTH


def tile_path(level: int | str, number: int, width: int = TILE_WIDTH) -> str:
    """Name a tile, or with the level `entries` a bundle of leaves, as C2SP `tlog-tiles` does."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join([*(f'x{group}' for group in groups[:-1]), groups[-1]])}{partial}"


def bundle(packed: bytes) -> list[bytes]:
    """Unpack leaves, each behind its length in two bytes.

    :raises Unproven: it ends in the middle of one
    """
    leaves, at = [], 0
    while at < len(packed):
        length = int.from_bytes(packed[at : at + 2], "big")
        leaves.append(packed[at + 2 : at + 2 + length])
        at += 2 + length
    if at > len(packed):
        raise Unproven("a bundle of leaves is cut off")
    return leaves


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise Unproven(f"there is no {name}")
    return value


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unproven(f"{path} is missing") from None


# By hand.


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one thing and say what came of it."""
    about = argparse.ArgumentParser(
        "verify", description="Check what a ledger says against what it has signed."
    )
    about.add_argument("what", type=Path, help="a receipt, a pair of checkpoints, or a folder of tiles")
    about.add_argument(
        "--key", action="append", required=True, help="a log's or witness's key, or a file of them"
    )
    about.add_argument(
        "--witnesses", type=int, default=0, help="how many of these witnesses must have signed"
    )
    asked = about.parse_args(arguments)
    try:
        keys = list(read_keys(asked.key))
    except (OSError, UnicodeDecodeError, Unproven) as why:
        sys.stderr.write(printable(f"No key to check it with: {why}\n"))
        return 2
    try:
        proven = _check(asked.what, keys, asked.witnesses)
    except Unproven as why:
        sys.stdout.write(printable(f"NOT PROVEN: {why}.\n"))
        return 1
    except OSError as error:
        sys.stderr.write(printable(f"It cannot be read: {error}\n"))
        return 2
    sys.stdout.write(printable("\n".join([*_sentences(proven), ""])))
    return 0


def _check(what: Path, keys: Sequence[Key], witnesses: int) -> Proven:
    if what.is_dir():
        return check_tiles(what, keys, witnesses=witnesses)
    document = read_json(what.read_bytes())
    check = check_pair if "old" in document else check_receipt
    return check(document, keys, witnesses=witnesses)


def _sentences(proven: Proven) -> Iterator[str]:
    checkpoint, witnessed = proven.opened
    yield f"PROVEN. {proven.sentence}."
    yield f"{checkpoint.origin} has signed this as a log of size {checkpoint.size}."
    for name, moment in witnessed.items():
        yield f"{name} has seen that log too, on {moment:%Y-%m-%d at %H:%M:%S} UTC."
    if proven.entry is not None:
        yield json.dumps(proven.entry, ensure_ascii=False, indent=2)


def printable(text: str) -> str:
    """Spell out what a terminal would obey, or cannot show, so that nothing looks like what it is not."""
    shown = "".join(
        one if one.isprintable() or one == "\n" else one.encode("ascii", "backslashreplace").decode()
        for one in text
    )
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def read_keys(given: Iterable[str]) -> Iterator[Key]:
    """Read keys, one a line, as they are given or from files.

    :raises OSError: there is no such file
    :raises UnicodeDecodeError: a file is not UTF-8
    :raises Unproven: one of them is none, or a file holds none
    """
    for one in given:
        try:
            lines = Path(one).read_text("utf-8-sig")
        except OSError:
            if "+" not in one:
                raise
            lines = one
        written = [line for line in lines.split("\n") if line.strip()]
        if not written:
            raise Unproven(f"{one} holds none")
        yield from map(Key.read, written)


def read_json(written: bytes) -> dict[str, Any]:
    """Read JSON that reads in one way only: each name stands once, each number is whole, each text is text.

    :raises Unproven: it is not such
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            raise ValueError("a name stands twice")
        return read

    def whole(number: str) -> int:
        if len(number) > MOST_DIGITS:
            raise ValueError("a number is too long")
        return int(number)

    def never(number: str) -> Any:
        raise ValueError(f"{number} is no whole number")

    if len(written) > LARGEST_FILE:
        raise Unproven("the file is not one of ours: it is too large")
    try:
        text = written.decode("utf-8-sig")
        document = json.loads(
            text, object_pairs_hook=once, parse_int=whole, parse_float=never, parse_constant=never
        )
        _check_plain(document)
    except (ValueError, RecursionError) as error:
        raise Unproven(f"the file is not one of ours: {error}") from None
    if not isinstance(document, dict):
        raise Unproven("the file is not one of ours")
    return document


def _check_plain(value: Any, depth: int = 0) -> None:
    """Make sure that a value is not nested without end, and that all of its text has bytes."""
    if depth == DEEPEST:
        raise ValueError("it is nested too deep")
    match value:
        case str():
            value.encode()
        case list():
            for item in value:
                _check_plain(item, depth + 1)
        case dict():
            for name, item in value.items():
                name.encode()
                _check_plain(item, depth + 1)


if __name__ == "__main__":
    sys.exit(main())
