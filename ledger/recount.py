"""Counting a book's log again: what each leaf commits to, each hash above it, each root that was signed."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any
from uuid import UUID

from psycopg import Connection
from pydantic import ValidationError

from ledger.publishing import committed
from ledger.rules import BOOK_ITSELF
from ledger.seal.tree import Tile, cut, halfway
from ledger.store import posted, tree
from ledger.verify import HASH_BYTES, TILE_WIDTH, Checkpoint, Unproven, tree_hash, widths

AT_ONCE = 4 * TILE_WIDTH


def recount(
    conn: Connection[Any], book: str, against: Sequence[Checkpoint], *, since: int = 0
) -> Iterator[tuple[str, str]]:
    """Compare a log with its entries, with itself and with what was signed; tell the first of each wrong.

    :param against: checkpoints of this log that were kept elsewhere
    :param since: a size up to which it was counted before; only later leaves and checkpoints are counted then
    """
    size, _ = tree.grown(conn, book) or (0, 0)
    for check, wrong in (
        ("leaves", _leaves(conn, book, since // TILE_WIDTH * TILE_WIDTH, size)),
        ("tiles", iter(()) if since else _tiles(conn, book, size)),
        ("checkpoints", _checkpoints(conn, book, since, size)),
        ("against", _against(conn, book, size, against)),
    ):
        if (sentence := next(wrong, None)) is not None:
            yield check, sentence


def _leaves(conn: Connection[Any], book: str, start: int, size: int) -> Iterator[str]:
    """Hold each entry against what stands at its position; who was erased can be held against nothing."""
    for first in range(start, size, AT_ONCE):
        rows = {row["position"]: row for row in posted.sealed(conn, book, first, min(size, first + AT_ONCE))}
        numbers = range(first // TILE_WIDTH, -(-min(size, first + AT_ONCE) // TILE_WIDTH))
        kept = tree.stored(conn, book, [Tile(0, number) for number in numbers])
        stand = [one for number in numbers for one in cut(kept.get(Tile(0, number), b""))]
        subjects = {row["subject"] for row in rows.values() if row["subject"]}
        keys = tree.keys(conn, book, {BOOK_ITSELF, *subjects})
        for position, stands in enumerate(stand, first):
            yield from _leaf(conn, rows.get(position), stands, position, keys)


def _leaf(
    conn: Connection[Any], row: dict[str, Any] | None, stands: bytes, position: int, keys: dict[UUID, bytes]
) -> Iterator[str]:
    if row is None:
        yield f"position {position} was signed, and no entry is there"
        return
    try:
        fits = BOOK_ITSELF in keys and committed(posted.recorded(row), keys) == stands
    except ValidationError:
        fits = False
    subject = row["subject"]
    if not fits and not (subject and subject not in keys and tree.is_erased(conn, row["book"], subject)):
        yield f"entry {row['id']} is not what position {position} commits to"


def _tiles(conn: Connection[Any], book: str, size: int) -> Iterator[str]:
    """Compute each tile from the one below it."""
    level, below, above = 0, list[bytes](), list[bytes]()
    for due, row in zip_longest(_places(size), tree.every_tile(conn, book)):
        if due is None or row is None or due[0] != row[0]:
            place = (row or due)[0] if due is None or row is None else min(due[0], row[0])
            yield f"tile {place.number} of level {place.level} is {'too many' if due is None else 'missing'}"
            return
        (tile, width), (_, hashes, middle) = due, row
        if tile.level > level:
            level, below, above = tile.level, above, []
        expected = b"".join(below[tile.number * TILE_WIDTH :][:width]) if tile.level else hashes
        if hashes != expected or len(hashes) != width * HASH_BYTES:
            yield f"tile {tile.number} of level {tile.level} does not follow from what is below it"
            return
        (itself,) = tree.hashed({tile: hashes}).values()
        if middle != halfway(itself):
            yield f"what is halfway up in tile {tile.number} of level {tile.level} does not follow from it"
            return
        if width == TILE_WIDTH:
            above.append(tree_hash(cut(middle)))


def _places(size: int) -> Iterator[tuple[Tile, int]]:
    """List the tiles that a tree has, each with its width."""
    level = 0
    while size:
        yield from ((Tile(level, number), width) for number, width in widths(size))
        level, size = level + 1, size // TILE_WIDTH


def _checkpoints(conn: Connection[Any], book: str, since: int, size: int) -> Iterator[str]:
    """Compute each root that was signed."""
    for signed in tree.every_checkpoint(conn, book):
        if signed.size <= since:
            continue
        try:
            said = signed.checkpoint
        except Unproven as why:
            yield f"the checkpoint of size {signed.size} cannot be read: {why}"
            continue
        if (said.size, said.root) != (signed.size, signed.root):
            yield f"the checkpoint of size {signed.size} says something else than was kept of it"
        yield from _against(conn, book, size, [said])


def _against(conn: Connection[Any], book: str, size: int, against: Sequence[Checkpoint]) -> Iterator[str]:
    for one in against:
        if one.size > size:
            yield f"{one.size} leaves of {one.origin} were signed, and only {size} are here"
            continue
        try:
            (root,) = tree.roots(conn, book, [one.size])
        except LookupError:
            root = None
        if root != one.root:
            yield f"the first {one.size} leaves of {one.origin} are not those that were signed"
