"""A batch of entries as the columns that `ledger.post` takes: PostgreSQL's array literals.

Written here rather than by the driver, whose lists are several times slower: they look for the type of every
element, and these columns have theirs in the statement.
"""

import json
from collections.abc import Iterable, Sequence
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
    twins: list[int | None] = []
    by_key: dict[str, int] = {}

    for this, entry in enumerate(entries, 1):
        twins.append(by_key.get(entry.key))
        by_key[entry.key] = this
        if entry.reverses is not None:
            _number(reversed_ids, entry.reverses)
        for no, posting in enumerate(entry.postings, 1):
            source = _number(accounts, (posting.source, posting.asset))
            target = _number(accounts, (posting.target, posting.asset))
            expiry = None if posting.expires_at is None else posting.expires_at.isoformat()
            postings.append((this, no, source, target, posting.amount, expiry, posting.lapsed or None))
        moves += [
            (this, "settled", _number(holds, one.hold), None, one.amount, None) for one in entry.settles
        ]
        moves += [(this, "released", _number(holds, hold), None, None, None) for hold in entry.releases]
        moves += [(this, "expired", _number(holds, hold), None, None, None) for hold in entry.expires]
        for reserve in entry.reserves:
            account = _number(accounts, (reserve.account, reserve.asset))
            expiry = None if reserve.expires_at is None else reserve.expires_at.isoformat()
            moves.append((this, "reserved", _number(holds, reserve.hold), account, reserve.amount, expiry))

    fellows = {entry.id: this for this, entry in enumerate(entries, 1)} if reversed_ids else {}
    return [
        entries[0].book,
        _texts(path for path, _ in accounts),
        _texts(asset for _, asset in accounts),
        _array(entry.id for entry in entries),
        _texts(entry.key for entry in entries),
        _texts(entry.kind for entry in entries),
        _array(entry.at.isoformat() for entry in entries),
        _array(entry.subject for entry in entries),
        _array(reversed_ids[entry.reverses] if entry.reverses else None for entry in entries),
        _texts(json.dumps(entry.facts, ensure_ascii=False) if entry.facts else None for entry in entries),
        _array(f'"\\\\x{fingerprint.hex()}"' for fingerprint in fingerprints),
        _array(twins),
        *_arrays(postings, 7),
        _array(holds),
        *_arrays(moves, 6),
        _array(reversed_ids),
        _array(map(fellows.get, reversed_ids)),
        all_or_nothing,
    ]


def _number(numbers: dict[T, int], name: T) -> int:
    return numbers.setdefault(name, len(numbers) + 1)


def _arrays(rows: Sequence[tuple[object, ...]], width: int) -> list[str | None]:
    return [_array(column) for column in zip(*rows, strict=True)] if rows else [None] * width


def _array(values: Iterable[object]) -> str | None:
    """Write values whose text needs no quotes: numbers, ids, times, plain words."""
    texts = ["null" if value is None else str(value) for value in values]
    return None if texts.count("null") == len(texts) else "{" + ",".join(texts) + "}"


def _texts(values: Iterable[str | None]) -> str | None:
    return _array(None if value is None else _quoted(value) for value in values)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
