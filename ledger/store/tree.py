"""Questions to the tree over a book's log. Each is one statement, and none of them locks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, scalar_row, tuple_row

from ledger.rules import BOOK_ITSELF
from ledger.seal.tree import SMALL, Range, Tile, cut, hashes_of, tiles_for, width_of
from ledger.store import posted
from ledger.values import Recorded
from ledger.verify import HASH_BYTES, Checkpoint, leaf_hash, read_checkpoint, read_note

_LATEST = 20  # checkpoints among which one that witnesses have signed is looked for

# Looked up one by one (lateral, limit 1): no statistics can turn that into a scan.
_TILES = """
select named.level, named.number, kept.hashes
  from unnest(%s::smallint[], %s::bigint[]) as named (level, number)
 cross join lateral (
           select hashes from ledger.tile
            where book = %s and level = named.level and number = named.number limit 1
       ) kept
"""

_SMALL = """
select named.level, named.number, kept.hashes
  from unnest(%s::smallint[], %s::bigint[]) as named (level, number)
 cross join lateral ledger.small_tile(%s, named.level, named.number) kept
"""

_CHECKPOINT = """
select c.size, c.signed_at, c.root, c.note || coalesce(s.lines, '') as note,
       coalesce(s.witnesses, '{}') as witnesses
  from ledger.checkpoint c
 cross join lateral (
           select string_agg(line, '' order by witness) as lines,
                  array_agg(witness order by witness) as witnesses
             from ledger.cosignature
            where book = c.book and size = c.size
       ) s
 where c.book = %(book)s
"""

# With an entry come its position, the keys that its leaf may be salted with, a checkpoint that covers it, and
# what joins both. Of the newest checkpoints it is the first with so many witnesses, or else one with most.
_STANDING = (
    "select e.*, standing.*, beside.* from ("  # noqa: S608 - our own words  # nosec B608
    + posted.RECORDED
    + """
   and e.id = %(id)s) e
  left join lateral (
           select f.position,
                  (select jsonb_object_agg(s.subject, encode(s.key, 'hex'))
                     from ledger.salt s
                    where s.book = f.book and s.subject in (e.subject, %(itself)s)) as keys,
                  covering.*
             from ledger.leaf f
             left join lateral ("""
    + _CHECKPOINT
    + """
                      and c.size = (
                              select size
                                from (select t.size, (select count(*) from ledger.cosignature
                                                       where book = t.book and size = t.size) as signed
                                        from ledger.checkpoint t
                                       where t.book = %(book)s and t.size > f.position
                                       order by t.size desc limit %(latest)s) latest
                               order by least(signed, %(wanted)s) desc, size desc
                               limit 1
                          )
                  ) covering on true
            where f.book = e.book and f.entry = e.id
       ) standing on true
 cross join lateral (
           select array_agg(b.level) as levels, array_agg(b.number) as numbers, array_agg(b.hashes) as hashes
             from ledger.beside(e.book, standing.position, standing.size) b
       ) beside
"""
)

_WITNESSED = """
select named.witness as name, last.size, last.seen_at as signed_at,
       coalesce(last.size = newest.size, false) as has_signed_newest
  from unnest(%(witnesses)s::text[]) with ordinality as named (witness, no)
 cross join (select max(size) as size from ledger.checkpoint where book = %(book)s) newest
  left join lateral (
           select size, seen_at from ledger.cosignature
            where book = %(book)s and witness = named.witness
            order by size desc limit 1
       ) last on true
 order by named.no
"""

_BEHIND = """
select l.book
  from ledger.log l
 where exists (select from ledger.unsealed u where u.book = l.book)
    or l.size > l.grown
    or not exists (select from ledger.checkpoint c where c.book = l.book and c.size = l.grown)
 order by l.book
"""


class Signed(NamedTuple):
    """A checkpoint as it was signed, with the cosignatures that it has by now."""

    size: int
    signed_at: datetime
    root: bytes
    note: str
    witnesses: list[str]

    @property
    def checkpoint(self) -> Checkpoint:
        """What was signed."""
        return read_checkpoint(read_note(self.note)[0])


class Witnessed(NamedTuple):
    """How far a witness has signed a log, as far as it is known here; size and time are None if never."""

    name: str
    size: int | None
    signed_at: datetime | None
    has_signed_newest: bool


class Standing(NamedTuple):
    """Where an entry stands in its log, and the keys that its leaf may be salted with.

    With what covers it come the small tiles that join both, as they are kept: level 0 holds commitments.
    """

    position: int
    keys: dict[UUID, bytes]
    covering: Signed | None
    tiles: dict[Tile, bytes]


def grown(conn: Connection[Any], book: str) -> tuple[int, int] | None:
    """Tell how many leaves the tree of a book has, and how many its log."""
    return (
        conn.cursor(row_factory=tuple_row)
        .execute("select grown, size from ledger.log where book = %s", (book,))
        .fetchone()
    )


def stored(conn: Connection[Any], book: str, tiles: Collection[Tile]) -> dict[Tile, bytes]:
    """Read tiles as they are kept: level 0 holds commitments."""
    return _kept(conn, _TILES, book, tiles)


def small(conn: Connection[Any], book: str, tiles: Collection[Tile]) -> dict[Tile, bytes]:
    """Read small tiles as they are kept: level 0 holds commitments."""
    return _kept(conn, _SMALL, book, tiles)


def _kept(conn: Connection[Any], query: str, book: str, tiles: Collection[Tile]) -> dict[Tile, bytes]:
    if not tiles:
        return {}
    levels, numbers = zip(*tiles, strict=True)
    rows = conn.cursor(row_factory=tuple_row, binary=True).execute(query, (list(levels), list(numbers), book))
    return {Tile(level, number): bytes(hashes) for level, number, hashes in rows}


def hashed(tiles: Mapping[Tile, bytes]) -> dict[Tile, bytes]:
    """Turn tiles as they are kept into tiles of hashes."""
    return {
        tile: hashes if tile.level else b"".join(map(leaf_hash, cut(hashes)))
        for tile, hashes in tiles.items()
    }


def roots(conn: Connection[Any], book: str, sizes: Sequence[int]) -> list[bytes]:
    """Compute the roots that the tree had at some sizes."""
    return hashes(conn, book, [(0, size) for size in sizes])


def hashes(conn: Connection[Any], book: str, ranges: Sequence[Range]) -> list[bytes]:
    """Compute the hash of each range of leaves."""
    return hashes_of(ranges, hashed(small(conn, book, tiles_for(ranges, tall=SMALL))), tall=SMALL)


def served(conn: Connection[Any], book: str, tile: Tile, width: int) -> bytes | None:
    """Read so much of a tile as it is kept, if it is part of what was signed."""
    latest = newest(conn, book)
    if latest is None or not 0 < width <= width_of(tile, latest.size):
        return None
    return stored(conn, book, [tile])[tile][: width * HASH_BYTES]


def newest(conn: Connection[Any], book: str) -> Signed | None:
    """Read the largest checkpoint of a book."""
    return _checkpoint(conn, _CHECKPOINT + "order by c.size desc limit 1", book=book)


def signed(conn: Connection[Any], book: str, size: int) -> Signed | None:
    """Read the checkpoint of one size."""
    return _checkpoint(conn, _CHECKPOINT + "and c.size = %(size)s", book=book, size=size)


def last_cosigned(conn: Connection[Any], book: str, witness: str) -> int:
    """Tell the largest size that a witness has signed, as far as it is known here."""
    found = conn.cursor(row_factory=scalar_row).execute(
        "select coalesce(max(size), 0) from ledger.cosignature where book = %s and witness = %s",
        (book, witness),
    )
    return found.fetchone() or 0


def witnessed(conn: Connection[Any], book: str, witnesses: Sequence[str]) -> list[Witnessed]:
    """Tell of each witness how far it has signed a log, in the order that they are named."""
    named = {"book": book, "witnesses": list(witnesses)}
    return conn.cursor(row_factory=class_row(Witnessed)).execute(_WITNESSED, named).fetchall()


def books_behind(conn: Connection[Any]) -> list[str]:
    """List the books with entries that are not sealed, not in the tree, or covered by no checkpoint."""
    return conn.cursor(row_factory=scalar_row).execute(_BEHIND).fetchall()


def standing(
    conn: Connection[Any], book: str, id: UUID, *, witnesses: int
) -> tuple[Recorded, Standing | None] | None:
    """Read an entry, and where it stands and what covers it, which is None if it is not sealed."""
    latest = _LATEST if witnesses else 1
    wanted = {"book": book, "id": id, "wanted": witnesses, "latest": latest, "itself": BOOK_ITSELF}
    row = conn.cursor(row_factory=dict_row, binary=True).execute(_STANDING, wanted).fetchone()
    if row is None:
        return None
    entry = posted.recorded(row)
    if row["position"] is None:
        return entry, None
    keys = {UUID(owner): bytes.fromhex(key) for owner, key in (row["keys"] or {}).items()}
    if row["size"] is None:
        return entry, Standing(row["position"], keys, None, {})
    covering = _plain(Signed(*(row[name] for name in Signed._fields)))
    places = map(Tile, row["levels"], row["numbers"])
    return entry, Standing(row["position"], keys, covering, dict(zip(places, row["hashes"], strict=True)))


def keys(conn: Connection[Any], book: str, subjects: Collection[UUID]) -> dict[UUID, bytes]:
    """Read the keys that salt leaves, of those who have one."""
    rows = conn.cursor(row_factory=tuple_row).execute(
        "select subject, key from ledger.salt where book = %s and subject = any (%s)", (book, list(subjects))
    )
    return {subject: bytes(key) for subject, key in rows}


def every_tile(conn: Connection[Any], book: str) -> Iterator[tuple[Tile, bytes, bytes]]:
    """Read all tiles of a book as they are kept, each with what is halfway up in it, level by level."""
    with conn.cursor(name="ledger_tiles", row_factory=tuple_row) as cursor:
        cursor.itersize = 100
        for level, number, hashes, halfway in cursor.execute(
            "select level, number, hashes, halfway from ledger.tile where book = %s order by level, number",
            (book,),
        ):
            yield Tile(level, number), bytes(hashes), bytes(halfway)


def every_checkpoint(conn: Connection[Any], book: str) -> Iterator[Signed]:
    """Read all checkpoints of a book, the smallest first."""
    with conn.cursor(name="ledger_checkpoints", row_factory=class_row(Signed)) as cursor:
        cursor.itersize = 1_000
        for row in cursor.execute(_CHECKPOINT + "order by c.size", {"book": book}):
            yield _plain(row)


def is_erased(conn: Connection[Any], book: str, subject: UUID) -> bool:
    """Tell whether an erasure of this household was posted."""
    found = conn.cursor(row_factory=scalar_row).execute(
        "select exists (select from ledger.entry where book = %s and subject = %s and kind = 'erasure')",
        (book, subject),
    )
    return bool(found.fetchone())


def _checkpoint(conn: Connection[Any], query: str, **named: object) -> Signed | None:
    row = conn.cursor(row_factory=class_row(Signed)).execute(query, named).fetchone()
    return None if row is None else _plain(row)


def _plain(row: Signed) -> Signed:
    return row._replace(root=bytes(row.root), signed_at=row.signed_at.astimezone(UTC))
