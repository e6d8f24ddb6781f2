"""How money comes to budgets and leaves them, and how they are frozen; each is written down."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import queries as balances
from backend.accounts import service as accounts
from backend.accounts.postings import FEN, Posting, Refused, Reserve, treasury
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.subsidy import queries, queueing
from backend.subsidy.errors import (
    BudgetBelowDrawn,
    BudgetClosed,
    BudgetFrozen,
    BudgetNotFound,
    BudgetNotFrozen,
    BudgetStillPromised,
    ProgrammeClosed,
    TreasuryShort,
)
from backend.subsidy.history import note
from backend.subsidy.models import BudgetRow, Funding
from backend.subsidy.postings import allotted, budget_path, carried_over, returned
from backend.subsidy.rules import Budget, BudgetState, Happened, Order, Source

_SETTLED = (BudgetState.CARRIED_OVER, BudgetState.CLOSED)


def fund(
    db: Session,
    *,
    district: str,
    programme: UUID,
    period: str,
    fen: int,
    basis_zh: str,
    basis_en: str,
    by: Actor,
    at: datetime,
    source: str = Source.BANK,
    order: Order | None = None,
) -> UUID:
    """Pay money into a programme's budget; its queue is given its share at once. Return the entry.

    :param by: who decides it; an order was drafted by somebody else
    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it takes no more money
    :raises BudgetClosed: the period is settled
    :raises TreasuryShort: the treasury has less
    """
    if queries.programme_locked(db, district, programme).closed_at is not None:
        raise ProgrammeClosed
    _open(db, district, programme, period)
    if source == Source.TREASURY:
        _check_treasury(db, district, fen)
    payment = Funding(
        id=new_id(at),
        district=district,
        programme=programme,
        period=period,
        fen=fen,
        basis_zh=basis_zh,
        basis_en=basis_en,
        funded_by=by.id,
        funded_at=at,
    )
    db.add(payment)
    entry = new_id(at)
    note(
        db,
        Happened.FUNDED,
        programme,
        period,
        fen=fen,
        entry=entry,
        reason=basis_zh,
        order=order,
        by=by,
        at=at,
    )
    accounts.entry_of(
        accounts.post(
            db,
            id=entry,
            district=district,
            key=f"funding/{payment.id}",
            kind="budget.funded",
            at=at,
            reserves=queueing.give(db, district=district, programme=programme, period=period, fen=fen, at=at),
            postings=allotted(programme, period, fen, from_bank=source == Source.BANK),
            facts={"programme": str(programme), "period": period},
        )
    )
    return entry


def cut(db: Session, order: Order, *, by: Actor, at: datetime) -> UUID:
    """Take money out of a budget again, back into the treasury; return the entry.

    :raises BudgetNotFound: there is none for this period
    :raises BudgetClosed: the period is settled
    :raises BudgetBelowDrawn: that much is not free
    """
    row = _locked(db, by.district, order)
    if row.state in _SETTLED:
        raise BudgetClosed(period=order.period)
    assert order.fen is not None, "a cut says how much"
    entry = new_id(at)
    _note_order(db, Happened.CUT, order, fen=-order.fen, entry=entry, by=by, at=at)
    outcome = accounts.post(
        db,
        id=entry,
        district=by.district,
        key=f"budget_order/{order.id}",
        kind="budget.cut",
        at=at,
        postings=returned(order.programme, order.period, order.fen),
        facts=_facts(order),
    )
    if isinstance(outcome, Refused):
        free = balances.balance(db, by.district, budget_path(order.programme, order.period), FEN).available
        raise BudgetBelowDrawn(available=free, fen=order.fen)
    return entry


def carry_over(db: Session, order: Order, *, by: Actor, at: datetime) -> tuple[UUID | None, int]:
    """Move all that is left to a later period; return the entry and how much it was.

    :raises BudgetNotFound: there is none for this period
    :raises BudgetClosed: there is nothing left in it, or the later period is settled
    :raises BudgetStillPromised: some of it is
    :raises ProgrammeClosed: the programme has no later period
    """
    if queries.programme_locked(db, by.district, order.programme).closed_at is not None:
        raise ProgrammeClosed
    row, left_fen = _settling(db, by.district, order)
    assert order.to_period is not None, "a carry-over says to where"
    _open(db, by.district, order.programme, order.to_period)
    row.state = BudgetState.CARRIED_OVER
    entry, to = new_id(at) if left_fen else None, order.to_period
    _note_order(db, Happened.CARRIED_OVER, order, fen=-left_fen, entry=entry, by=by, at=at)
    _note_order(db, Happened.CARRIED_IN, order, fen=left_fen, entry=entry, period=to, by=by, at=at)
    reserves = queueing.give(
        db, district=by.district, programme=order.programme, period=to, fen=left_fen, at=at
    )
    moves = carried_over(order.programme, order.period, to, left_fen)
    _settle(db, order, moves, kind="budget.carried_over", entry=entry, reserves=reserves, by=by, at=at)
    return entry, left_fen


def close(db: Session, order: Order, *, by: Actor, at: datetime) -> tuple[UUID | None, int]:
    """Return all that is left to the treasury, for good; return the entry and how much it was.

    What a correction brings back afterwards is returned by another order.

    :raises BudgetNotFound: there is none for this period
    :raises BudgetClosed: there is nothing left in it
    :raises BudgetStillPromised: some of it is
    """
    row, left_fen = _settling(db, by.district, order)
    row.state = BudgetState.CLOSED
    entry = new_id(at) if left_fen else None
    _note_order(db, Happened.CLOSED, order, fen=-left_fen, entry=entry, by=by, at=at)
    moves = returned(order.programme, order.period, left_fen)
    _settle(db, order, moves, kind="budget.closed", entry=entry, by=by, at=at)
    return entry, left_fen


def freeze(db: Session, programme: UUID, period: str, *, reason: str, by: Actor, at: datetime) -> Budget:
    """Promise nothing more from a budget; what was promised is still paid.

    :raises BudgetFrozen: it is
    :raises BudgetClosed: it is settled
    """
    row = _changing(db, programme, period, by=by)
    if row.state == BudgetState.FROZEN:
        raise BudgetFrozen
    row.state = BudgetState.FROZEN
    note(db, Happened.FROZEN, programme, period, reason=reason, by=by, at=at)
    return queries.budget(db, by.district, programme, period)


def thaw(db: Session, programme: UUID, period: str, *, reason: str, by: Actor, at: datetime) -> Budget:
    """Let a budget promise again.

    :raises BudgetNotFrozen: it is not
    :raises BudgetClosed: it is settled
    """
    row = _changing(db, programme, period, by=by)
    if row.state != BudgetState.FROZEN:
        raise BudgetNotFrozen
    row.state = BudgetState.OPEN
    note(db, Happened.THAWED, programme, period, reason=reason, by=by, at=at)
    return queries.budget(db, by.district, programme, period)


def _note_order(
    db: Session,
    happened: Happened,
    order: Order,
    *,
    fen: int,
    entry: UUID | None,
    by: Actor,
    at: datetime,
    period: str | None = None,
) -> None:
    where, why = period or order.period, order.basis_zh
    note(db, happened, order.programme, where, fen=fen, entry=entry, reason=why, order=order, by=by, at=at)


def _open(db: Session, district: str, programme: UUID, period: str) -> None:
    """Make sure that a period can take money; the first money opens it."""
    row = queries.budget_locked(db, district, programme, period)
    if row is None:
        db.add(BudgetRow(district=district, programme=programme, period=period, state=BudgetState.OPEN))
    elif row.state in _SETTLED:
        raise BudgetClosed(period=period)


def _locked(db: Session, district: str, order: Order) -> BudgetRow:
    queries.programme_locked(db, district, order.programme)
    row = queries.budget_locked(db, district, order.programme, order.period)
    if row is None:
        raise BudgetNotFound
    return row


def _changing(db: Session, programme: UUID, period: str, *, by: Actor) -> BudgetRow:
    queries.programme_locked(db, by.district, programme)
    row = queries.budget_locked(db, by.district, programme, period)
    if row is None:
        raise BudgetNotFound
    if row.state in _SETTLED:
        raise BudgetClosed(period=period)
    return row


def _settling(db: Session, district: str, order: Order) -> tuple[BudgetRow, int]:
    """Find a budget of which nothing is promised, and what is left in it.

    The gate of its programme is closed, so nothing more is promised meanwhile.
    """
    row = _locked(db, district, order)
    found = balances.balance(db, district, budget_path(order.programme, order.period), FEN)
    if row.state in _SETTLED and not found.posted:
        raise BudgetClosed(period=order.period)
    if found.held:
        raise BudgetStillPromised(held=found.held)
    return row, found.posted


def _settle(
    db: Session,
    order: Order,
    postings: Sequence[Posting],
    *,
    kind: str,
    entry: UUID | None,
    by: Actor,
    at: datetime,
    reserves: Sequence[Reserve] = (),
) -> None:
    """Post what is left; an empty budget ends without an entry, as an entry says that something moved."""
    if postings:
        accounts.entry_of(
            accounts.post(
                db,
                id=entry,
                district=by.district,
                key=f"budget_order/{order.id}",
                kind=kind,
                at=at,
                postings=postings,
                reserves=reserves,
                facts=_facts(order),
            )
        )


def _check_treasury(db: Session, district: str, fen: int) -> None:
    """Refuse what does not lie in the treasury; it has no floor of its own, as corrections draw on it."""
    queries.lock_treasury(db, district)
    lies_there = balances.balance(db, district, treasury(), FEN).posted
    if lies_there < fen:
        raise TreasuryShort(available=max(lies_there, 0))


def _facts(order: Order) -> dict[str, str]:
    facts = {"order": str(order.id), "programme": str(order.programme), "period": order.period}
    return facts | ({"to_period": order.to_period} if order.to_period else {})
