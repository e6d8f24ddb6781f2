"""Questions for entries as they were posted. Each is one statement, and none of them locks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from ledger.store import asking
from ledger.values import Entry, Posting, Recorded, Reserve, Settle

# What an entry names is looked up one by one, as lookup.sql says why: a join would read all of its book for
# every stretch of the log. Whoever asks adds which of a book's entries `e` are meant.
RECORDED = """
select e.id, e.key, e.book, e.kind, e.at, e.reverses, e.subject, e.facts, e.posted_at, e.fingerprint,
       (select jsonb_agg(
                   jsonb_build_array(
                       source.path, target.path, p.asset, p.amount, p.expires_at, p.lapsed,
                       source.bounded, target.bounded
                   )
                   order by p.no
               )
          from ledger.posting p
         cross join lateral (
                   select path, bounded from ledger.account where book = p.book and id = p.source limit 1
               ) as source
         cross join lateral (
                   select path, bounded from ledger.account where book = p.book and id = p.target limit 1
               ) as target
         where p.book = e.book and p.entry = e.id and p.no > 0) as postings,
       (select jsonb_agg(
                   jsonb_build_array(v.kind, v.hold, v.asked, a.path, a.asset, h.expires_at)
                   order by v.hold, v.no
               )
          from ledger.hold_event v
         cross join lateral (
                   select account, expires_at from ledger.hold where book = v.book and id = v.hold limit 1
               ) as h
         cross join lateral (
                   select path, asset from ledger.account where book = v.book and id = h.account limit 1
               ) as a
         where v.book = e.book and v.entry = e.id) as moves
  from ledger.entry e
 where e.book = %(book)s
"""

_SEALED = (
    "select f.position, e.* from ledger.leaf f cross join lateral ("  # noqa: S608 - our own words  # nosec B608
    + RECORDED
    + """
   and e.id = f.entry limit 1) e
 where f.book = %(book)s and f.position >= %(first)s and f.position < %(after)s
 order by f.position
"""
)

_RECENT = (
    "select e.* from ledger.recent(%(book)s, %(since)s) r cross join lateral ("  # noqa: S608 - our own words  # nosec B608
    + RECORDED
    + "and e.id = r.entry limit 1) e"
)


def entry(conn: Connection[Any], book: str, id: UUID) -> Recorded | None:
    """Read one entry by its id."""
    return next(map(recorded, asking.ask(conn, RECORDED + "and e.id = %(id)s", book=book, id=id)), None)


def find(conn: Connection[Any], book: str, key: str) -> Recorded | None:
    """Read one entry by its key."""
    return next(map(recorded, asking.ask(conn, RECORDED + "and e.key = %(key)s", book=book, key=key)), None)


def sealed(conn: Connection[Any], book: str, first: int, after: int) -> list[dict[str, Any]]:
    """Read the entries of a stretch of the log, with their positions, as rows for `recorded`."""
    return list(asking.ask(conn, _SEALED, book=book, first=first, after=after))


def stream(conn: Connection[Any], book: str, *, as_posted: bool = False) -> Iterator[dict[str, Any]]:
    """Read every entry of a book in the order of ids, or as they were posted, as rows for `recorded`."""
    order = "order by e.posted_at, e.id" if as_posted else "order by e.id"
    return asking.stream(conn, RECORDED + order, book)


def stream_recent(conn: Connection[Any], book: str, since: int) -> Iterator[dict[str, Any]]:
    """Read every entry of a book that its log did not have at a size, as rows for `recorded`."""
    return asking.stream(conn, _RECENT, book, since=since)


def recorded(row: Mapping[str, Any]) -> Recorded:
    """Make the value of a row.

    :raises pydantic.ValidationError: the row is not an entry that this library would have written
    """
    moves = row["moves"] or ()
    return Recorded(
        entry=Entry(
            id=row["id"],
            key=row["key"],
            book=row["book"],
            kind=row["kind"],
            at=row["at"].astimezone(UTC),
            postings=tuple(
                Posting(
                    source=source,
                    target=target,
                    asset=asset,
                    amount=amount,
                    expires_at=_moment(expires_at),
                    lapsed=lapsed,
                )
                for source, target, asset, amount, expires_at, lapsed, *_ in row["postings"] or ()
            ),
            reserves=tuple(
                Reserve(
                    hold=UUID(hold), account=path, asset=asset, amount=asked, expires_at=_moment(expires_at)
                )
                for kind, hold, asked, path, asset, expires_at in moves
                if kind == "reserved"
            ),
            settles=tuple(
                Settle(hold=UUID(hold), amount=asked) for kind, hold, asked, *_ in moves if kind == "settled"
            ),
            releases=tuple(UUID(hold) for kind, hold, *_ in moves if kind == "released"),
            expires=tuple(UUID(hold) for kind, hold, *_ in moves if kind == "expired"),
            reverses=row["reverses"],
            subject=row["subject"],
            facts=row["facts"],
        ),
        posted_at=row["posted_at"].astimezone(UTC),
        fingerprint=row["fingerprint"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
