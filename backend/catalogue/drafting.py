"""The way of a draft: drafted, simulated, approved by somebody else, published, and never changed again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import NothingPriced, ProgrammeUnknown, ValidityOverlaps
from backend.catalogue.models import DraftRateRow, DraftRow, values_of
from backend.catalogue.publishing import publish
from backend.catalogue.rules import Approval, Draft, Rate, digest_of, must_be_sound
from backend.kit.auth import Actor
from backend.kit.drafts import DraftOutdated, IsAsSeen, Step, Way
from backend.kit.ids import new_id

_WAY: Way[DraftRow, Draft] = Way(
    of="price_list",
    locked=queries.draft_locked,
    shown=lambda db, row: row.draft(queries.lines_of(db, row)),
    is_current=lambda db, row: row.based_on == queries.newest(db, row.district),
)
submit, approve, reject, withdraw = _WAY.submit, _WAY.approve, _WAY.reject, _WAY.withdraw
mark_simulated = _WAY.mark_simulated


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
    return _WAY.done(db, "drafted", row, by=by, at=at)


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
    is_as_seen: IsAsSeen[Draft],
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
    row, before = _WAY.seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    if based_on not in (None, row.based_on):
        if based_on != queries.newest(db, by.district):
            raise DraftOutdated
        row.based_on = based_on
        row.forget_simulation()
    row.take(Step.EDIT, by=by.id, at=at)
    row.title, row.note, row.digest = title, note, digest_of(rates)
    db.flush()  # its rates may be written only now that it is a draft again
    _price(db, row, rates)
    return _WAY.done(db, "edited", row, before=before, by=by, at=at)


def publish_draft(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen[Draft],
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
    row, found = _WAY.seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    begins = effective_at or at
    awaited = queries.awaited(db, by.district, since=begins, at=at)
    row.take(Step.PUBLISH, by=by.id, at=at, is_current=_WAY.is_current(db, row))
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
