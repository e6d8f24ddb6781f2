"""The ledger once more, as plain as it can be said: dictionaries, one entry after the other."""

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger import AccountClass, Entry, Posting, Refusal
from ledger.rules import content, overlap

CHART = (
    AccountClass(pattern="household/*/green", asset="GREEN", owner="household", bounded=True, lots=True),
    AccountClass(pattern="merchant/*/green", asset="GREEN", owner="merchant", bounded=True, stripes=3),
    AccountClass(pattern="green/issued", asset="GREEN", owner="district", bounded=False),
    AccountClass(pattern="green/retired", asset="GREEN", owner="district", bounded=False),
    AccountClass(pattern="fund", asset="FEN", owner="district", bounded=True),
    AccountClass(pattern="bank", asset="FEN", owner="outside", bounded=False),
    AccountClass(pattern="holder/*", asset="MASS/*", owner="holder", bounded=True),
    AccountClass(pattern="homes", asset="MASS/*", owner="outside", bounded=False),
)

LARGEST = 2**63 - 1


class Refuse(Exception):
    """The entry is refused."""


class Account(NamedTuple):
    """An account's name."""

    path: str
    asset: str


@dataclass
class Hold:
    """A hold, and what is left of it."""

    account: Account
    remaining: int
    expires_at: datetime | None
    state: str = "open"


@dataclass
class Lot:
    """What came in at once, what is left of it, and for which holds."""

    expires_at: datetime | None
    posted: int
    extended: bool = False
    pins: dict[UUID, int] = field(default_factory=dict)

    @property
    def held(self) -> int:
        """Sum what is held of it."""
        return sum(self.pins.values())

    def keep(self, at: datetime) -> None:
        """Give it a month more, once."""
        soonest = at + timedelta(days=30)
        if self.expires_at is not None and self.expires_at < soonest and not self.extended:
            self.expires_at, self.extended = soonest, True


@dataclass
class Book:
    """A book in memory."""

    posted: dict[Account, int] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    made: dict[Account, list[Lot]] = field(default_factory=dict)
    drawn: dict[UUID, list[tuple[Account, int, int]]] = field(default_factory=dict)  # account, lot, amount
    settled: dict[tuple[Account, int], int] = field(default_factory=dict)  # by the entry at hand
    returned: dict[tuple[Account, int], int] = field(default_factory=dict)

    def post(self, entry: Entry) -> str:
        """Post an entry; answer `posted`, `replayed` or the code of the refusal."""
        if (before := self.entries.get(entry.key)) is not None:
            return "replayed" if content(before) == content(entry) else Refusal.KEY_REUSED
        draft = copy.deepcopy(self)
        try:
            draft.apply(entry)
        except Refuse as refusal:
            return str(refusal)
        draft.entries[entry.key] = entry
        vars(self).update(vars(draft))
        return "posted"

    def post_all(self, entries: list[Entry]) -> list[str]:
        """Post all of them or none."""
        draft = copy.deepcopy(self)
        outcomes = [draft.post(entry) for entry in entries]
        if set(outcomes) <= {"posted", "replayed"}:
            vars(self).update(vars(draft))
            return outcomes
        earlier = self.entries
        return [
            Refusal.BATCH_REFUSED
            if outcome == "posted" or (outcome == "replayed" and entry.key not in earlier)
            else outcome
            for entry, outcome in zip(entries, outcomes, strict=True)
        ]

    def held(self, account: Account) -> int:
        """Sum what is held of an account."""
        return sum(hold.remaining for hold in self.holds.values() if hold.account == account)

    def apply(self, entry: Entry) -> None:
        """Carry an entry out; leave a mess if it is refused."""
        moved = [Account(path, p.asset) for p in entry.postings for path in (p.source, p.target)]
        if not all(map(_class, moved)):
            raise Refuse(Refusal.UNKNOWN_ACCOUNT)
        self._check_reversal(entry)
        self.settled, self.returned = {}, {}
        lapsed = {account: self.lapsed(account, entry.at) for account in moved}
        settled = self._settle(entry)
        self._end(entry)
        for one in entry.reserves:
            self._reserve(one.hold, Account(one.account, one.asset), one.amount, one.expires_at)
        self._check_settlement(entry, settled)
        self._move(entry, lapsed)
        for account in {*moved, *(Account(one.account, one.asset) for one in entry.reserves)}:
            if _is_bounded(account) and self.posted.get(account, 0) < self.held(account):
                raise Refuse(Refusal.INSUFFICIENT)
        if any(other.id == entry.id for other in self.entries.values()):
            raise Refuse(Refusal.ID_REUSED)
        self._keep_lots(entry)

    def lots(self, account: Account) -> list[Lot]:
        """List what is left of an account's lots, the one to draw first coming first."""
        return [self.made[account][no] for no in self._queue(account) if self.made[account][no].posted]

    def lapsed(self, account: Account, at: datetime) -> int:
        """Sum what of an account has lapsed and is not held."""
        return sum(
            lot.posted - lot.held for lot in self.lots(account) if lot.expires_at and lot.expires_at <= at
        )

    def _queue(self, account: Account) -> list[int]:
        lots = self.made.get(account, [])
        return sorted(
            range(len(lots)), key=lambda no: (lots[no].expires_at is None, lots[no].expires_at or 0, no)
        )

    def _unpin(self, id: UUID, amount: int, at: datetime, *, settled: bool) -> None:
        account = self.holds[id].account
        for no in self._queue(account):
            lot = self.made[account][no]
            freed = min(amount, lot.pins.get(id, 0))
            if freed:
                amount -= freed
                lot.pins[id] -= freed
                if settled:
                    self.settled[account, no] = self.settled.get((account, no), 0) + freed
                else:
                    lot.keep(at)

    def _keep_lots(self, entry: Entry) -> None:
        for posting in entry.postings:
            if _has_lots(account := Account(posting.target, posting.asset)):
                left = self._give_back(entry, account, posting.amount)
                if left:
                    self.made.setdefault(account, []).append(Lot(posting.expires_at, left))
        for posting in entry.postings:
            if _has_lots(account := Account(posting.source, posting.asset)):
                self._draw(entry, account, posting)
        for one in entry.reserves:
            left = one.amount
            for no in self._queue(account := Account(one.account, one.asset)):
                lot = self.made[account][no]
                if pinned := min(left, lot.posted - lot.held):
                    lot.pins[one.hold] = pinned
                    left -= pinned

    def _give_back(self, entry: Entry, account: Account, amount: int) -> int:
        drawn = self.drawn.get(entry.reverses, []) if entry.reverses else []
        for no in reversed(self._queue(account)):
            had = sum(part for place, lot, part in drawn if (place, lot) == (account, no))
            given = min(amount, had - self.returned.get((account, no), 0))
            if given:
                amount -= given
                self.returned[account, no] = self.returned.get((account, no), 0) + given
                self.made[account][no].posted += given
                self.made[account][no].keep(entry.at)
        return amount

    def _draw(self, entry: Entry, account: Account, posting: Posting) -> None:
        left = posting.amount
        for of_hold in (True, False):
            for no in self._queue(account):
                lot = self.made[account][no]
                settled = self.settled.get((account, no), 0)
                part = min(left, settled if of_hold else lot.posted - lot.held - settled)
                if part and (not posting.lapsed or (lot.expires_at and lot.expires_at <= entry.at)):
                    left -= part
                    lot.posted -= part
                    if of_hold:
                        self.settled[account, no] -= part
                    self.drawn.setdefault(entry.id, []).append((account, no, part))

    def _settle(self, entry: Entry) -> dict[Account, int]:
        settled: dict[Account, int] = {}
        for settle in entry.settles:
            hold = self._open(settle.hold)
            if hold.expires_at is not None and entry.at >= hold.expires_at:
                raise Refuse(Refusal.HOLD_EXPIRED)
            amount = settle.amount or hold.remaining
            if amount > hold.remaining:
                raise Refuse(Refusal.HOLD_EXCEEDED)
            settled[hold.account] = settled.get(hold.account, 0) + amount
            self._unpin(settle.hold, amount, entry.at, settled=True)
            _take(hold, amount, "settled")
        return settled

    def _end(self, entry: Entry) -> None:
        settled = {settle.hold for settle in entry.settles}
        for named in entry.releases:
            hold = self.holds[named] if named in settled else self._open(named)
            self._unpin(named, hold.remaining, entry.at, settled=False)
            _take(hold, hold.remaining, "released")
        for named in entry.expires:
            hold = self._open(named)
            if hold.expires_at is None or entry.at < hold.expires_at:
                raise Refuse(Refusal.HOLD_NOT_DUE)
            self._unpin(named, hold.remaining, entry.at, settled=False)
            _take(hold, hold.remaining, "expired")

    def _check_reversal(self, entry: Entry) -> None:
        if entry.reverses is None:
            return
        if entry.reverses not in {other.id for other in self.entries.values()}:
            raise Refuse(Refusal.UNKNOWN_ENTRY)
        if entry.reverses in {other.reverses for other in self.entries.values()}:
            raise Refuse(Refusal.ALREADY_REVERSED)

    def _open(self, named: UUID) -> Hold:
        if named not in self.holds:
            raise Refuse(Refusal.UNKNOWN_HOLD)
        if self.holds[named].state != "open":
            raise Refuse(Refusal.HOLD_CLOSED)
        return self.holds[named]

    def _reserve(self, id: UUID, account: Account, amount: int, expires_at: datetime | None) -> None:
        known = _class(account)
        if known is None:
            raise Refuse(Refusal.UNKNOWN_ACCOUNT)
        if not known.bounded:
            raise Refuse(Refusal.ACCOUNT_UNBOUNDED)
        if id in self.holds:
            raise Refuse(Refusal.HOLD_EXISTS)
        self.holds[id] = Hold(account, amount, expires_at)

    def _check_settlement(self, entry: Entry, settled: dict[Account, int]) -> None:
        for account, amount in settled.items():
            drawn = sum(p.amount for p in entry.postings if Account(p.source, p.asset) == account)
            if drawn < amount:
                raise Refuse(Refusal.SETTLEMENT_MISMATCH)

    def _move(self, entry: Entry, lapsed: dict[Account, int]) -> None:
        for posting in entry.postings:
            source, target = Account(posting.source, posting.asset), Account(posting.target, posting.asset)
            if posting.expires_at is not None and not _has_lots(target):
                raise Refuse(Refusal.ACCOUNT_WITHOUT_LOTS)
            if posting.lapsed and posting.amount > lapsed[source]:
                raise Refuse(Refusal.NOT_LAPSED)
            self.posted[source] = self.posted.get(source, 0) - posting.amount
            self.posted[target] = self.posted.get(target, 0) + posting.amount
            if any(
                _is_bounded(account) and abs(self.posted[account]) > LARGEST for account in (source, target)
            ):
                raise Refuse(Refusal.AMOUNT_OVERFLOW)


def _take(hold: Hold, amount: int, kind: str) -> None:
    hold.remaining -= amount
    if hold.remaining == 0 and hold.state == "open":
        hold.state = kind


def _class(account: Account) -> AccountClass | None:
    return next(
        (one for one in CHART if overlap(one.pattern, account.path) and overlap(one.asset, account.asset)),
        None,
    )


def _is_bounded(account: Account) -> bool:
    known = _class(account)
    return known is not None and known.bounded


def _has_lots(account: Account) -> bool:
    known = _class(account)
    return known is not None and known.lots
