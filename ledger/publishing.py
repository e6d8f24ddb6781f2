"""From the log to what is signed of it: leaves that commit to entries, the tree over them, checkpoints."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import scalar_row, tuple_row

from ledger.errors import UnknownBook
from ledger.rules import BOOK_ITSELF, ERASURE, leaf, salt
from ledger.seal import tree as seal
from ledger.seal.note import Signer, note
from ledger.store import posted, tree
from ledger.values import Recorded
from ledger.verify import (
    SALT_BYTES,
    TILE_WIDTH,
    Checkpoint,
    Unproven,
    commitment,
    leaf_hash,
)

BATCH = 1_000

_ALONE = "select pg_advisory_xact_lock(hashtextextended('ledger.grow/' || %s, 0))"
_SALTS = "select subject, key from ledger.salts(%s, %s, %s)"
_GROW = "select ledger.grow(%s, %s, %s, %s, %s, %s, %s, %s)"
_SIGN = "select ledger.sign(%s, %s, %s, %s)"
_COSIGN = "select ledger.cosign(%s, %s, %s, %s, %s)"


def grow(conn: Connection[Any], book: str, *, at_most: int = BATCH) -> int:
    """Put the next entries of a book's log into its tree; return how many.

    Of several callers for one book each waits for the one before. It belongs in a transaction of its own,
    READ COMMITTED; cut off at any point it has done nothing. An erasure among the entries destroys the key of
    its household: from then on nobody can tell which leaves were its.

    :raises UnknownBook: nobody has opened the book
    """
    conn.execute(_ALONE, (book,))
    standing = tree.grown(conn, book)
    if standing is None:
        raise UnknownBook(book)
    before, size = standing
    entries = [posted.recorded(row) for row in posted.sealed(conn, book, before, min(size, before + at_most))]
    if not entries:
        return 0
    erased = [one.entry.subject for one in entries if one.entry.kind == ERASURE and one.entry.subject]
    edge = tree.stored(conn, book, list(seal.right_edge(before)))
    put(conn, book, before, edge, _commitments(conn, book, entries), erased=erased)
    return len(entries)


def put(
    conn: Connection[Any],
    book: str,
    before: int,
    edge: Mapping[seal.Tile, bytes],
    fresh: Sequence[bytes],
    *,
    erased: Sequence[UUID] = (),
) -> None:
    """Put commitments to the next entries into a book's tree, behind so many; whoever calls is alone at it.

    :param edge: the tiles at the end of the tree, as they are kept
    :param erased: the households whose keys are destroyed with it
    """
    tiles = seal.grown(before, tree.hashed(edge), list(map(leaf_hash, fresh)))
    levels, numbers = zip(*tiles, strict=True)
    rows = [*(tiles | _bottom(edge, before, fresh)).values()]
    middles = [seal.halfway(hashes) for hashes in tiles.values()]
    after = before + len(fresh)
    done = conn.cursor(row_factory=scalar_row).execute(
        _GROW, (book, before, after, list(levels), list(numbers), rows, middles, list(erased))
    )
    assert done.fetchone(), "who is alone finds the tree as it was"


def sign(
    conn: Connection[Any],
    book: str,
    signers: Sequence[Signer],
    *,
    published: Checkpoint | None = None,
    remember: Callable[[str], None] = lambda note: None,
) -> str | None:
    """Sign a checkpoint of the tree, if it has grown since the last one; return the note.

    It belongs in a transaction of its own, after the one that has grown the tree: what is signed must not be
    undone. So must what was signed not be forgotten: `remember` keeps the note outside of the database before
    it is kept there, and `published` is what was kept so last. Where the database was restored from an older
    copy, the two do not fit, and nothing is signed.

    :param signers: all of the name that the log has; the first checkpoint gives it that name for ever
    :raises Unproven: the tree does not go on from what was published before: it was cut off, or rewritten
    """
    conn.execute(_ALONE, (book,))
    standing, last = tree.grown(conn, book), tree.newest(conn, book)
    if standing is None:
        raise UnknownBook(book)
    size, _ = standing
    before = [last.checkpoint] if last else []
    before += [published] if published else []
    check_goes_on(conn, book, signers[0].name, size, before)
    if last and last.size >= size:
        return None
    (root,) = tree.roots(conn, book, [size])
    checkpoint = Checkpoint(signers[0].name, size, root)
    written = note(checkpoint, [signer.sign(checkpoint) for signer in signers])
    remember(written)
    kept = conn.cursor(row_factory=scalar_row).execute(_SIGN, (book, size, root, written))
    assert kept.fetchone(), "who is alone finds the checkpoints as they were"
    return written


def check_goes_on(
    conn: Connection[Any], book: str, origin: str, size: int, before: Sequence[Checkpoint]
) -> None:
    """Make sure that a tree of this size goes on from checkpoints of it.

    :raises Unproven: it does not
    """
    for one in before:
        if one.origin != origin:
            raise Unproven(f"the log of {book} was {one.origin} and would now be {origin}")
        if one.size > size:
            raise Unproven(f"{one.size} leaves of {origin} were published, and only {size} are here")
    roots = tree.roots(conn, book, [one.size for one in before])
    for one, root in zip(before, roots, strict=True):
        if one.root != root:
            raise Unproven(f"the first {one.size} leaves of {origin} are not those that were published")


def cosign(
    conn: Connection[Any], book: str, size: int, *, witness: str, line: str, seen_at: datetime
) -> None:
    """Keep what a witness has signed; said again, it changes nothing."""
    conn.execute(_COSIGN, (book, size, witness, seen_at, line))


def _commitments(conn: Connection[Any], book: str, entries: Sequence[Recorded]) -> list[bytes]:
    subjects = list({BOOK_ITSELF, *(one.entry.subject for one in entries if one.entry.subject)})
    fresh = [secrets.token_bytes(SALT_BYTES) for _ in subjects]
    rows = conn.cursor(row_factory=tuple_row, binary=True).execute(_SALTS, (book, subjects, fresh))
    keys = {subject: bytes(key) for subject, key in rows}
    commitments = []
    for one in entries:
        commitments.append(committed(one, keys))
        if one.entry.kind == ERASURE and one.entry.subject:
            keys.pop(one.entry.subject, None)  # what comes after it is not its household's any more
    return commitments


def committed(recorded: Recorded, keys: Mapping[UUID, bytes]) -> bytes:
    """Commit to an entry as it was posted."""
    return commitment(salt(recorded.entry, keys), leaf(recorded.entry, recorded.posted_at))


def _bottom(kept: Mapping[seal.Tile, bytes], before: int, fresh: Sequence[bytes]) -> dict[seal.Tile, bytes]:
    """Lay fresh commitments behind those of the last tile of level 0, which keeps them themselves."""
    full, width = divmod(before, TILE_WIDTH)
    row = [*(seal.cut(kept[seal.Tile(0, full)]) if width else ()), *fresh]
    return {
        seal.Tile(0, full + at // TILE_WIDTH): b"".join(row[at : at + TILE_WIDTH])
        for at in range(0, len(row), TILE_WIDTH)
    }
