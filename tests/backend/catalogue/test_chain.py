"""The chain of a district's versions: what was in force on any day, and what each changed."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import NoPriceList
from backend.kit.db import transaction
from tests.makers import CARDBOARD, NOON, YUHANG, a_draft, a_material, a_price_list, a_rate

DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)


def a_chain(db: Session) -> None:
    """Publish a list, one for tomorrow that is superseded at once, and the one in its place."""
    a_price_list(db, CARDBOARD)
    a_price_list(db, a_rate("cardboard", market=9), effective_at=NOON + DAY)
    a_price_list(db, a_rate("cardboard", market=90), effective_at=NOON + DAY)


def on(db: Session, day: date | None) -> list[int]:
    return [head.number for head in queries.price_lists(db, YUHANG, on=day, cursor=None, limit=9).items]


def test_each_version_says_until_when_it_is_in_force(db: Session):
    a_chain(db)

    third, second, first = queries.price_lists(db, YUHANG, on=None, cursor=None, limit=9).items
    assert (first.effective_at, first.effective_until) == (NOON, NOON + DAY)
    assert second.effective_until == second.effective_at
    assert third.effective_until is None


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (None, [3, 2, 1]),
        (TODAY - DAY, []),
        (TODAY, [1]),
        (TODAY + DAY, [3, 1]),
        (TODAY + 2 * DAY, [3]),
    ],
)
def test_a_day_has_the_versions_that_were_in_force_on_it(db: Session, day: date | None, numbers: list[int]):
    a_chain(db)

    assert on(db, day) == numbers


def test_the_chain_comes_in_pages(db: Session):
    a_chain(db)

    first = queries.price_lists(db, YUHANG, on=None, cursor=None, limit=2)
    second = queries.price_lists(db, YUHANG, on=None, cursor=first.next_cursor, limit=2)
    assert [head.number for head in (*first.items, *second.items)] == [3, 2, 1]
    assert second.next_cursor is None


def test_a_version_is_compared_with_the_one_before_or_any_other(db: Session):
    a_chain(db)

    assert [found.kind for found in queries.changes(db, YUHANG, 1, since=None)] == ["came"]
    assert [found.kind for found in queries.changes(db, YUHANG, 2, since=None)] == ["fell"]
    assert [found.after for found in queries.changes(db, YUHANG, 3, since=1)] == ["90"]
    for number, since in ((4, None), (1, 7), (2**70, None)):
        with pytest.raises(NoPriceList):
            queries.changes(db, YUHANG, number, since=since)


def test_a_draft_is_compared_with_what_it_is_based_on(db: Session):
    first = a_draft(db, CARDBOARD, state="published")
    assert [found.kind for found in queries.draft_changes(db, YUHANG, first)] == ["came"]

    a_material(db, "glass")
    second = a_draft(db, CARDBOARD, a_rate("glass"))
    assert [(found.kind, found.material) for found in queries.draft_changes(db, YUHANG, second)] == [
        ("came", "glass")
    ]


def test_anybody_may_read_it(app: Flask):
    with transaction(districts=[YUHANG]) as db:
        a_chain(db)
    client, base = app.test_client(), f"/v1/districts/{YUHANG}/price-lists"

    assert [item["number"] for item in client.get(f"{base}?on=2026-11-17").get_json()["items"]] == [3, 1]
    assert client.get("/v1/districts/330102/price-lists").get_json()["code"] == "no_price_list"
    assert client.get(f"{base}/2").get_json()["rates"][0]["market_fen_per_kg"] == "9"
    (told,) = client.get(f"{base}/3/differences?since=1").get_json()["items"]
    assert told["zh"] == "玻璃：市场价由0.8元/公斤上调到0.9元/公斤。"
    assert client.get(f"{base}/9").get_json()["code"] == "no_price_list"
