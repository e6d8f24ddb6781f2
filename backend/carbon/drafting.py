"""The way of a draft of factors: drafted, simulated, approved by somebody else, published, and then for ever.

A set is the whole city's. Whoever drafts it and whoever answers for it work in some district, on whose trail
each step stands; the draft itself every district sees.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
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
    FactorSet,
    Naming,
    digest_of,
    must_be_sound,
)
from backend.catalogue import queries as catalogue
from backend.kit.auth import Actor
from backend.kit.drafts import DraftOutdated, IsAsSeen, Step, Way
from backend.kit.ids import new_id

_WAY: Way[FactorDraftRow, FactorDraft] = Way(
    of="factor_set",
    locked=lambda db, _district, draft_id: queries.draft_locked(db, draft_id),
    shown=lambda db, row: row.draft(queries.lines_of(db, row)),
    is_current=lambda db, row: row.based_on == queries.newest(db),
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
    return _WAY.done(db, "drafted", row, by=by, at=at)


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
    is_as_seen: IsAsSeen[FactorDraft],
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
    row, before = _WAY.seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    if based_on not in (None, row.based_on):
        if based_on != queries.newest(db):
            raise DraftOutdated
        row.based_on = based_on
        row.forget_simulation()
    row.take(Step.EDIT, by=by.id, at=at)
    row.title, row.note, row.digest = title, note, digest_of(factors)
    row.call(naming)
    db.flush()  # its factors may be written only now that it is a draft again
    _write(db, row, factors)
    return _WAY.done(db, "edited", row, before=before, by=by, at=at)


def publish_draft(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen[FactorDraft],
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
    row, before = _WAY.seen(db, draft_id, by=by, is_as_seen=is_as_seen)
    begins = valid_from or at
    awaited = queries.awaited(db, since=begins, at=at)
    row.take(Step.PUBLISH, by=by.id, at=at, is_current=_WAY.is_current(db, row))
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
    return _WAY.done(db, "published", row, before=before, by=by, at=at)
