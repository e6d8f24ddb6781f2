"""A batch of entries as the columns that `ledger.post` takes: PostgreSQL's array literals.

Written here rather than by the driver, whose lists are several times slower: they look for the type of every
element, and these columns have theirs in the statement.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from ledger.values import Entry

T = TypeVar("T")

POST = """
select *
  from ledger.post(
           %s, %s::text[], %s::text[],
           %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::uuid[], %s::integer[], %s::jsonb[],
           %s::bytea[], %s::integer[],
           %s::integer[], %s::smallint[], %s::integer[], %s::integer[], %s::bigint[],
           %s::timestamptz[], %s::boolean[],
           %s::uuid[],
           %s::integer[], %s::text[], %s::integer[], %s::integer[], %s::bigint[], %s::timestamptz[],
           %s::uuid[], %s::integer[],
           %s
       )
"""

POST_ONE = """
select *
  from ledger.post_one(
           %s, %s, %s, %s, %s::bigint,
           %s::uuid, %s, %s, %s::timestamptz, %s::uuid, %s::jsonb, %s::bytea
       )
"""


def scalars(entry: Entry, fingerprint: bytes) -> tuple[str | None, ...]:
    """List what an entry of one posting says in the order of `ledger.post_one`."""
    (posting,) = entry.postings
    return (
        entry.book,
        posting.source,
        posting.target,
        posting.asset,
        str(posting.amount),
        entry.id.hex,
        entry.key,
        entry.kind,
        entry.at.isoformat(),
        None if entry.subject is None else entry.subject.hex,
        _facts(entry),
        f"\\x{fingerprint.hex()}",
    )


def columns(
    entries: Sequence[Entry], fingerprints: Sequence[bytes], *, all_or_nothing: bool
) -> list[str | bool | None]:
    """Number what the entries name, and list it column by column in the order of `ledger.post`.

    A column in which there is nothing is null: that is cheaper than an empty one, here and there.
    """
    accounts: dict[tuple[str, str], int] = {}
    holds: dict[UUID, int] = {}
    reversed_ids: dict[UUID, int] = {}
    postings: list[tuple[int, int, int, int, int, str | None, bool | None]] = []
    moves: list[tuple[int, str, int, int | None, int | None, str | None]] = []

    for this, entry in enumerate(entries, 1):
        if entry.reverses is not None:
            _number(reversed_ids, entry.reverses)
        for no, posting in enumerate(entry.postings, 1):
            source = _number(accounts, (posting.source, posting.asset))
            target = _number(accounts, (posting.target, posting.asset))
            expiry = None if posting.expires_at is None else posting.expires_at.isoformat()
            postings.append((this, no, source, target, posting.amount, expiry, posting.lapsed or None))
        if entry.moves_holds:
            moves += _moves(this, entry, accounts, holds)

    fellows = {entry.id: this for this, entry in enumerate(entries, 1)} if reversed_ids else {}
    reversals = [reversed_ids[one.reverses] if one.reverses else None for one in entries]
    return [
        entries[0].book,
        _texts([path for path, _ in accounts]),
        _texts([asset for _, asset in accounts]),
        _plain([entry.id.hex for entry in entries]),
        _texts([entry.key for entry in entries]),
        _texts([entry.kind for entry in entries]),
        _plain([entry.at.isoformat() for entry in entries]),
        _array([entry.subject for entry in entries]),
        _array(reversals) if reversed_ids else None,
        _array([None if (facts := _facts(entry)) is None else _quoted(facts) for entry in entries]),
        _plain([f'"\\\\x{fingerprint.hex()}"' for fingerprint in fingerprints]),
        _array(_twins(entries)),
        *_arrays(postings, 7),
        _array(list(holds)),
        *_arrays(moves, 6),
        _array(list(reversed_ids)),
        _array([fellows.get(one) for one in reversed_ids]),
        all_or_nothing,
    ]


def _moves(
    this: int, entry: Entry, accounts: dict[tuple[str, str], int], holds: dict[UUID, int]
) -> Iterator[tuple[int, str, int, int | None, int | None, str | None]]:
    for one in entry.settles:
        yield this, "settled", _number(holds, one.hold), None, one.amount, None
    for hold in entry.releases:
        yield this, "released", _number(holds, hold), None, None, None
    for hold in entry.expires:
        yield this, "expired", _number(holds, hold), None, None, None
    for reserve in entry.reserves:
        account = _number(accounts, (reserve.account, reserve.asset))
        expiry = None if reserve.expires_at is None else reserve.expires_at.isoformat()
        yield this, "reserved", _number(holds, reserve.hold), account, reserve.amount, expiry


def _twins(entries: Sequence[Entry]) -> list[int | None]:
    """Tell of each entry which one before it has its key."""
    by_key: dict[str, int] = {}
    twins = []
    for this, entry in enumerate(entries, 1):
        twins.append(by_key.get(entry.key))
        by_key[entry.key] = this
    return twins


def _facts(entry: Entry) -> str | None:
    return json.dumps(entry.facts, ensure_ascii=False) if entry.facts else None


def _number(numbers: dict[T, int], name: T) -> int:
    return numbers.setdefault(name, len(numbers) + 1)


def _arrays(rows: Sequence[tuple[object, ...]], width: int) -> list[str | None]:
    return [_array(column) for column in zip(*rows, strict=True)] if rows else [None] * width


def _array(values: Sequence[object]) -> str | None:
    """Write values whose text needs no quotes: numbers, ids, times, plain words."""
    if values.count(None) == len(values):
        return None
    return _plain(["null" if value is None else str(value) for value in values])


def _texts(values: Sequence[str]) -> str | None:
    return _plain([_quoted(value) for value in values]) if values else None


def _plain(texts: Iterable[str]) -> str:
    return "{" + ",".join(texts) + "}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
