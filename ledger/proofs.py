"""What is handed out to be checked elsewhere: receipts, and what joins two checkpoints."""

from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from ledger.errors import NotYetSealed, Unlinked
from ledger.rules import leaf, salt
from ledger.seal.tree import (
    SMALL,
    Tile,
    consistency,
    cut,
    hashes_of,
    inclusion,
    tile_named,
)
from ledger.store import tree
from ledger.verify import PROOF, Unproven, commitment, in_base64, leaf_hash


class Receipt(NamedTuple):
    """An entry, what hides it from others, and the proof that it stands in the log."""

    entry: dict[str, Any]
    salt: str
    proof: str


class Pair(NamedTuple):
    """Two checkpoints, and what joins them."""

    old: str
    new: str
    path: list[str]


def receipt(conn: Connection[Any], book: str, id: UUID, *, witnesses: int = 0) -> Receipt | None:
    """Prove that an entry stands in its book's log; None if there is no such entry. One statement.

    :param witnesses: how many are wanted; a checkpoint that so many have signed is taken if a new one has
    :raises NotYetSealed: no checkpoint covers it yet
    :raises Unlinked: its household was erased, so that nobody can tell any more which leaf it is
    :raises Unproven: it was changed after it was sealed; the audit tells more
    """
    found = tree.standing(conn, book, id, witnesses=witnesses)
    if found is None:
        return None
    recorded, standing = found
    if standing is None or standing.covering is None:
        raise NotYetSealed(f"no checkpoint of book {book} covers entry {id}")
    number, place = divmod(standing.position, 1 << SMALL)
    entry, hidden_by = leaf(recorded.entry, recorded.posted_at), salt(recorded.entry, standing.keys)
    if cut(standing.tiles[Tile(0, number)])[place] != commitment(hidden_by, entry):
        if recorded.entry.subject and tree.is_erased(conn, book, recorded.entry.subject):
            raise Unlinked(f"entry {id} cannot be told from others any more: its household was erased")
        raise Unproven(f"entry {id} is not what position {standing.position} commits to")
    ranges = inclusion(standing.position, standing.covering.size)
    beside = hashes_of(ranges, tree.hashed(standing.tiles), tall=SMALL)
    return Receipt(
        entry=entry,
        salt=in_base64(hidden_by),
        proof="\n".join(
            [PROOF, f"index {standing.position}", *map(in_base64, beside), "", standing.covering.note]
        ),
    )


def pair(conn: Connection[Any], book: str, old: int, new: int | None = None) -> Pair | None:
    """Join two checkpoints of a book, its newest if no second is named; None if one is not there."""
    first = tree.signed(conn, book, old)
    second = tree.newest(conn, book) if new is None else tree.signed(conn, book, new)
    if first is None or second is None or first.size > second.size:
        return None
    return Pair(first.note, second.note, [*map(in_base64, path(conn, book, first.size, second.size))])


def path(conn: Connection[Any], book: str, old: int, new: int) -> list[bytes]:
    """Show that the first `new` leaves of a book begin with the first `old`."""
    return tree.hashes(conn, book, consistency(old, new))


def served(conn: Connection[Any], book: str, name: str) -> bytes | None:
    """Serve a tile, or a bundle of leaves, by its name in C2SP `tlog-tiles`; None if it was not signed."""
    place = tile_named(name)
    if place is None:
        return None
    level, number, width = place
    kept = tree.served(conn, book, Tile(level or 0, number), width)
    if kept is None or level:
        return kept
    leaves = cut(kept)
    if level is None:
        return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    return b"".join(map(leaf_hash, leaves))
