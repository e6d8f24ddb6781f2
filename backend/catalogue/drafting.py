"""The way of a draft: drafted, simulated, approved by somebody else, published, and never changed again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import NothingPriced, ProgrammeUnknown, ValidityOverlaps
from backend.catalogue.models import DraftRateRow, DraftRow, values_of
from backend.catalogue.publishing import publish
from backend.catalogue.rules import Approval, Draft, Rate, digest_of, must_be_sound
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.drafts import DraftOutdated, Step
from backend.kit.ids import new_id

IsAsSeen = Callable[[Draft], None]
"""Refuses a state that the caller has not seen."""


def draft(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    title: str,
    note: str,
    based_on: UUID | None = None,
    rates: Sequence[Rate] | None = None,
) -> Draft:
    """Begin a draft of the district's next price list, from the newest one or with rates of its own.

    :param rates: None copies what the newest version pays
    :raises DraftOutdated: it names a version that is not the newest
    :raises NothingPriced: there is no rate, and no version to copy
    :raises Problem: a rate has a flaw
    """
    newest = queries.newest(db, by.district)
    if based_on not in (None, newest):
        raise DraftOutdated
    if rates is None:
        rates = _copied(db, by.district, newest)
    row = DraftRow(district=by.district, id=new_id(at), title=title, note=note, based_on=newest)
    row.begin(by=by.id, at=at)
    row.digest = digest_of(rates)
    db.add(row)
    db.flush()
    _price(db, row, rates)
    return _done(db, "price_list.drafted", row, by=by, at=at)


def _copied(db: Session, district: str, version: UUID | None) -> Sequence[Rate]:
    if version is None:
        raise NothingPriced
    return [line.rate for line in queries.version(db, district, version).lines]


def _price(db: Session, row: DraftRow, rates: Sequence[Rate]) -> None:
    """Write down what a draft would pay, in place of what it said before."""
    must_be_sound(rates, queries.known(db, [rate.material for rate in rates]))
    this = (DraftRateRow.district == row.district, DraftRateRow.draft == row.id)
    db.execute(delete(DraftRateRow).where(*this))
    db.add_all(DraftRateRow(district=row.district, draft=row.id, **values_of(rate)) for rate in rates)
    try:
        db.flush()
    except IntegrityError as error:
        if "fk_draft_rate_district_programme" in str(error.orig):
            raise ProgrammeUnknown from None
        raise


def edit(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen,
    title: str,
    note: str,
    rates: Sequence[Rate],
    based_on: UUID | None = None,
) -> Draft:
    """Write a draft anew; whatever was submitted, approved or rejected is a draft again.

    :param based_on: the newest version, to take over a draft that another one has overtaken
    :raises DraftNotFound: the district has none with this id
    :raises StepImpossible: it was published or withdrawn
    :raises DraftOutdated: it is to be based on a version that is not the newest
    :raises Problem: a rate has a flaw
    """
    row, before = _seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    if based_on not in (None, row.based_on):
        if based_on != queries.newest(db, by.district):
            raise DraftOutdated
        row.based_on = based_on
    row.take(Step.EDIT, by=by.id, at=at)
    row.title, row.note, row.digest = title, note, digest_of(rates)
    db.flush()  # its rates may be written only now that it is a draft again
    _price(db, row, rates)
    return _done(db, "price_list.edited", row, before=before, by=by, at=at)


def submit(db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen) -> Draft:
    """Put a simulated draft before an approver.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.SUBMIT, by=by, at=at, is_as_seen=is_as_seen)


def approve(db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen) -> Draft:
    """Answer for a draft that somebody else made.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.APPROVE, by=by, at=at, is_as_seen=is_as_seen)


def reject(
    db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen, reason: str
) -> Draft:
    """Give a draft back to those who made it, with a reason.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.REJECT, by=by, at=at, is_as_seen=is_as_seen, reason=reason)


def withdraw(
    db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen, reason: str
) -> Draft:
    """Give a draft up for good, with a reason.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.WITHDRAW, by=by, at=at, is_as_seen=is_as_seen, reason=reason)


def publish_draft(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen,
    effective_at: datetime | None = None,
    supersede: bool = False,
) -> Draft:
    """Make an approved draft the district's next version, in force now or from a time on.

    :param effective_at: now, if left out
    :param supersede: whether versions that are announced for then or later are never to come into force
    :raises ValidityOverlaps: there is such a version, and that was not said
    :raises EffectiveInThePast: it would change what was promised already
    :raises Problem: as `drafts.after` says
    """
    queries.newest_locked(db, by.district)
    row, found = _seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    begins = effective_at or at
    awaited = queries.awaited(db, by.district, since=begins, at=at)
    row.take(Step.PUBLISH, by=by.id, at=at, is_current=_is_current(db, row))
    row.effective_at = begins
    if awaited is not None and not supersede:
        raise ValidityOverlaps(number=awaited)
    assert row.simulation is not None
    assert row.approved_by is not None
    publish(
        db,
        district=by.district,
        rates=[line.rate for line in found.lines],
        effective_at=begins,
        by=by,
        at=at,
        note=row.note,
        approval=Approval(draft=row.id, simulation=row.simulation, by=row.approved_by),
    )
    return queries.draft(db, by.district, draft_id)


def mark_simulated(
    db: Session, *, district: str, draft: UUID, simulation: UUID, digest: str, at: datetime
) -> bool:
    """Write down that a run over a draft has ended; tell whether it was of what the draft now says.

    :param digest: of what the run read
    :raises DraftNotFound: the district has none with this id
    """
    row = queries.draft_locked(db, district, draft)
    fits = row.mark_simulated(simulation, digest=digest, at=at)
    db.flush()
    return fits


def _seen(db: Session, draft_id: UUID, *, by: Actor, is_as_seen: IsAsSeen) -> tuple[DraftRow, Draft]:
    row = queries.draft_locked(db, by.district, draft_id)
    found = row.draft(queries.lines_of(db, row))
    is_as_seen(found)
    return row, found


def _is_current(db: Session, row: DraftRow) -> bool:
    return row.based_on == queries.newest(db, row.district)


def _step(
    db: Session,
    draft_id: UUID,
    step: Step,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen,
    reason: str | None = None,
) -> Draft:
    row, before = _seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    row.take(step, by=by.id, at=at, is_current=_is_current(db, row), reason=reason)
    return _done(db, f"price_list.{row.state}", row, before=before, reason=reason, by=by, at=at)


def _done(
    db: Session,
    kind: str,
    row: DraftRow,
    *,
    before: Draft | None = None,
    reason: str | None = None,
    by: Actor,
    at: datetime,
) -> Draft:
    """Leave a line on the trail, and return how the draft stands now."""
    trail.note(
        db,
        kind,
        f"price_list_draft/{row.id}",
        by=by,
        before=_facts(before) if before else None,
        after=_facts(row),
        reason=reason,
        at=at,
    )
    db.flush()
    return queries.draft(db, row.district, row.id)


def _facts(found: Draft | DraftRow) -> dict[str, Any]:
    return {"state": found.state, "revision": found.revision, "digest": found.digest}
