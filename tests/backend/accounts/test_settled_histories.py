"""Whatever happens in whatever order, late or never: sheets and ledger agree to the fen, each line once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

import ledger
from backend.accounts import service, settling, sheets, sources, turnovers
from backend.accounts.chart import FEN, GREEN, budget, fund, green, operator_due, operator_subsidy
from backend.accounts.parties import Fact, Month, Party, PartyKind
from backend.accounts.postings import Posting, move
from backend.accounts.reckoning import Difference, Move, Sheet, add_up, reconcile
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import driver
from backend.kit.ids import new_id
from tests.makers import YUHANG

MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))
OPERATORS = (UUID(int=1 << 64), UUID(int=2 << 64))
PROGRAMME = UUID(int=3 << 64)


@dataclass(frozen=True)
class Bag:
    """A bag, when it was, and in which of three periods it reached the book."""

    operator: UUID
    due: int
    subsidy: int
    day: int
    reaches: int
    known: bool
    """Whether the room above knows of it."""

    @property
    def at(self) -> datetime:
        """Its business time."""
        return datetime(2026, 9, 1, 12, tzinfo=CITY) + timedelta(days=self.day)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """How it reads."""
        return (
            *move(operator_due(self.operator), fund(), FEN, self.due),
            *move("green/issued", green(self.operator), GREEN, self.due),
            *move("treasury", budget(PROGRAMME, "2026"), FEN, self.subsidy),
            *move(budget(PROGRAMME, "2026"), operator_subsidy(self.operator), FEN, self.subsidy),
        )

    def facts(self, key: str) -> Iterator[Fact]:
        """What the room above says of it."""
        if self.due:
            yield Fact(key, operator_due(self.operator), -self.due, self.at)
        if self.subsidy:
            yield Fact(key, operator_subsidy(self.operator), self.subsidy, self.at)


bags = some.builds(
    Bag,
    operator=some.sampled_from(OPERATORS),
    due=some.integers(1, 10**9),
    subsidy=some.integers(0, 10**9),
    day=some.integers(0, 89),
    reaches=some.integers(0, 2),
    known=some.booleans(),
)


def swept(db: Session, history: Sequence[Bag]) -> list[tuple[Month, list[Sheet]]]:
    """Let bags reach the book in three periods, and draw a month up after each."""
    known: list[Fact] = []
    service.open_book(db, YUHANG)
    sources._sources.clear()
    service.explain(
        "test",
        facts=lambda _, __, *, since, until: (fact for fact in known if since <= fact.at < until),
        names=lambda _, __, ___: {},
    )
    drawn = []
    for nth, month in enumerate(MONTHS):
        for bag in (bag for bag in history if max(bag.reaches, bag.day // 30 if bag.day < 90 else 2) == nth):
            key = f"test/{new_id(bag.at)}"
            service.entry_of(
                service.post(db, district=YUHANG, key=key, kind="test", at=bag.at, postings=bag.postings)
            )
            known += bag.facts(key) if bag.known else ()
        while service.seal(db, YUHANG):
            pass
        by = Actor.system(YUHANG)
        drawn.append((month, settling.draw_up(db, district=YUHANG, month=month, by=by, at=month.until)))
    return drawn


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=some.lists(bags, max_size=8))
def test_sheets_and_ledger_agree(db: Session, history: list[Bag]):
    savepoint = db.begin_nested()
    before = dict(sources._sources)
    try:
        check(db, history)
    finally:
        sources._sources.clear()
        sources._sources.update(before)
        savepoint.rollback()


def check(db: Session, history: list[Bag]) -> None:
    drawn = swept(db, history)
    size = turnovers.size(db, YUHANG)
    told: Counter[tuple[UUID | None, str]] = Counter()
    for month, made in drawn:
        for sheet in made:
            lines = sheets.all_lines(db, YUHANG, sheet.id)
            unexplained = [line for line in lines if line.difference]
            assert lines[: len(unexplained)] == unexplained
            assert len(unexplained) == sheet.differences
            for one in sheet.accounts:
                of_it = [line for line in lines if line.account == one.account]
                assert sum(line.amount for line in of_it if not line.is_late) == one.incoming - one.outgoing
                assert sum(line.amount for line in of_it if line.is_late) == one.late
                (turned,) = ledger.turnover(
                    driver(db),
                    YUHANG,
                    one.account,
                    FEN,
                    since=month.since,
                    until=month.until,
                    size=sheet.size,
                )
                assert (turned.incoming, turned.outgoing, turned.opening) == (
                    one.incoming,
                    one.outgoing,
                    one.opening,
                )
            told.update(
                (line.entry, line.account) for line in lines if line.difference != Difference.TURNOVER
            )
    for operator in OPERATORS:
        made_of_it = [sheet for _, made in drawn for sheet in made if sheet.party == operator]
        for path, sign, name in ((operator_due, -1, "dues_fen"), (operator_subsidy, 1, "payable_fen")):
            stands = ledger.balance_at(driver(db), YUHANG, path(operator), FEN, size=size)
            in_time = sign * stands - sum(
                bag.due if sign < 0 else bag.subsidy
                for bag in history
                if bag.operator == operator and bag.at >= MONTHS[-1].until
            )
            assert sum(getattr(sheet.amounts, name) for sheet in made_of_it) == in_time
    once = {place: times for place, times in told.items() if "budget" not in place[1]}
    assert set(once.values()) <= {1}
    strange = {bag.operator for bag in history if not bag.known and bag.at < MONTHS[-1].until}
    found = {sheet.party for _, made in drawn for sheet in made if sheet.differences}
    assert strange == found & set(OPERATORS)


amounts = some.integers(-(10**12), 10**12).filter(bool)
moves = some.builds(
    lambda amount, day, known: (
        Move(
            account=operator_due(OPERATORS[0]),
            asset=FEN,
            entry=new_id(),
            key=f"test/{new_id()}",
            kind="test",
            at=datetime(2026, 9, 1, tzinfo=CITY) + timedelta(days=day),
            amount=amount,
            corrects=None,
        ),
        known,
    ),
    amounts,
    some.integers(0, 59),
    some.booleans(),
)


@given(some.lists(moves, max_size=20), some.lists(amounts, max_size=5))
def test_what_is_unexplained_is_exactly_what_is_not_known(known: list[tuple[Move, bool]], lost: list[int]):
    month = MONTHS[1]
    facts = [Fact(move.key, move.account, move.amount, move.at) for move, is_known in known if is_known]
    missing = [Fact(f"lost/{n}", operator_due(OPERATORS[0]), fen, month.since) for n, fen in enumerate(lost)]

    lines = reconcile([move for move, _ in known], facts, month=month, missing=missing)

    strange = {move.key for move, is_known in known if not is_known} | {fact.key for fact in missing}
    assert {line.key for line in lines if line.difference} == strange
    assert [bool(line.difference) for line in lines] == sorted(
        (bool(line.difference) for line in lines), reverse=True
    )
    party = Party(PartyKind.OPERATOR, OPERATORS[0])
    assert add_up(party, lines).dues_fen == -sum(move.amount for move, _ in known)
