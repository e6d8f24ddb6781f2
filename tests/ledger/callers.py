"""Callers who ask the ledger whatever they like, and hold each answer against a plain model in memory."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from backend.local.roles import Database
from ledger import Entry, Posting, Reserve, Settle, audit, balances, holds, lots, post, post_many
from tests.ledger.conftest import a_book
from tests.ledger.makers import NOON, a_move, an_award, an_entry, word_of
from tests.ledger.model import LARGEST, Account, Book

PLACES = [
    *(("green/issued", "GREEN"), ("household/a/green", "GREEN"), ("household/b/green", "GREEN")),
    *(("merchant/m/green", "GREEN"), ("bank", "FEN"), ("fund", "FEN")),
]
UNBOUNDED = ["green/issued", "bank"]
BOUNDED = ["household/a/green", "household/b/green", "merchant/m/green"]
GREEN = [*["green/issued", *BOUNDED] * 3, "nobody"]

CHANGES: list[dict[str, Any]] = [
    *({"kind": "other"}, {"facts": {"a": 1}}, {"subject": UUID(int=7)}, {"reverses": UUID(int=7)}),
    *({"postings": (a_move("bank", "fund", 3, "FEN"),)}, {"releases": (UUID(int=7),)}),
]

STRIPED = "merchant/m/green"

small = st.sampled_from([*range(1, 10), *range(1, 10), 40])
amounts = st.sampled_from([*range(1, 10), *range(1, 10), 40, LARGEST])
moments = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
moves = st.one_of(
    st.lists(st.sampled_from(GREEN), min_size=2, max_size=2, unique=True).flatmap(
        lambda paths: st.builds(
            a_move, st.just(paths[0]), st.just(paths[1]), small if paths[1] == STRIPED else amounts
        )
    ),
    st.builds(
        lambda path, amount, at: Posting(
            source="green/issued", target=path, asset="GREEN", amount=amount, expires_at=at
        ),
        st.sampled_from(BOUNDED),
        amounts,
        moments,
    ),
    st.builds(a_move, st.just("bank"), st.just("fund"), amounts, st.just("FEN")),
)


def callers_of_two_stripes(url: str) -> list[psycopg.Connection[Any]]:
    """Connect twice, so that each caller looks into another stripe of the merchant's three first."""
    callers: dict[int, psycopg.Connection[Any]] = {}
    while len(callers) < 2:
        caller = psycopg.connect(url, autocommit=True)
        callers.setdefault(caller.info.backend_pid % 3, caller)
        if caller not in callers.values():
            caller.close()
    return list(callers.values())


class Callers(RuleBasedStateMachine):
    """Two callers and a model; every step goes to one of the callers and to the model."""

    database: Database

    made = Bundle("made")

    @initialize()
    def open_book(self) -> None:
        self.callers = callers_of_two_stripes(self.database.app_url)
        self.book = a_book(self.callers[0])
        self.model = Book()
        self.told: list[Entry] = []
        for path in BOUNDED:
            self.post(an_award(self.book, path, 30), 0)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.pass_the_audit()
        for caller in getattr(self, "callers", ()):
            caller.close()

    def post(self, entry: Entry, caller: int) -> str:
        word = word_of(post(self.callers[caller], entry))
        expected = self.model.post(entry)
        assert word == expected, f"{word} instead of {expected}"
        if word == "posted":
            self.told.append(entry)
        return word

    def earlier(self, nth: int) -> Entry:
        """Take one of those that were posted."""
        return self.told[nth % len(self.told)]

    @rule(moved=st.lists(moves, min_size=1, max_size=4), at=moments, caller=st.integers(0, 1))
    def move(self, moved, at, caller):
        self.post(an_entry(self.book, *moved, at=at), caller)

    @rule(
        target=made,
        path=st.sampled_from([*[*BOUNDED, STRIPED] * 3, "green/issued", "nobody"]),
        amount=amounts,
        lasts=st.integers(0, 3),
        at=moments,
        caller=st.integers(0, 1),
    )
    def hold(self, path, amount, lasts, at, caller):
        expires_at = at + timedelta(hours=lasts) if lasts else None
        reserve = Reserve(hold=uuid4(), account=path, asset="GREEN", amount=amount, expires_at=expires_at)
        word = self.post(an_entry(self.book, reserves=(reserve,), at=at), caller)
        return (reserve.hold, path) if word == "posted" else multiple()

    @rule(
        hold=made,
        asked=st.none() | amounts,
        drawn=amounts,
        to=st.sampled_from(GREEN),
        at=moments,
        and_release=st.booleans(),
        caller=st.integers(0, 1),
    )
    def settle(self, *, hold, asked, drawn, to, at, and_release, caller):
        named, path = hold
        drawn = min(drawn, 40) if to == STRIPED else drawn
        if to != path:
            entry = an_entry(
                self.book,
                a_move(path, to, drawn),
                settles=(Settle(hold=named, amount=asked),),
                releases=(named,) if and_release else (),
                at=at,
            )
            self.post(entry, caller)

    @rule(
        holds=st.lists(made, min_size=1, max_size=2, unique_by=lambda hold: hold[0]),
        at=moments,
        ends=st.sampled_from(["releases", "expires"]),
        caller=st.integers(0, 1),
    )
    def end(self, holds, at, ends, caller):
        self.post(an_entry(self.book, at=at, **{ends: tuple(named for named, _ in holds)}), caller)

    @rule(path=st.sampled_from(BOUNDED), amount=amounts, at=moments, caller=st.integers(0, 1))
    def lapse(self, path, amount, at, caller):
        lapsed = Posting(source=path, target="green/issued", asset="GREEN", amount=amount, lapsed=True)
        self.post(an_entry(self.book, lapsed, at=at), caller)

    @rule(hold=made, path=st.sampled_from(BOUNDED), caller=st.integers(0, 1))
    def hold_again(self, hold, path, caller):
        reserve = Reserve(hold=hold[0], account=path, asset="GREEN", amount=1)
        self.post(an_entry(self.book, reserves=(reserve,)), caller)

    @rule(ends=st.sampled_from(["releases", "expires"]), caller=st.integers(0, 1))
    def end_what_is_not_there(self, ends, caller):
        self.post(an_entry(self.book, **{ends: (uuid4(),)}), caller)

    @rule(nth=st.none() | st.integers(-3, 2), moved=moves, caller=st.integers(0, 1))
    def reverse(self, nth, moved, caller):
        reverses = uuid4() if nth is None else self.earlier(nth).id
        self.post(an_entry(self.book, moved, reverses=reverses), caller)

    @rule(nth=st.integers(-3, 2), hours=st.integers(0, 2), caller=st.integers(0, 1))
    def replay(self, nth, hours, caller):
        entry = self.earlier(nth)
        self.post(entry.model_copy(update={"id": uuid4(), "at": entry.at + timedelta(hours=hours)}), caller)

    @rule(nth=st.integers(-3, 2), change=st.sampled_from(CHANGES), caller=st.integers(0, 1))
    def replay_changed(self, nth, change, caller):
        self.post(self.earlier(nth).model_copy(update=change), caller)

    @rule(nth=st.integers(-3, 2), moved=moves, caller=st.integers(0, 1))
    def take_an_id_again(self, nth, moved, caller):
        self.post(an_entry(self.book, moved, id=self.earlier(nth).id), caller)

    @rule(
        data=st.data(),
        moved=st.lists(st.lists(moves, min_size=1, max_size=2), min_size=2, max_size=5),
        held=st.lists(made, max_size=3, unique_by=lambda hold: hold[0]),
        drawn=st.sampled_from([1, 5, 90]),
        all_or_nothing=st.booleans(),
        caller=st.integers(0, 1),
    )
    def post_batch(self, *, data, moved, held, drawn, all_or_nothing, caller):
        batch = [an_entry(self.book, *one) for one in moved]
        hold = uuid4()
        batch += [
            batch[0].model_copy(update={"id": uuid4()}),
            an_entry(self.book, a_move("household/a/green", "merchant/m/green", 2), reverses=batch[1].id),
            an_entry(
                self.book,
                reserves=(Reserve(hold=hold, account="household/a/green", asset="GREEN", amount=2),),
            ),
            an_entry(
                self.book,
                a_move("household/a/green", "merchant/m/green", 1),
                settles=(Settle(hold=hold, amount=1),),
            ),
            an_entry(self.book, releases=(hold,)),
            *(
                an_entry(
                    self.book,
                    *(a_move(path, "green/issued", drawn) for path in sorted({path for _, path in held})),
                    settles=tuple(Settle(hold=named, amount=1) for named, _ in held),
                    releases=tuple(named for named, _ in held),
                )
                for _ in held[:1]
            ),
        ]
        batch = data.draw(st.permutations(batch)) if data.draw(st.booleans()) else batch
        expected = (
            self.model.post_all(batch) if all_or_nothing else [self.model.post(entry) for entry in batch]
        )
        outcomes = post_many(self.callers[caller], batch, all_or_nothing=all_or_nothing)
        words = [word_of(outcome) for outcome in outcomes]
        assert words == expected, f"{words} instead of {expected}"

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def nothing_is_made_or_lost_and_the_model_agrees(self):
        sums: Counter[str] = Counter()
        for place, balance in balances(self.callers[0], self.book, PLACES).items():
            account = Account(*place)
            sums[account.asset] += balance.posted
            assert account.path in UNBOUNDED or balance.available >= 0 <= balance.held
            assert balance.posted == self.model.posted.get(account, 0)
            assert balance.held == self.model.held(account)
        assert not any(sums.values())
        for account in map(Account._make, PLACES):
            found_lots = lots(self.callers[0], self.book, *account)
            assert [(lot.expires_at, lot.posted, lot.held) for lot in found_lots] == [
                (lot.expires_at, lot.posted, lot.held) for lot in self.model.lots(account)
            ]
        found = holds(self.callers[0], self.book, list(self.model.holds))
        assert {named: (hold.state, hold.remaining) for named, hold in found.items()} == {
            named: (hold.state, hold.remaining) for named, hold in self.model.holds.items()
        }

    @rule()
    def pass_the_audit(self):
        with psycopg.connect(self.database.auditor_url) as auditor:
            auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            report = audit(auditor, [self.book])
        assert report.ok, report.findings
        (seen,) = report.books
        assert seen.entries == len(self.model.entries)
