"""The queue of a programme: what its budget could not hold is paid first from the money that comes next.

Money that comes is held for whom it suffices, in their order, in the entry that brings it: no quote can take
it before them. A job then pays one after the other, each once.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.postings import FEN, Reserve, Settle, lapses_at
from backend.identity import queries as identity
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.notices import service as notices
from backend.subsidy import queries
from backend.subsidy.models import PromiseRow
from backend.subsidy.postings import budget_path, paid_late
from backend.subsidy.rules import Promise, PromiseState


def promise(db: Session, promises: Iterable[Promise], *, district: str) -> None:
    """Put the subsidies of confirmed lines into the queue."""
    for one in promises:
        db.add(PromiseRow(district=district, **vars(one)))


def give(
    db: Session, *, district: str, programme: UUID, period: str, fen: int, at: datetime
) -> tuple[Reserve, ...]:
    """Share money that comes among those who wait, in their order and each in full; return what to hold.

    :param fen: how much comes
    """
    hold, given = new_id(at), 0
    for row in queries.queue_locked(db, district, programme):
        if given + row.fen > fen:
            break
        row.fund(hold=hold, period=period)
        given += row.fen
    if not given:
        return ()
    later(db, "subsidy.serve_queue", {"programme": str(programme)}, district=district, at=at)
    return (Reserve(hold=hold, account=budget_path(programme, period), asset=FEN, amount=given),)


def pay_next(db: Session, *, district: str, programme: UUID, at: datetime) -> bool:
    """Pay whom the queue pays next, if money has come; return whether somebody was paid."""
    queries.lock_queue(db, district, programme)
    row = queries.next_funded(db, district, programme)
    if row is None:
        return False
    assert row.hold is not None, "the database has seen to it"
    assert row.paid_from is not None, "as well"
    row.mark_paid(entry=new_id(at), at=at)
    assert row.entry is not None, "it was just made"
    facts = {"weighing": str(row.weighing), "points": row.subsidy_fen}
    if row.subsidy_fen:
        for person in identity.members(db, district, row.household):
            notices.tell(db, person, "subsidy.paid_late", facts, district=district, at=at)
    accounts.award(
        db,
        id=row.entry,
        district=district,
        household=row.household,
        points=row.subsidy_fen,
        key=f"promise/{row.id}/paid",
        kind="subsidy.paid_late",
        at=at,
        postings=paid_late(row.promise(), period=row.paid_from, lapses_at=lapses_at(at, row.points_months)),
        settles=[Settle(hold=row.hold, amount=row.fen)],
        facts={"weighing": str(row.weighing), "line": str(row.id)},
    )
    return True


def prove(db: Session, line: UUID, *, district: str, accepted: bool) -> bool:
    """Let a queued subsidy wait for money as its evidence is accepted, or end it; return if there is one."""
    row = queries.promise_locked(db, district, line)
    if row is None:
        return False
    row.state = PromiseState.WAITING if accepted else PromiseState.DECLINED
    return True
