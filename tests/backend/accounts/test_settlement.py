"""A month is settled: sheets say what the ledger says, the unexplained first, and two people sign."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from backend.accounts import queries, service, settling, sheets, sources
from backend.accounts.chart import (
    FEN,
    GREEN,
    bank,
    budget,
    fund,
    merchant_green,
    merchant_payable,
    operator_due,
    operator_subsidy,
    treasury,
)
from backend.accounts.errors import (
    AlreadySigned,
    DifferencesUnexplained,
    LaterSheetStands,
    MonthNotOver,
    NotCountersigned,
    NothingToPay,
    PointsNotThere,
    SheetNotDrawnUp,
    SheetNotFound,
)
from backend.accounts.models import SettlementSheet
from backend.accounts.parties import Fact, Month, PartyKind, SheetState
from backend.accounts.postings import Posting, green, move, redeemed
from backend.accounts.reckoning import Difference, Sheet
from backend.accounts.workbook import workbook
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import driver
from backend.kit.etag import ChangedMeanwhile
from backend.kit.ids import new_id
from tests.makers import NOON, PROGRAMME, YUHANG, a_community, some_points

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
SETTLED_AT = datetime(2026, 12, 2, 3, tzinfo=CITY)
OPERATOR, MERCHANT = UUID(int=1 << 64), UUID(int=2 << 64)
SYSTEM = Actor.system(YUHANG)


def somebody(role: str, *, organisation: UUID | None = None) -> Actor:
    """Return who acts in a role; how they signed in is another test's."""
    return Actor(id=new_id(NOON), role=role, scopes=frozenset(), district=YUHANG, organisation=organisation)


def anything(_: Sheet) -> None:
    """Take whatever state is found."""


class Room:
    """A room above that posts facts and knows them."""

    def __init__(self, db: Session) -> None:
        self.db = db
        self.facts: list[Fact] = []

    def post(self, *postings: Posting, known: dict[str, int] | None = None, at: datetime = NOON) -> str:
        """Post an entry, and know what it says unless that is told otherwise."""
        key = f"test/{new_id(at)}"
        outcome = service.post(
            self.db, district=YUHANG, key=key, kind="test.happened", at=at, postings=postings
        )
        service.entry_of(outcome)
        moved: dict[str, int] = {}
        for posting in postings:
            moved[posting.source] = moved.get(posting.source, 0) - posting.amount
            moved[posting.target] = moved.get(posting.target, 0) + posting.amount
        settled = {
            path: fen for path, fen in moved.items() if path.startswith(("operator", "budget", "merchant"))
        }
        self.know(key, settled if known is None else known, at=at)
        return key

    def know(self, key: str, moved: dict[str, int], *, at: datetime = NOON) -> None:
        """Know a fact."""
        self.facts += [Fact(key, path, amount, at) for path, amount in moved.items()]

    def told(self, db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
        """Tell the facts of a time."""
        yield from (fact for fact in self.facts if since <= fact.at < until)

    def collect(self, *, due: int = 0, subsidy: int = 0, at: datetime = NOON, **said: dict[str, int]) -> str:
        """Take a bag in: the operator owes for it, and is owed for it."""
        household = new_id(at)
        return self.post(
            *move(operator_due(OPERATOR), fund(), FEN, due),
            *move("green/issued", green(household), GREEN, due),
            *move(budget(PROGRAMME, "2026"), operator_subsidy(OPERATOR), FEN, subsidy),
            at=at,
            **said,
        )

    def redeem(self, points: int, *, at: datetime = NOON) -> str:
        """Let a household spend points at the merchant."""
        household = new_id(at)
        some_points(self.db, household, points)
        return self.post(*redeemed(household, MERCHANT, points), at=at)


@pytest.fixture
def room(db: Session, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A book with money in a budget, and who knows all of its facts."""
    made = Room(db)
    monkeypatch.setattr(sources, "_sources", {})
    service.explain(
        "test", facts=made.told, names=lambda _, __, parties: dict.fromkeys(parties, ("某公司", "A company"))
    )
    a_community(db)
    service.open_book(db, YUHANG)
    made.post(
        *move(bank(), treasury(), FEN, 100_000),
        *move(treasury(), budget(PROGRAMME, "2026"), FEN, 100_000),
        at=datetime(2026, 10, 5, tzinfo=CITY),
    )
    return made


def drawn_up(db: Session, month: Month = NOVEMBER, *, at: datetime | None = None) -> dict[PartyKind, Sheet]:
    """Seal what was posted and draw a month up; by the kind of the party, of which these tests have one."""
    while service.seal(db, YUHANG):
        pass
    made = settling.draw_up(
        db, district=YUHANG, month=month, by=SYSTEM, at=at or month.until + timedelta(days=1)
    )
    return {sheet.party_kind: sheet for sheet in made if sheet.party in {OPERATOR, MERCHANT, PROGRAMME}}


def lines_of(db: Session, sheet: Sheet) -> list[tuple[str, int, Difference | None]]:
    return [(line.key, line.amount, line.difference) for line in sheets.all_lines(db, YUHANG, sheet.id)]


def summary_of(db: Session, sheet: Sheet) -> dict[object, object]:
    """Read what a workbook says of a sheet in words, by the English of its items."""
    book = load_workbook(BytesIO(workbook(sheet, sheets.all_lines(db, YUHANG, sheet.id))))
    return {row[1].value: row[4].value for row in book.worksheets[1].iter_rows(min_row=2)}


@pytest.fixture
def admin() -> Actor:
    return somebody("district_admin")


@pytest.fixture
def approver() -> Actor:
    return somebody("approver")


def signed_by_two(
    db: Session, sheet: Sheet, admin: Actor, approver: Actor, *, reason: str | None = None
) -> Sheet:
    for who in (admin, approver):
        sheet = settling.sign(db, sheet.id, by=who, at=SETTLED_AT, reason=reason, is_as_seen=anything)
    return sheet


class TestWhatASheetSays:
    def test_an_operator_owes_for_value_and_is_owed_for_tonnes(self, db: Session, room: Room):
        room.collect(due=240, subsidy=104)
        room.collect(due=60)

        sheet = drawn_up(db)[PartyKind.OPERATOR]

        assert (sheet.amounts.dues_fen, sheet.amounts.payable_fen) == (300, 104)
        assert {(one.account, one.opening, one.closing) for one in sheet.accounts} == {
            (operator_due(OPERATOR), 0, -300),
            (operator_subsidy(OPERATOR), 0, 104),
        }
        assert sheet.differences == 0
        assert (sheet.party_zh, sheet.party_en) == ("某公司", "A company")

    def test_a_merchant_has_taken_points(self, db: Session, room: Room):
        room.redeem(200)

        sheet = drawn_up(db)[PartyKind.MERCHANT]

        assert (sheet.amounts.points, sheet.amounts.payable_fen) == (200, 200)

    def test_a_programme_was_funded_and_has_drawn_held_and_left(self, db: Session, room: Room):
        room.collect(subsidy=104)
        hold, path = new_id(NOON), budget(PROGRAMME, "2026")
        reserve = ledger.Reserve(hold=hold, account=path, asset=FEN, amount=500)
        service.post(db, district=YUHANG, key="held", kind="quote.held", at=NOON, reserves=[reserve])

        sheet = drawn_up(db)[PartyKind.PROGRAMME]

        assert (sheet.amounts.drawn_fen, sheet.amounts.held_fen, sheet.amounts.left_fen) == (
            -100_000 + 104,
            500,
            99_896,
        )
        assert queries.balance(db, YUHANG, path, FEN).held == 500

    def test_what_was_promised_after_the_month_is_not_on_it(self, db: Session, room: Room):
        room.collect(subsidy=104)
        path, later = budget(PROGRAMME, "2026"), DECEMBER.since + timedelta(hours=1)
        for at in (NOON, later):
            reserve = ledger.Reserve(hold=new_id(at), account=path, asset=FEN, amount=500)
            service.post(db, district=YUHANG, key=f"held/{at}", kind="quote.held", at=at, reserves=[reserve])

        assert drawn_up(db)[PartyKind.PROGRAMME].amounts.held_fen == 500

    def test_each_names_its_entry_and_they_add_up_to_the_turnover(self, db: Session, room: Room):
        keys = [room.collect(due=due, subsidy=due) for due in (1, 10, 100)]

        sheet = drawn_up(db)[PartyKind.OPERATOR]

        lines = sheets.all_lines(db, YUHANG, sheet.id)
        assert {line.key for line in lines} == set(keys)
        for line in lines:
            assert line.entry is not None
            found = ledger.entry(driver(db), YUHANG, line.entry)
            assert found is not None
            assert found.entry.key == line.key
        for one in sheet.accounts:
            moved = [line.amount for line in lines if line.account == one.account]
            assert sum(moved) == one.incoming - one.outgoing == one.closing - one.opening

    def test_the_backing_of_the_points_is_on_every_sheet(self, db: Session, room: Room):
        room.collect(due=240, subsidy=104)
        room.redeem(200)

        for sheet in drawn_up(db).values():
            assert sheet.backing == queries.backing(db, YUHANG)
            assert sheet.backing.is_exact
            assert (sheet.backing.merchant_points, sheet.backing.fund_fen) == (200, 440)

    def test_the_backing_is_as_of_what_was_sealed(self, db: Session, room: Room):
        room.collect(due=240)
        before = queries.backing(db, YUHANG)
        drawn = drawn_up(db)
        room.collect(due=77)

        assert drawn[PartyKind.OPERATOR].backing == before != queries.backing(db, YUHANG)
        assert drawn_up(db, DECEMBER)[PartyKind.OPERATOR].backing == queries.backing(db, YUHANG)


class TestWhatIsUnexplained:
    def test_an_entry_that_no_fact_explains_comes_first(self, db: Session, room: Room):
        fine = room.collect(due=240)
        strange = room.collect(due=7, known={})

        sheet = drawn_up(db)[PartyKind.OPERATOR]

        assert sheet.differences == 1
        assert lines_of(db, sheet) == [(strange, -7, Difference.NO_FACT), (fine, -240, None)]

    def test_so_does_a_fact_without_an_entry(self, db: Session, room: Room):
        room.know("test/lost", {operator_due(OPERATOR): -9})

        sheet = drawn_up(db)[PartyKind.OPERATOR]

        assert lines_of(db, sheet) == [("test/lost", 0, Difference.NO_ENTRY)]
        (line,) = sheets.all_lines(db, YUHANG, sheet.id)
        assert (line.entry, line.expected) == (None, -9)

    def test_so_does_an_amount_that_differs(self, db: Session, room: Room):
        key = room.collect(due=240, known={operator_due(OPERATOR): -241})

        sheet = drawn_up(db)[PartyKind.OPERATOR]

        assert lines_of(db, sheet) == [(key, -240, Difference.AMOUNT)]
        assert sheets.all_lines(db, YUHANG, sheet.id)[0].expected == -241

    def test_so_does_an_entry_that_leaves_an_account_out(self, db: Session, room: Room):
        key = room.collect(due=240, known={operator_due(OPERATOR): -240, operator_subsidy(OPERATOR): 5})

        assert lines_of(db, drawn_up(db)[PartyKind.OPERATOR]) == [
            (key, 0, Difference.NO_ENTRY),
            (key, -240, None),
        ]

    def test_who_signs_says_why(self, db: Session, room: Room, admin: Actor, approver: Actor):
        room.collect(due=7, known={})
        sheet = drawn_up(db)[PartyKind.OPERATOR]

        with pytest.raises(DifferencesUnexplained):
            settling.sign(db, sheet.id, by=admin, at=SETTLED_AT, reason=None, is_as_seen=anything)
        done = signed_by_two(db, sheet, admin, approver, reason="手工补记，见附件")

        assert (done.state, done.signed_reason) == (SheetState.COUNTERSIGNED, "手工补记，见附件")


class TestMonths:
    def test_a_month_is_settled_when_it_is_over(self, db: Session, room: Room):
        with pytest.raises(MonthNotOver):
            drawn_up(db, at=NOVEMBER.until - timedelta(seconds=1))

    def test_each_once(self, db: Session, room: Room):
        room.collect(due=240)

        assert drawn_up(db)
        assert drawn_up(db) == {}

    def test_the_citys_midnight_parts_them(self, db: Session, room: Room):
        last = room.collect(due=1, at=NOVEMBER.until - timedelta(microseconds=1))
        first = room.collect(due=2, at=NOVEMBER.until)

        assert lines_of(db, drawn_up(db)[PartyKind.OPERATOR]) == [(last, -1, None)]
        assert lines_of(db, drawn_up(db, DECEMBER)[PartyKind.OPERATOR]) == [(first, -2, None)]

    def test_what_comes_late_is_on_the_next_sheet_and_once(self, db: Session, room: Room):
        room.collect(due=1)
        drawn_up(db)
        late = room.collect(due=20)
        room.collect(due=300, at=DECEMBER.since)

        sheet = drawn_up(db, DECEMBER)[PartyKind.OPERATOR]

        assert sheet.amounts.dues_fen == 320
        assert {line.key for line in sheets.all_lines(db, YUHANG, sheet.id) if line.is_late} == {late}
        assert sheet.differences == 0
        assert {one.late for one in sheet.accounts if one.account == operator_due(OPERATOR)} == {-20}
        assert drawn_up(db, Month(2027, 1))[PartyKind.OPERATOR].amounts.dues_fen == 0

    def test_what_is_not_sealed_yet_is_late_and_not_lost(self, db: Session, room: Room):
        key = room.collect(due=1)

        made = settling.draw_up(db, district=YUHANG, month=NOVEMBER, by=SYSTEM, at=SETTLED_AT)

        assert [sheet.differences for sheet in made if sheet.party == OPERATOR] == [0]
        assert lines_of(db, drawn_up(db, DECEMBER)[PartyKind.OPERATOR]) == [(key, -1, None)]

    def test_an_earlier_month_is_not_withdrawn_below_a_later_one(self, db: Session, room: Room, admin: Actor):
        room.collect(due=1)
        november, december = drawn_up(db)[PartyKind.OPERATOR], drawn_up(db, DECEMBER)[PartyKind.OPERATOR]

        def withdraw(sheet: Sheet) -> Sheet:
            return settling.withdraw(
                db, sheet.id, by=admin, at=SETTLED_AT, reason="重开", is_as_seen=anything
            )

        with pytest.raises(LaterSheetStands):
            withdraw(november)
        assert (withdraw(december).state, withdraw(november).state) == (SheetState.WITHDRAWN,) * 2

    def test_drawn_up_anew_it_takes_in_what_was_sealed_since(self, db: Session, room: Room, admin: Actor):
        room.collect(due=1)
        first = drawn_up(db)[PartyKind.OPERATOR]
        room.collect(due=20)
        settling.withdraw(db, first.id, by=admin, at=SETTLED_AT, reason="漏记", is_as_seen=anything)

        second = drawn_up(db)[PartyKind.OPERATOR]

        assert (first.amounts.dues_fen, second.amounts.dues_fen) == (1, 21)


class TestSigningAndPaying:
    def test_two_people_sign(self, db: Session, room: Room, admin: Actor, approver: Actor):
        room.collect(due=240)
        sheet = drawn_up(db)[PartyKind.OPERATOR]
        once = settling.sign(db, sheet.id, by=admin, at=SETTLED_AT, reason=None, is_as_seen=anything)

        with pytest.raises(AlreadySigned):
            settling.sign(db, sheet.id, by=admin, at=SETTLED_AT, reason=None, is_as_seen=anything)
        twice = settling.sign(db, sheet.id, by=approver, at=SETTLED_AT, reason=None, is_as_seen=anything)

        assert (once.state, twice.state) == (SheetState.SIGNED, SheetState.COUNTERSIGNED)
        assert (twice.signed_by, twice.countersigned_by) == (admin.id, approver.id)

    def test_an_operator_pays_and_is_paid_and_is_even(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.collect(due=240, subsidy=104)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.OPERATOR], admin, approver)

        paid = settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="ICBC-1", is_as_seen=anything)

        assert paid.paid_entry is not None
        found = ledger.entry(driver(db), YUHANG, paid.paid_entry)
        assert found is not None
        assert {(one.source, one.target, one.amount) for one in found.entry.postings} == {
            (bank(), operator_due(OPERATOR), 240),
            (operator_subsidy(OPERATOR), bank(), 104),
        }
        assert queries.backing(db, YUHANG).operators_owe_fen == 0
        december = drawn_up(db, DECEMBER)[PartyKind.OPERATOR]
        assert december.differences == 0
        assert (december.amounts.dues_fen, december.amounts.payable_fen) == (0, 0)

    def test_a_merchants_points_are_retired_as_the_second_signs_and_paid_then(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.redeem(200)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.MERCHANT], admin, approver)

        def stands(path: str, asset: str) -> int:
            return queries.balance(db, YUHANG, path, asset).posted

        assert (stands(merchant_green(MERCHANT), GREEN), stands(merchant_payable(MERCHANT), FEN)) == (0, 200)
        assert queries.backing(db, YUHANG).is_exact
        settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="ICBC-2", is_as_seen=anything)
        assert stands(merchant_payable(MERCHANT), FEN) == 0
        december = drawn_up(db, DECEMBER)[PartyKind.MERCHANT]
        assert (december.differences, december.lines, december.amounts.payable_fen) == (0, 3, 0)

    def test_points_that_went_back_meanwhile_are_not_retired(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.redeem(200)
        sheet = drawn_up(db)[PartyKind.MERCHANT]
        room.post(*move(merchant_green(MERCHANT), green(new_id(NOON)), GREEN, 50), at=DECEMBER.since)

        with pytest.raises(PointsNotThere):
            signed_by_two(db, sheet, admin, approver)

    def test_a_refund_after_settlement_is_taken_off_the_next_payment(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.redeem(200)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.MERCHANT], admin, approver)
        settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="ICBC-2", is_as_seen=anything)
        room.post(
            *move("green/retired", green(new_id(NOON)), GREEN, 50),
            *move(merchant_payable(MERCHANT), fund(), FEN, 50),
            at=SETTLED_AT,
        )

        december = signed_by_two(db, drawn_up(db, DECEMBER)[PartyKind.MERCHANT], admin, approver)
        settling.pay(db, december.id, by=approver, at=DECEMBER.until, reference="ICBC-3", is_as_seen=anything)

        assert (december.amounts.points, december.amounts.payable_fen) == (0, -50)
        assert queries.balance(db, YUHANG, merchant_payable(MERCHANT), FEN).posted == 0

    def test_nothing_is_paid_twice_or_before_two_have_signed(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.collect(due=240)
        sheet = drawn_up(db)[PartyKind.OPERATOR]

        def pay() -> Sheet:
            return settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="1", is_as_seen=anything)

        with pytest.raises(NotCountersigned):
            pay()
        signed_by_two(db, sheet, admin, approver)
        pay()
        with pytest.raises(NotCountersigned):
            pay()
        assert queries.balance(db, YUHANG, operator_due(OPERATOR), FEN).posted == 0

    def test_a_programme_is_signed_and_has_nothing_to_pay(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.PROGRAMME], admin, approver)

        with pytest.raises(NothingToPay):
            settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="1", is_as_seen=anything)

    @pytest.mark.parametrize("verb", ["sign", "withdraw"])
    def test_what_two_have_signed_is_final(
        self, db: Session, room: Room, admin: Actor, approver: Actor, verb: str
    ):
        room.collect(due=240)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.OPERATOR], admin, approver)
        again: Callable[..., Sheet] = getattr(settling, verb)

        with pytest.raises(SheetNotDrawnUp):
            again(db, sheet.id, by=admin, at=SETTLED_AT, reason="再来", is_as_seen=anything)

    @pytest.mark.parametrize("change", [{"amounts": {}}, {"state": "withdrawn"}, {"signed_reason": "x"}])
    def test_and_the_database_holds_it_so(
        self, db: Session, room: Room, admin: Actor, approver: Actor, change: dict[str, object]
    ):
        room.collect(due=240)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.OPERATOR], admin, approver)

        with pytest.raises(IntegrityError, match="is final"):
            db.execute(update(SettlementSheet).where(SettlementSheet.id == sheet.id).values(change))

    def test_who_has_seen_another_state_signs_nothing(self, db: Session, room: Room, admin: Actor):
        room.collect(due=240)
        sheet = drawn_up(db)[PartyKind.OPERATOR]

        def as_seen(found: Sheet) -> None:
            raise ChangedMeanwhile

        with pytest.raises(ChangedMeanwhile):
            settling.sign(db, sheet.id, by=admin, at=SETTLED_AT, reason=None, is_as_seen=as_seen)
        assert sheets.shown(db, sheet.id, by=admin).state == SheetState.DRAWN_UP


class TestWhoSees:
    def test_a_party_its_own_and_staff_all(self, db: Session, room: Room, admin: Actor):
        room.collect(due=240)
        room.redeem(200)
        drawn = drawn_up(db)
        manager = somebody("operator_manager", organisation=OPERATOR)
        till = somebody("till", organisation=MERCHANT)
        auditor = somebody("auditor")

        def sees(who: Actor) -> set[PartyKind]:
            listed = sheets.listed(
                db, by=who, month=None, party_kind=None, state=None, cursor=None, limit=100
            ).items
            kinds = {sheet.party_kind for sheet in listed if sheet.id in {one.id for one in drawn.values()}}
            for kind, sheet in drawn.items():
                if kind not in kinds:
                    with pytest.raises(SheetNotFound):
                        sheets.lines(db, sheet.id, by=who, cursor=None, limit=1)
            return kinds

        assert sees(manager) == {PartyKind.OPERATOR}
        assert sees(till) == {PartyKind.MERCHANT}
        assert sees(admin) == sees(auditor) == set(PartyKind)


class TestAsExcel:
    def test_the_unexplained_stand_first_and_yuan_are_shown(self, db: Session, room: Room):
        room.collect(due=240, subsidy=104)
        strange = room.collect(due=7, known={})
        sheet = drawn_up(db)[PartyKind.OPERATOR]

        book = load_workbook(BytesIO(workbook(sheet, sheets.all_lines(db, YUHANG, sheet.id))))

        assert book.sheetnames == ["未解释差异 Unexplained", "汇总 Summary", "明细 Lines"]
        first = [cell.value for cell in book.worksheets[0][2]]
        assert (first[4], first[7], first[9]) == (-0.07, strange, "无对应业务事实 no fact is known")
        summary = {row[1].value: row[2].value for row in book.worksheets[1].iter_rows(min_row=2)}
        assert summary["The operator owes for market value"] == 2.47
        assert summary["The fund, a fen behind every point"] == 2.47
        assert book.worksheets[2].max_row == 1 + sheet.lines

    def test_what_an_unexplained_line_should_say_has_its_unit(self, db: Session, room: Room):
        room.collect(due=240, known={operator_due(OPERATOR): -241})
        room.know("test/lost", {merchant_green(MERCHANT): 9})
        drawn = drawn_up(db)

        def unexplained(kind: PartyKind) -> dict[object, object]:
            content = workbook(drawn[kind], sheets.all_lines(db, YUHANG, drawn[kind].id))
            heads, row = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
            return dict(zip((str(head).partition("\n")[2] for head in heads), row, strict=True))

        said = ("Amount (yuan)", "Expected (yuan)", "Points", "Expected points")
        owes, took = (unexplained(kind) for kind in (PartyKind.OPERATOR, PartyKind.MERCHANT))
        assert [owes[name] for name in said] == [-2.4, -2.41, None, None]
        assert [took[name] for name in said] == [None, None, 0, 9]

    def test_a_signature_that_was_taken_back_is_told_with_who_did_and_why(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.collect(due=240)
        sheet = drawn_up(db)[PartyKind.OPERATOR]
        settling.sign(db, sheet.id, by=admin, at=SETTLED_AT, reason="核对无误", is_as_seen=anything)
        late = SETTLED_AT + timedelta(hours=1)
        done = settling.withdraw(db, sheet.id, by=approver, at=late, reason="漏记", is_as_seen=anything)

        said = summary_of(db, done)

        assert said["State"] == "已撤回 withdrawn"
        assert said["Drawn up"] == f"{done.drawn_up_at.astimezone(CITY).isoformat()} {SYSTEM.id}"
        assert said["Signed"] == f"{SETTLED_AT.isoformat()} {admin.id}: 核对无误"
        assert said["Withdrawn"] == f"{late.isoformat()} {approver.id}: 漏记"
        assert (said["Countersigned"], said["Paid"], said["Entry of the payment"]) == (None, None, None)

    def test_the_entries_of_a_settlement_and_its_payment_are_named(
        self, db: Session, room: Room, admin: Actor, approver: Actor
    ):
        room.redeem(200)
        sheet = signed_by_two(db, drawn_up(db)[PartyKind.MERCHANT], admin, approver)
        paid = settling.pay(db, sheet.id, by=approver, at=SETTLED_AT, reference="ICBC-2", is_as_seen=anything)

        said = summary_of(db, paid)

        assert paid.settled_entry
        assert said["Entry that settled the points"] == str(paid.settled_entry)
        assert said["Entry of the payment"] == str(paid.paid_entry)
        assert said["Paid"] == f"{SETTLED_AT.isoformat()} {approver.id}: ICBC-2"
        assert said["Withdrawn"] is None


def test_the_books_are_sound_after_all_of_it(db: Session, room: Room, admin: Actor, approver: Actor):
    room.collect(due=240, subsidy=104)
    room.redeem(200)
    for sheet in drawn_up(db).values():
        done = signed_by_two(db, sheet, admin, approver)
        if done.amounts.payable_fen:
            settling.pay(db, done.id, by=approver, at=SETTLED_AT, reference="1", is_as_seen=anything)

    backing = queries.backing(db, YUHANG)
    assert (backing.is_exact, backing.owes_exactly) == (True, True)
