"""What a value cannot say, and what its canonical bytes are."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger import AccountClass, Entry, Posting, Reserve, Settle, fingerprint
from ledger.rules import leaf, overlap
from ledger.seal.canonical import canonical, digest
from tests.ledger.makers import ALICE, BOB, NOON, a_move, an_award, an_entry
from tests.ledger.model import LARGEST


@pytest.mark.parametrize(
    "wrong",
    [
        *({"amount": amount} for amount in (0, -1, LARGEST + 1, 1.0, "1", True, None)),
        *({"source": path} for path in (BOB, "", "a//b", "/a", "a/", "a b", "a\0", "a" * 201, "*", "绿", 5)),
        *({"asset": asset} for asset in ("", "MASS/", "MASS//x", "\ud800", "A" * 61)),
        {"memo": "?"},
    ],
)
def test_a_posting_moves_a_positive_amount_between_two_accounts(wrong):
    with pytest.raises(ValidationError):
        Posting(**{"source": ALICE, "target": BOB, "asset": "GREEN", "amount": 1, **wrong})


HOLD = uuid4()
SETTLE = Settle(hold=HOLD)
RESERVE = Reserve(hold=HOLD, account=ALICE, asset="GREEN", amount=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"postings": ()},
        {"postings": (a_move(ALICE, BOB, 1),) * 101},
        {"postings": [a_move(ALICE, BOB, 1)]},
        {"at": NOON.replace(tzinfo=None)},
        {"at": "2026-05-01T12:00:00Z"},
        {"id": "018f"},
        *({"key": key} for key in ("", "a\0b", "a\nb", "k" * 201, "\udcff")),
        *({"kind": kind} for kind in ("", "a b", "k" * 61)),
        *({"book": book} for book in ("", "a/b", "b" * 41)),
        {"reverses": UUID(int=7), "id": UUID(int=7)},
        {"settles": (SETTLE, SETTLE)},
        {"settles": (SETTLE,), "expires": (HOLD,)},
        {"releases": (HOLD,), "expires": (HOLD,)},
        {"releases": (HOLD, HOLD)},
        {"reserves": (RESERVE,), "settles": (SETTLE,)},
        {"reserves": (RESERVE.model_copy(update={"expires_at": NOON}),)},
        *(
            {"facts": {"a": fact}}
            for fact in (1.5, float("nan"), "a\0", "\ud800", b"", (1,), {1: 2}, "x" * 4096)
        ),
        {"facts": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {}}}}}}}}}},
        {"facts": {"\0": 1}},
    ],
)
def test_an_entry_says_something_and_nothing_twice(wrong):
    told: dict[str, Any] = {
        "id": uuid4(),
        "key": "k",
        "book": "b",
        "kind": "test",
        "at": NOON,
        "postings": (a_move(ALICE, BOB, 1),),
    }
    Entry(**told)
    with pytest.raises(ValueError):  # noqa: PT011 - a validation error is one, as is a text that is no UTF-8
        Entry(**{**told, **wrong})


def test_only_an_erasure_touches_nothing():
    assert an_entry("b", kind="erasure").postings == ()


def test_a_value_is_frozen():
    with pytest.raises(ValidationError):
        setattr(a_move(ALICE, BOB, 1), "amount", 2)  # noqa: B010 - as an assignment mypy refuses it


@pytest.mark.parametrize("wrong", ["", "a/**", "a*", "a//b", "/", "a/*b"])
def test_a_pattern_has_whole_segments(wrong):
    with pytest.raises(ValidationError):
        AccountClass(pattern=wrong, asset="GREEN", owner="o", bounded=True)


@given(
    *[st.lists(st.sampled_from(["a", "b", "a.b", "a_b", "%", "*"]), min_size=1, max_size=3).map("/".join)] * 2
)
def test_patterns_overlap_both_ways(one, other):
    assert overlap(one, other) is overlap(other, one)
    assert overlap(one, one)


@pytest.mark.parametrize("pattern", ["household/*/green", "*/a.b", "a_b/*", "*"])
@pytest.mark.parametrize(
    "name",
    [
        "household/x/green",
        "household/green",
        "household/x/y/green",
        "x/a.b",
        "x/acb",
        "a_b/c",
        "acb/c",
        "x",
        "household//green",
    ],
)
def test_the_database_matches_patterns_as_the_rules_do(conn, pattern, name):
    (matched,) = conn.execute("select ledger.matches(%s, %s)", (pattern, name)).fetchone()
    if "//" not in name:
        assert matched is overlap(pattern, name)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.uuids()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def spelled(value):
    """Tell values apart that Python calls equal, such as 1 and True."""
    match value:
        case tuple():
            return ("tuple", *map(spelled, value))
        case dict():
            return ("dict", frozenset((key, spelled(item)) for key, item in value.items()))
    return (type(value).__name__, value)


@given(values, values)
def test_two_values_have_the_same_bytes_only_if_they_are_the_same(one, other):
    assert (canonical(one) == canonical(other)) is (spelled(one) == spelled(other))


def test_canonical_bytes_are_what_the_format_says():
    assert canonical([None, True, -5, "é", {"b": 1, "a": b"\0"}]).hex() == (
        "01"
        "6c00000035"
        "6e00000000"
        "7400000000"
        "69000000022d35"
        "7300000002c3a9"
        "6400000018"
        "730000000161"
        "620000000100"
        "730000000162"
        "690000000131"
    )


@pytest.mark.parametrize("value", [1.5, {1}, object()])
def test_what_has_no_canonical_bytes_is_refused(value):
    with pytest.raises(TypeError):
        canonical([value])


def test_a_fingerprint_leaves_out_id_and_time_and_nothing_else():
    one = an_entry("b", a_move(ALICE, BOB, 1), settles=(SETTLE,), subject=UUID(int=1), reverses=UUID(int=2))
    same = one.model_copy(update={"id": uuid4(), "at": NOON + timedelta(days=1)})
    changes: list[dict[str, Any]] = [
        {"book": "c"},
        {"key": "other"},
        {"kind": "other"},
        {"postings": (a_move(BOB, ALICE, 1),)},
        {"reserves": (RESERVE,)},
        {"settles": ()},
        {"settles": (Settle(hold=HOLD, amount=1),)},
        {"releases": (HOLD,)},
        {"expires": (HOLD,)},
        {"reverses": None},
        {"subject": None},
        {"facts": {"a": 1}},
    ]
    fingerprints = {fingerprint(one.model_copy(update=change)) for change in changes}

    assert fingerprint(one) == fingerprint(same)
    assert len(fingerprints | {fingerprint(one)}) == len(changes) + 1


def test_a_leaf_holds_everything_and_knows_no_time_zone():
    award = an_award("b", ALICE, 1)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=8)))
    assert digest(leaf(award, NOON)) == digest(leaf(award, elsewhere))
    assert digest(leaf(award, NOON)) != digest(leaf(award, datetime(2026, 5, 2, tzinfo=UTC)))


def test_a_leaf_reads_in_json_as_it_is_hashed():
    entry = an_entry(
        "b",
        a_move(ALICE, BOB, LARGEST),
        subject=HOLD,
        releases=(UUID(int=2), UUID(int=1)),
        facts={"grams": 2**80, "none": None, "moved": []},
    )
    said = leaf(entry, NOON)

    assert json.loads(json.dumps(said)) == said
    assert said["posted_at"] == "2026-05-01T12:00:00.000000Z"
    assert said["releases"] == [str(UUID(int=1)), str(UUID(int=2))]
    assert said["facts"] == {"grams": 2**80, "none": None, "moved": []}


def test_a_leaf_says_nothing_of_what_its_entry_leaves_unsaid():
    assert set(leaf(an_award("b", ALICE, 1), NOON)) == {
        "id", "key", "book", "kind", "at", "postings", "posted_at",
    }  # fmt: skip
