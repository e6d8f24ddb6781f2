"""How programmes open, change and close, and what happens under a household's ceilings."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.written import Written
from backend.subsidy import outstanding, queries
from backend.subsidy.budgets import fund
from backend.subsidy.errors import ProgrammeClosed, PromisesWaiting
from backend.subsidy.history import note
from backend.subsidy.models import Ceiling, ProgrammeRow
from backend.subsidy.queueing import pay_next, promise, prove
from backend.subsidy.rules import CapRule, Happened, Programme, check_cap, under_ceiling

# As every confirmation does it: locked in the order of their materials, as by everybody, and counted at once.
_USE = Written(
    """
    with locked as (
        select c.district, c.household, c.month, c.material, kept.grams
          from ceiling c
          join unnest(%(materials)s::text[], %(grams)s::bigint[]) as kept (material, grams) using (material)
         where c.district = %(district)s and c.household = %(household)s and c.month = %(month)s
         order by c.material
           for update of c
    )
    update ceiling c
       set held_grams = held_grams - locked.grams, used_grams = used_grams + locked.grams
      from locked
     where (c.district, c.household, c.month, c.material)
         = (locked.district, locked.household, locked.month, locked.material)
    """
)

__all__ = ["ask_quotes", "fund", "pay_next", "promise", "prove"]

ask_quotes = outstanding.ask
"""Let a room tell what its quotes promise of money to come."""


def open_programme(
    db: Session,
    *,
    district: str,
    name_zh: str,
    name_en: str,
    basis_zh: str,
    basis_en: str,
    by: Actor,
    at: datetime,
    id: UUID | None = None,
    cap_rule: str = CapRule.STOP,
    taper_below_fen: int | None = None,
    taper_percent: int | None = None,
) -> Programme:
    """Open a programme; its budgets last a year. Said again with its id, it changes nothing.

    :raises TaperIncomplete: a taper lacks its threshold or share, or another rule has one
    """
    check_cap(cap_rule, taper_below_fen, taper_percent)
    programme_id = id or new_id(at)
    programme = {
        "id": programme_id,
        "district": district,
        "name_zh": name_zh,
        "name_en": name_en,
        "cap_rule": cap_rule,
        "taper_below_fen": taper_below_fen,
        "taper_percent": taper_percent,
        "period": "year",
        "basis_zh": basis_zh,
        "basis_en": basis_en,
        "opened_by": by.id,
        "opened_at": at,
    }
    opened = insert(ProgrammeRow).values(programme).on_conflict_do_nothing().returning(ProgrammeRow)
    row = db.scalars(opened).one_or_none()
    if row is None:
        return queries.programme(db, district, programme_id)
    facts = {"after": _cap(row)}
    note(db, Happened.PROGRAMME_OPENED, row.id, None, by=by, at=at, reason=basis_zh, facts=facts)
    return row.programme()


def change_cap(
    db: Session,
    programme: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: Callable[[Programme], None],
    cap_rule: str,
    taper_below_fen: int | None,
    taper_percent: int | None,
    reason: str,
) -> Programme:
    """Let another rule apply at the cap from the next quote on; what was quoted keeps its terms.

    :param is_as_seen: refuses a state that the actor has not seen
    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it promises nothing any more
    :raises TaperIncomplete: a taper lacks its threshold or share, or another rule has one
    """
    check_cap(cap_rule, taper_below_fen, taper_percent)
    row = queries.programme_locked(db, by.district, programme)
    is_as_seen(row.programme())
    if row.closed_at is not None:
        raise ProgrammeClosed
    before = _cap(row)
    row.change_cap(cap_rule, taper_below_fen=taper_below_fen, taper_percent=taper_percent)
    facts = {"before": before, "after": _cap(row)}
    note(db, Happened.CAP_CHANGED, programme, None, by=by, at=at, reason=reason, facts=facts)
    return row.programme()


def close_programme(
    db: Session, *, district: str, programme: UUID, by: Actor, at: datetime, reason: str = ""
) -> Programme:
    """Close a programme: it takes no more money and promises nothing; what was promised is still paid.

    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it is closed already
    :raises PromisesWaiting: somebody in its queue is still to be paid, or has a quote that leads there
    """
    row = queries.programme_locked(db, district, programme)
    if row.closed_at is not None:
        raise ProgrammeClosed
    # Quotes first: whoever agrees to one in between is in the queue by then.
    quoted = outstanding.queued(db, district, programme)
    if owed := quoted + queries.owed_to_queue(db, district, programme):
        raise PromisesWaiting(fen=owed)
    row.mark_closed(by=by.id, at=at)
    note(db, Happened.PROGRAMME_CLOSED, programme, None, by=by, at=at, reason=reason)
    return row.programme()


def _cap(row: ProgrammeRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("cap_rule", "taper_below_fen", "taper_percent")}


def grant(
    db: Session,
    *,
    district: str,
    household: UUID,
    month: str,
    wants: Mapping[str, tuple[int, int | None]],
) -> dict[str, int]:
    """Hold what is still under a household's ceilings; return the grams that are subsidised.

    :param wants: for each material the net grams of a bag and the ceiling in grams, None if there is none
    """
    granted = {}
    for row in _opened(db, district, household, month, wants):
        net_grams, ceiling_grams = wants[row.material]
        grams = under_ceiling(net_grams, ceiling_grams=ceiling_grams, taken_grams=row.taken_grams)
        row.hold(grams)
        granted[row.material] = grams
    return granted


def _opened(
    db: Session, district: str, household: UUID, month: str, materials: Iterable[str]
) -> Iterable[Ceiling]:
    """Lock a household's ceilings, made where missing: an upsert that changes nothing, in one round trip."""
    place = {"district": district, "household": household, "month": month}
    rows = [
        {**place, "material": material, "held_grams": 0, "used_grams": 0} for material in sorted(materials)
    ]
    if not rows:
        return ()
    opened = insert(Ceiling).values(rows)
    locked = opened.on_conflict_do_update(
        constraint="pk_ceiling", set_={"held_grams": Ceiling.held_grams}
    ).returning(Ceiling)
    return db.scalars(locked, execution_options={"populate_existing": True}).all()


def give_back(db: Session, *, district: str, household: UUID, month: str, grams: Mapping[str, int]) -> None:
    """Free what a quote held: it was withdrawn, or the goods were taken back."""
    rows = queries.ceilings_locked(db, district, household=household, month=month, materials=grams)
    for material, count in grams.items():
        rows[material].give_back(count)


def use(db: Session, *, district: str, household: UUID, month: str, grams: Mapping[str, int]) -> None:
    """Turn what a quote held into what is used: it was confirmed."""

    def check(used: int) -> None:
        assert used == len(grams), "a ceiling that was held is there"

    whose = {"district": district, "household": household, "month": month}
    _USE.write(db, then=check, **whose, materials=list(grams), grams=list(grams.values()))
