"""The way of a draft of factors: drafted, simulated, approved by somebody else, published, and then for ever.

A set is the whole city's. Whoever drafts it and whoever answers for it work in some district, on whose trail
each step stands; the draft itself every district sees.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.carbon import queries
from backend.carbon.errors import FactorSetBackDated, FactorSetEmpty, FactorSetOverlaps
from backend.carbon.models import DraftFactorRow, FactorDraftRow
from backend.carbon.publishing import publish
from backend.carbon.rules import (
    Approval,
    Factor,
    FactorDraft,
    FactorDraftHead,
    FactorSet,
    Naming,
    digest_of,
    must_be_sound,
)
from backend.catalogue import queries as catalogue
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.drafts import DraftOutdated, Step
from backend.kit.ids import new_id

IsAsSeen = Callable[[FactorDraft], None]
"""Refuses a state that the caller has not seen."""


def draft(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    title: str,
    note: str,
    naming: Naming,
    based_on: UUID | None = None,
    factors: Sequence[Factor] | None = None,
) -> FactorDraft:
    """Begin a draft of the next set, from the newest one or with factors of its own.

    :param factors: None copies what the newest set says
    :raises DraftOutdated: it names a set that is not the newest
    :raises FactorSetEmpty: there is no factor, and no set to copy
    :raises Problem: a factor has a flaw
    """
    newest = queries.newest(db)
    if based_on not in (None, newest):
        raise DraftOutdated
    if factors is None:
        if newest is None:
            raise FactorSetEmpty
        factors = queries.factor_set_by_id(db, newest).lines
    row = FactorDraftRow(id=new_id(at), title=title, note=note, based_on=newest)
    row.call(naming)
    row.begin(by=by.id, at=at)
    row.digest = digest_of(factors)
    db.add(row)
    db.flush()
    _write(db, row, factors)
    return _done(db, "factor_set.drafted", row, by=by, at=at)


def _write(db: Session, row: FactorDraftRow, factors: Sequence[Factor]) -> None:
    """Write down what a draft would say, in place of what it said before."""
    must_be_sound(factors, catalogue.known(db, [factor.material for factor in factors]))
    db.execute(delete(DraftFactorRow).where(DraftFactorRow.draft == row.id))
    db.add_all(DraftFactorRow(draft=row.id, **vars(factor)) for factor in factors)
    db.flush()


def edit(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen,
    title: str,
    note: str,
    naming: Naming,
    factors: Sequence[Factor],
    based_on: UUID | None = None,
) -> FactorDraft:
    """Write a draft anew; whatever was submitted, approved or rejected is a draft again.

    :param based_on: the newest set, to take over a draft that another one has overtaken
    :raises DraftNotFound: there is none with this id
    :raises StepImpossible: it was published or withdrawn
    :raises DraftOutdated: it is to be based on a set that is not the newest
    :raises Problem: a factor has a flaw
    """
    row, before = _seen(db, draft_id, is_as_seen=is_as_seen)
    if based_on not in (None, row.based_on):
        if based_on != queries.newest(db):
            raise DraftOutdated
        row.based_on = based_on
    row.take(Step.EDIT, by=by.id, at=at)
    row.title, row.note, row.digest = title, note, digest_of(factors)
    row.call(naming)
    db.flush()  # its factors may be written only now that it is a draft again
    _write(db, row, factors)
    return _done(db, "factor_set.edited", row, before=before, by=by, at=at)


def submit(db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen) -> FactorDraft:
    """Put a simulated draft before an approver.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.SUBMIT, by=by, at=at, is_as_seen=is_as_seen)


def approve(db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen) -> FactorDraft:
    """Answer for a draft that somebody else made.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.APPROVE, by=by, at=at, is_as_seen=is_as_seen)


def reject(
    db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen, reason: str
) -> FactorDraft:
    """Give a draft back to those who made it, with a reason.

    :raises Problem: as `drafts.after` says
    """
    return _step(db, draft_id, Step.REJECT, by=by, at=at, is_as_seen=is_as_seen, reason=reason)


def withdraw(
    db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen, reason: str
) -> FactorDraft:
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
    valid_from: datetime | None = None,
    supersede: bool = False,
) -> FactorDraft:
    """Make an approved draft the next version of its set, in force now or from a time on.

    :param valid_from: now, if left out
    :param supersede: whether sets that are announced for then or later are never to come into force
    :raises FactorSetOverlaps: there is such a set, and that was not said
    :raises FactorSetBackDated: it would change what was credited already
    :raises Problem: as `drafts.after` says
    """
    queries.lock_chain(db)
    row, before = _seen(db, draft_id, is_as_seen=is_as_seen)
    begins = valid_from or at
    awaited = queries.awaited(db, since=begins, at=at)
    row.take(Step.PUBLISH, by=by.id, at=at, is_current=_is_current(db, row))
    row.valid_from = begins
    if begins < at:
        raise FactorSetBackDated
    if awaited is not None and not supersede:
        raise FactorSetOverlaps(name=awaited.name, version=awaited.version)
    assert row.simulation is not None
    assert row.approved_by is not None
    publish(
        db,
        FactorSet(
            **{field.name: getattr(before, field.name) for field in fields(Naming)},
            id=new_id(at),
            version=queries.last_version(db, row.name) + 1,
            valid_from=begins,
            approved_at=at,
            approval=Approval(draft=row.id, simulation=row.simulation, by=row.approved_by),
            lines=before.lines,
        ),
    )
    return _done(db, "factor_set.published", row, before=before, by=by, at=at)


def mark_simulated(db: Session, *, draft: UUID, simulation: UUID, digest: str, at: datetime) -> bool:
    """Write down that a run over a draft has ended; tell whether it was of what the draft now says.

    :param digest: of what the run read
    :raises DraftNotFound: there is none with this id
    """
    row = queries.draft_locked(db, draft)
    fits = row.mark_simulated(simulation, digest=digest, at=at)
    db.flush()
    return fits


def _seen(db: Session, draft_id: UUID, *, is_as_seen: IsAsSeen) -> tuple[FactorDraftRow, FactorDraft]:
    row = queries.draft_locked(db, draft_id)
    found = row.draft(queries.lines_of(db, row))
    is_as_seen(found)
    return row, found


def _is_current(db: Session, row: FactorDraftRow) -> bool:
    return row.based_on == queries.newest(db)


def _step(
    db: Session,
    draft_id: UUID,
    step: Step,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen,
    reason: str | None = None,
) -> FactorDraft:
    row, before = _seen(db, draft_id, is_as_seen=is_as_seen)
    row.take(step, by=by.id, at=at, is_current=_is_current(db, row), reason=reason)
    return _done(db, f"factor_set.{row.state}", row, before=before, reason=reason, by=by, at=at)


def _done(
    db: Session,
    kind: str,
    row: FactorDraftRow,
    *,
    before: FactorDraft | None = None,
    reason: str | None = None,
    by: Actor,
    at: datetime,
) -> FactorDraft:
    """Leave a line on the trail, and return how the draft stands now."""
    trail.note(
        db,
        kind,
        f"factor_set_draft/{row.id}",
        by=by,
        before=_facts(before) if before else None,
        after=_facts(row),
        reason=reason,
        at=at,
    )
    db.flush()
    return queries.draft(db, row.id)


def _facts(found: FactorDraftHead | FactorDraftRow) -> dict[str, Any]:
    return {"state": found.state, "revision": found.revision, "digest": found.digest}
