"""Whatever is asked in whatever order, the ledger answers as a plain model in memory does."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from backend.local.roles import Database
from ledger import Entry, Posting, Reserve, Settle, audit, balances, holds, lots, post, post_many
from tests.ledger.conftest import a_book
from tests.ledger.makers import NOON, a_move, an_award, an_entry, word_of
from tests.ledger.model import LARGEST, Account, Book

PLACES = [
    *(("green/issued", "GREEN"), ("household/a/green", "GREEN"), ("household/b/green", "GREEN")),
    *(("merchant/m/green", "GREEN"), ("bank", "FEN"), ("fund", "FEN"), ("nobody", "GREEN")),
]
BOUNDED = ["household/a/green", "household/b/green", "merchant/m/green"]
GREEN = [*["green/issued", *BOUNDED] * 3, "nobody"]

amounts = st.sampled_from([*range(1, 10), *range(1, 10), 40, LARGEST])
moments = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
moves = st.one_of(
    st.lists(st.sampled_from(GREEN), min_size=2, max_size=2, unique=True).flatmap(
        lambda paths: st.builds(a_move, st.just(paths[0]), st.just(paths[1]), amounts)
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


class Callers(RuleBasedStateMachine):
    """Two callers and a model; every step goes to one of the callers and to the model."""

    database: Database

    made = Bundle("made")
    entries = Bundle("entries")

    @initialize()
    def open_book(self) -> None:
        self.callers = [psycopg.connect(self.database.app_url, autocommit=True) for _ in range(2)]
        self.book = a_book(self.callers[0])
        self.model = Book()
        for path in BOUNDED:
            self.post(an_award(self.book, path, 30), 0)

    def teardown(self) -> None:
        for caller in getattr(self, "callers", ()):
            caller.close()

    def post(self, entry: Entry, caller: int) -> str:
        word = word_of(post(self.callers[caller], entry))
        assert word == self.model.post(entry)
        return word

    @rule(target=entries, moved=st.lists(moves, min_size=1, max_size=4), at=moments, caller=st.integers(0, 1))
    def move(self, moved, at, caller):
        entry = an_entry(self.book, *moved, at=at)
        word = self.post(entry, caller)
        return entry if word == "posted" else multiple()

    @rule(
        target=made,
        path=st.sampled_from([*BOUNDED * 3, "green/issued", "nobody"]),
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

    @rule(entry=entries, amount=amounts, caller=st.integers(0, 1))
    def reverse(self, entry, amount, caller):
        first = entry.postings[0]
        self.post(
            an_entry(self.book, a_move(first.target, first.source, amount, first.asset), reverses=entry.id),
            caller,
        )

    @rule(entry=entries, hours=st.integers(0, 2), caller=st.integers(0, 1))
    def replay(self, entry, hours, caller):
        self.post(entry.model_copy(update={"id": uuid4(), "at": entry.at + timedelta(hours=hours)}), caller)

    @rule(
        entry=entries,
        change=st.sampled_from([{"kind": "other"}, {"facts": {"a": 1}}, {"subject": UUID(int=7)}]),
        caller=st.integers(0, 1),
    )
    def replay_changed(self, entry, change, caller):
        self.post(entry.model_copy(update=change), caller)

    @rule(
        data=st.data(),
        moved=st.lists(st.lists(moves, min_size=1, max_size=2), min_size=2, max_size=5),
        all_or_nothing=st.booleans(),
        caller=st.integers(0, 1),
    )
    def post_batch(self, data, moved, all_or_nothing, caller):
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
        ]
        batch = data.draw(st.permutations(batch)) if data.draw(st.booleans()) else batch
        expected = (
            self.model.post_all(batch) if all_or_nothing else [self.model.post(entry) for entry in batch]
        )
        outcomes = post_many(self.callers[caller], batch, all_or_nothing=all_or_nothing)
        assert [word_of(outcome) for outcome in outcomes] == expected

    @invariant()
    def balances_agree(self):
        if not hasattr(self, "model"):
            return
        places = [place for place in PLACES if place[0] != "nobody"]
        for place, balance in balances(self.callers[0], self.book, places).items():
            account = Account(*place)
            assert balance.posted == self.model.posted.get(account, 0)
            assert balance.held == self.model.held(account)
        for account in map(Account._make, places):
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


def test_the_ledger_is_the_model(alone):
    Callers.database = alone
    run_state_machine_as_test(
        Callers,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
