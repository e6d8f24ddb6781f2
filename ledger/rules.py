"""Pure checks, and what of an entry counts as its content."""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from ledger.errors import ChartConflict
from ledger.values import AccountClass, Entry

BATCH_SIZE = 10_000
ERASURE = "erasure"
BOOK_ITSELF = UUID(int=0)


def check_batch(entries: Sequence[Entry]) -> None:
    """Make sure that a batch is one that a book can take.

    :raises ValueError: it is too large, concerns several books, or gives one id to two keys
    """
    if len(entries) > BATCH_SIZE:
        raise ValueError(f"a batch has at most {BATCH_SIZE} entries")
    if len({entry.book for entry in entries}) > 1:
        raise ValueError("a batch concerns one book")
    keys: dict[UUID, str] = {}
    for entry in entries:
        if keys.setdefault(entry.id, entry.key) != entry.key:
            raise ValueError(f"two entries of a batch have the id {entry.id}")


def transit(giver: str, taker: str) -> str:
    """Name the account, one in either book, through which something leaves a book for another."""
    return f"transit/{giver}/{taker}"


def check_link(one: Entry, other: Entry) -> None:
    """Make sure that two entries are the halves of one fact.

    :raises ValueError: one book, two keys, or something that leaves a book and does not reach the other
    """
    if one.book == other.book:
        raise ValueError("the halves of a linked entry are in two books")
    if one.key != other.key:
        raise ValueError("the halves of a linked entry have one key")
    between = {transit(one.book, other.book), transit(other.book, one.book)}
    passed, met = _passed(one), _passed(other)
    places = {*passed, *met}
    if not passed or {path for path, _ in places} - between:
        raise ValueError("the halves of a linked entry meet on a transit account between their books")
    if any(passed[place] + met[place] for place in places):
        raise ValueError("what leaves one book reaches the other")


def _passed(entry: Entry) -> Counter[tuple[str, str]]:
    """Sum by account and asset what an entry brings onto transit accounts."""
    passed: Counter[tuple[str, str]] = Counter()
    for posting in entry.postings:
        for path, change in ((posting.source, -posting.amount), (posting.target, posting.amount)):
            if path.startswith("transit/"):
                passed[path, posting.asset] += change
    return passed


def check_chart(classes: Iterable[AccountClass]) -> None:
    """Make sure that no account would belong to two classes.

    :raises ChartConflict: two classes fit the same account
    """
    for one, other in combinations(classes, 2):
        if overlap(one.pattern, other.pattern) and overlap(one.asset, other.asset):
            raise ChartConflict(
                f"{one.pattern} {one.asset} and {other.pattern} {other.asset} fit the same account"
            )


def overlap(pattern: str, other: str) -> bool:
    """Tell whether some name fits both patterns; `*` fits exactly one segment.

    A name without `*` is a pattern that only itself fits.
    """
    ours, theirs = pattern.split("/"), other.split("/")
    return len(ours) == len(theirs) and all(
        a == b or "*" in (a, b) for a, b in zip(ours, theirs, strict=True)
    )


def is_plain(entry: Entry) -> bool:
    """Tell whether an entry is one posting and nothing else happens, which has a short way of its own."""
    return (
        len(entry.postings) == 1
        and not entry.moves_holds
        and entry.reverses is None
        and entry.postings[0].expires_at is None
        and not entry.postings[0].lapsed
    )


def content(entry: Entry) -> tuple[Any, ...]:
    """List what makes an entry this entry: everything but its id and its time.

    What happens to holds has no order, so that it is listed by hold.
    """
    return (
        entry.book,
        entry.key,
        entry.kind,
        entry.subject,
        entry.reverses,
        tuple(
            [
                (one.source, one.target, one.asset, one.amount, one.expires_at, one.lapsed)
                for one in entry.postings
            ]
        ),
        _moves(entry) if entry.moves_holds else (),
        entry.facts,
    )


def _moves(entry: Entry) -> tuple[Any, ...]:
    return (
        tuple(
            (reserve.hold, reserve.account, reserve.asset, reserve.amount, reserve.expires_at)
            for reserve in sorted(entry.reserves, key=attrgetter("hold"))
        ),
        tuple((settle.hold, settle.amount) for settle in sorted(entry.settles, key=attrgetter("hold"))),
        tuple(sorted(entry.releases)),
        tuple(sorted(entry.expires)),
    )


def leaf(entry: Entry, posted_at: datetime) -> dict[str, Any]:
    """Say everything about a posted entry in the words of JSON, as it is committed to and shown.

    What the entry leaves unsaid is left out, so that a word which entries learn later changes no leaf.
    """
    said = entry.model_dump(exclude_defaults=True)
    for name in ("reserves", "settles"):
        if name in said:
            said[name] = sorted(said[name], key=itemgetter("hold"))
    for name in ("releases", "expires"):
        if name in said:
            said[name] = sorted(said[name])
    spoken: dict[str, Any] = _in_json({**said, "posted_at": posted_at})
    return spoken


def salt(entry: Entry, keys: Mapping[UUID, bytes]) -> bytes:
    """Derive what hides an entry's leaf from all who are not shown it.

    :param keys: of the household that the entry concerns, and of the book; the book's serves where there is
        no household, or where its key was destroyed, and for the erasure that destroyed it
    """
    own = entry.subject is not None and entry.kind != ERASURE and entry.subject in keys
    return hmac.digest(
        keys[entry.subject if own and entry.subject else BOOK_ITSELF], entry.id.bytes, "sha256"
    )


def _in_json(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        case list() | tuple():
            return [_in_json(item) for item in value]
        case dict():
            return {name: _in_json(item) for name, item in value.items()}
    return value
