"""How programmes are opened and paid for, and what happens under a household's ceilings."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.subsidy import queries
from backend.subsidy.errors import ProgrammeClosed
from backend.subsidy.models import Ceiling, Funding, ProgrammeRow
from backend.subsidy.rules import under_ceiling


def open_programme(
    db: Session,
    *,
    id: UUID,
    district: str,
    name_zh: str,
    name_en: str,
    basis_zh: str,
    basis_en: str,
    by: Actor,
    at: datetime,
) -> None:
    """Open a programme; at its cap it stops, and its budgets last a year. Said again, it changes nothing."""
    programme = {
        "id": id,
        "district": district,
        "name_zh": name_zh,
        "name_en": name_en,
        "cap_rule": "stop",
        "period": "year",
        "basis_zh": basis_zh,
        "basis_en": basis_en,
        "opened_by": by.id,
        "opened_at": at,
    }
    db.execute(insert(ProgrammeRow).values(programme).on_conflict_do_nothing())


def close_programme(db: Session, *, district: str, programme: UUID, by: Actor, at: datetime) -> None:
    """Close a programme: it takes no more money.

    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it is closed already
    """
    row = queries.programme_locked(db, district, programme)
    if row.closed_at is not None:
        raise ProgrammeClosed
    row.mark_closed(by=by.id, at=at)
    trail.note(
        db,
        "programme.closed",
        f"programme/{programme}",
        by=by,
        before={"closed_at": None},
        after={"closed_at": at.isoformat()},
        at=at,
    )


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
) -> UUID:
    """Pay money into a programme's budget, from the bank through the treasury; return the payment's id.

    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it takes no more money
    """
    if queries.programme_locked(db, district, programme).closed_at is not None:
        raise ProgrammeClosed
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
    trail.note(
        db, "budget.funded", f"programme/{programme}", by=by, after={"period": period, "fen": fen}, at=at
    )
    accounts.fund_budget(
        db,
        district=district,
        programme=programme,
        period=period,
        fen=fen,
        key=f"funding/{payment.id}",
        at=at,
    )
    return payment.id


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
    rows = queries.ceilings_locked(db, district, household=household, month=month, materials=grams)
    for material, count in grams.items():
        rows[material].use(count)
