"""Both sides agree on the weight: at the door, by a code or a card, or by silence."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.postings import Priced, Settle, lapses_at
from backend.booking import service as booking
from backend.identity import queries as identity
from backend.identity import service as persons
from backend.kit.auth import Actor
from backend.kit.db import keep
from backend.kit.ids import new_id
from backend.kit.written import Written, at_once
from backend.notices import service as notices
from backend.subsidy import queries as subsidies
from backend.subsidy import service as subsidy
from backend.weighing import events, guards, queries, quoting
from backend.weighing.errors import CodeLocked, CodeWrong, NotQuoted, QuoteChanged
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.postings import confirmed
from backend.weighing.rules import CODE_TRIES, State

_END = Written(
    """
    update weighing set state = 'confirmed', ended_at = %(at)s, ended_by = %(how)s, entry = %(entry)s
     where district = %(district)s and id = %(id)s
    """
)
_WAIT = Written(
    "update weighing_line set evidence = 'waiting' where district = %(district)s and id = any(%(lines)s)"
)
_COUNT_GUESS = Written(
    "update weighing set wrong_codes = wrong_codes + 1 where district = %(district)s and id = %(id)s"
)


def confirm(
    db: Session,
    weighing_id: UUID,
    *,
    by: Actor,
    at: datetime,
    revision: int | None = None,
    code: str | None = None,
    card: str | None = None,
) -> queries.Receipt:
    """Agree on the weight: by a member of the household, by the code that he read out, or by its card.

    Green points, carbon, subsidy and mass follow in one ledger entry.

    :param revision: of the quote that was looked at; None is whichever stands
    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises NotQuoted: no quote was delivered
    :raises QuoteChanged: another revision stands by now
    :raises AlreadyConfirmed: it was confirmed before
    :raises AlreadyEnded: the goods went back
    :raises CodeWrong: the code is not the one that the resident was shown, nor the card the household's
    :raises CodeLocked: too many were wrong
    """
    found, lines = queries.bag_locked(db, by.district, weighing_id)
    weighing = guards.concerned(found, by=by)
    if weighing.state != State.QUOTED:
        raise NotQuoted
    if revision not in (None, weighing.revision):
        raise QuoteChanged
    how = "app"
    if by.household != weighing.household:
        _check(db, weighing, code=code or "", card=card)
        how = "code" if card is None else "card"
    return _confirm(db, queries.receipt_of(db, weighing, lines), by=by, how=how, at=at)


def confirm_by_silence(db: Session, weighing_id: UUID, *, district: str, revision: int, at: datetime) -> None:
    """Take silence at the deadline for agreement, unless the quote was answered or changed."""
    weighing, lines = queries.bag_locked(db, district, weighing_id)
    if weighing is None or weighing.revision != revision or not weighing.is_overdue(at):
        return
    receipt = queries.receipt_of(db, weighing, lines)
    _confirm(db, receipt, by=Actor.system(district), how="silence", at=at)
    for person in identity.members(db, district, weighing.household):
        facts = {"weighing": str(weighing.id)}
        notices.tell(db, person, "weighing.confirmed_by_silence", facts, district=district, at=at)


def _confirm(db: Session, receipt: queries.Receipt, *, by: Actor, how: str, at: datetime) -> queries.Receipt:
    weighing, lines = receipt.weighing, receipt.lines
    for line in lines:
        line.mark_agreed(silent=how == "silence")
    weighing.entry = new_id(at)
    guards.end(weighing, State.CONFIRMED, how=how, at=at)
    _write_down(db, weighing, lines, by=by, at=at)
    events.confirmed(db, weighing, lines, how=how, at=at)
    accounts.award(
        db,
        id=weighing.entry,
        district=weighing.district,
        household=weighing.household,
        points=sum(line.green_points for line in lines),
        key=f"weighing/{weighing.id}/confirmed",
        kind="weighing.confirmed",
        at=at,
        postings=confirmed(_priced(weighing, lines, at=at)),
        settles=[Settle(hold=line.hold) for line in lines if line.hold and not line.waits],
        facts={
            "weighing": str(weighing.id),
            "price_list": str(weighing.price_list),
            "factor_set": str(weighing.factor_set),
            "confirmed_by": how,
        },
    )
    return receipt


def _write_down(
    db: Session, weighing: Weighing, lines: Sequence[WeighingLine], *, by: Actor, at: datetime
) -> None:
    """Write what the agreement changes beside the ledger, in one round trip."""
    subsidy.promise(db, quoting.promises(weighing, lines, at=at), district=weighing.district)
    waiting = [line.id for line in lines if line.waits]
    with at_once(db):
        booking.complete(db, weighing.pickup, by=by, at=at)
        quoting.use_ceilings(db, weighing, [line for line in lines if not line.waits])
        if waiting:
            _WAIT.write(db, district=weighing.district, lines=waiting)
        _END.write(
            db,
            district=weighing.district,
            id=weighing.id,
            at=weighing.ended_at,
            how=weighing.ended_by,
            entry=weighing.entry,
        )


def _priced(weighing: Weighing, lines: Sequence[WeighingLine], *, at: datetime) -> Priced:
    """Return the frozen value that the books post from."""
    return Priced(
        household=weighing.household,
        operator=weighing.operator,
        holder=weighing.collector,
        period=subsidies.period_of(weighing.opened_at),
        lines=tuple(line.priced() for line in lines),
        lapses_at=lapses_at(at, weighing.points_months),
    )


def _check(db: Session, weighing: Weighing, *, code: str, card: str | None) -> None:
    """Compare the card, or else the code; a wrong one counts, while the lock keeps other guesses waiting."""
    if weighing.wrong_codes >= CODE_TRIES:
        raise CodeLocked
    if card is None:
        is_right = compare_digest(code, weighing.code())
    else:
        is_right = persons.speaks_for(db, card, district=weighing.district) == weighing.household
    if not is_right:
        _COUNT_GUESS.write(db, district=weighing.district, id=weighing.id)
        keep(db)
        raise CodeWrong
