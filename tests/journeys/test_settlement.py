"""A month of the first story is settled: the facts of the real rooms explain every line of the book."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.accounts import audit, jobs, queries, settling, sheets
from backend.accounts.errors import LaterSheetStands
from backend.accounts.parties import Month, PartyKind, SheetState
from backend.accounts.reckoning import Difference, Sheet
from backend.app import introduce
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import transaction
from backend.kit.etag import ChangedMeanwhile, tag_of
from backend.kit.ids import new_id
from backend.local.roles import Database
from seeds import load
from seeds.stories import yuhang_week
from tests.crowd import wait_until_all_wait

YUHANG, NOVEMBER, DECEMBER = "330110", Month(2026, 11), Month(2026, 12)
SETTLED_AT = datetime(2026, 12, 2, 3, tzinfo=CITY)
NEW_YEAR = datetime(2027, 1, 2, 3, tzinfo=CITY)


@pytest.fixture
def told(database: Database, valkey: str) -> Database:
    """The first story, told and sealed."""
    introduce()
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)
    yuhang_week.play(say=lambda _: None)
    jobs.seal()
    return database


def somebody() -> Actor:
    return Actor(id=new_id(SETTLED_AT), role="approver", scopes=frozenset(), district=YUHANG)


def drawn_up() -> dict[PartyKind, Sheet]:
    with transaction(districts=[YUHANG]) as db:
        jobs.draw_up(db, district=YUHANG, at=SETTLED_AT, month=str(NOVEMBER))
    with transaction(districts=[YUHANG]) as db:
        found = sheets.listed(
            db, by=somebody(), month=str(NOVEMBER), party_kind=None, state=None, cursor=None, limit=100
        )
        return {sheet.party_kind: sheet for sheet in found.items if sheet.lines}


def act(verb: str, sheet: UUID, by: Actor, **said: object) -> Sheet:
    with transaction(districts=[YUHANG]) as db:
        shown = sheets.shown(db, sheet, by=by)

        def is_as_seen(found: Sheet) -> None:
            if tag_of(found) != tag_of(shown):
                raise ChangedMeanwhile

        done: Sheet = getattr(settling, verb)(db, sheet, by=by, at=SETTLED_AT, is_as_seen=is_as_seen, **said)
        return done


def grams_agreed_on() -> int:
    """Add up what was weighed of the bags that were not taken back."""
    with transaction(districts=[YUHANG]) as db:
        found = db.scalar(
            text(
                "select sum(l.gross_grams - l.tare_grams) from weighing_line l join weighing w"
                " on w.district = l.district and w.id = l.weighing where w.state = 'confirmed'"
            )
        )
    assert found
    return int(found)


def test_every_line_is_explained_and_everybody_is_even_afterwards(told: Database):
    drawn = drawn_up()

    assert {kind: sheet.differences for kind, sheet in drawn.items()} == dict.fromkeys(PartyKind, 0)
    operator, merchant, programme = (drawn[kind].amounts for kind in PartyKind)
    assert (operator.dues_fen, operator.payable_fen) == (-queries_due(), 104 + 32)
    assert (merchant.points, merchant.payable_fen) == (200, 200)
    assert programme.drawn_fen == 52 + 104 + 16 + 32
    assert (operator.net_grams, merchant.net_grams, programme.net_grams) == (grams_agreed_on(), 0, 0)
    for sheet in (drawn[PartyKind.OPERATOR], drawn[PartyKind.MERCHANT]):
        act("sign", sheet.id, somebody(), reason=None)
        act("sign", sheet.id, somebody(), reason=None)
        paid = act("pay", sheet.id, somebody(), reference="ICBC-20261205-0042")
        assert paid.state == SheetState.PAID
    with transaction(districts=[YUHANG]) as db:
        backing = queries.backing(db, YUHANG)
    assert (backing.is_exact, backing.operators_owe_fen, backing.merchant_points) == (True, 0, 0)
    assert audit.run(told.auditor_url, say=lambda _: None)


def queries_due() -> int:
    """Add up by hand what the operator owes, from the weighings alone."""
    with transaction(districts=[YUHANG]) as db:
        return -int(
            db.scalar(
                text(
                    "select sum(l.market_fen) from weighing_line l join weighing w"
                    " on w.district = l.district and w.id = l.weighing where w.state = 'confirmed'"
                )
            )
        )


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        ("update weighing_line set market_fen = market_fen + 1 where market_fen > 0", Difference.AMOUNT),
        (
            "update weighing set state = 'returned', entry = null where state = 'confirmed'",
            Difference.NO_FACT,
        ),
    ],
)
def test_what_somebody_tampered_with_comes_first(told: Database, tampering: str, difference: Difference):
    with transaction(districts=[YUHANG]) as db:
        db.execute(text(tampering))

    sheet = drawn_up()[PartyKind.OPERATOR]

    with transaction(districts=[YUHANG]) as db:
        first = sheets.all_lines(db, YUHANG, sheet.id)[0]
    assert sheet.differences > 0
    assert first.difference == difference


def test_of_two_who_sign_at_once_one_is_told_to_look_again(told: Database):
    sheet = drawn_up()[PartyKind.OPERATOR]
    seen = tag_of(sheet)

    def sign(by: Actor) -> str:
        def is_as_seen(found: Sheet) -> None:
            if tag_of(found) != seen:
                raise ChangedMeanwhile

        with transaction(districts=[YUHANG]) as db:
            settling.sign(db, sheet.id, by=by, at=SETTLED_AT, reason=None, is_as_seen=is_as_seen)
        return "signed"

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(sign, somebody()) for _ in range(2)]
        came = sorted(str(one.exception() or one.result()) for one in done)

    assert came == sorted([str(ChangedMeanwhile()), "signed"])


def test_two_who_draw_up_at_once_make_each_sheet_once(told: Database):
    def draw_up() -> int:
        with transaction(districts=[YUHANG]) as db:
            return len(settling.draw_up(db, district=YUHANG, month=NOVEMBER, by=somebody(), at=SETTLED_AT))

    with ThreadPoolExecutor(2) as both:
        made = [one.result() for one in [both.submit(draw_up) for _ in range(2)]]

    assert min(made) == 0 < max(made)


def test_no_month_is_taken_back_while_somebody_draws_up_the_next(told: Database):
    sheet = drawn_up()[PartyKind.OPERATOR]

    with ThreadPoolExecutor(1) as other:
        with transaction(districts=[YUHANG]) as db:
            settling.draw_up(db, district=YUHANG, month=DECEMBER, by=somebody(), at=NEW_YEAR)
            withdrawn = other.submit(act, "withdraw", sheet.id, somebody(), reason="漏记一笔")
            assert wait_until_all_wait(told.admin_url, 1, seconds=20) == 1
        with pytest.raises(LaterSheetStands):
            withdrawn.result()
