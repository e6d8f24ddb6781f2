"""How materials are entered and price lists are published."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import (
    EffectiveInThePast,
    MaterialRefused,
    MaterialTwice,
    MaterialUnknown,
    NothingPriced,
)
from backend.catalogue.models import CatalogueVersion, MaterialRow, RateRow
from backend.catalogue.rules import Material, Rate
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id


def add_material(db: Session, material: Material) -> None:
    """Enter a material; one that is known stays as it is."""
    words = {field: value for field, value in vars(material).items() if field != "basis"}
    basis = {
        "grade": material.basis.grade,
        "source": material.basis.source,
        "basis_zh": material.basis.zh,
        "basis_en": material.basis.en,
    }
    db.execute(insert(MaterialRow).values(words | basis).on_conflict_do_nothing())


def publish(
    db: Session,
    *,
    district: str,
    rates: Sequence[Rate],
    effective_at: datetime,
    by: Actor,
    at: datetime,
    note: str = "",
) -> UUID:
    """Publish a price list as the next version of the district's chain; return its id.

    :raises NothingPriced: there is no rate in it
    :raises MaterialTwice: a material is priced twice
    :raises MaterialUnknown: a rate names a material that is not in the register
    :raises MaterialRefused: the city does not take it
    :raises EffectiveInThePast: it would change what was promised already
    """
    if effective_at < at:
        raise EffectiveInThePast
    _check(db, rates)
    before = queries.newest_locked(db, district)
    version = CatalogueVersion(
        district=district,
        id=new_id(at),
        number=before.number + 1 if before else 1,
        supersedes=before and before.id,
        effective_at=effective_at,
        note=note,
    )
    db.add(version)
    db.flush()
    db.add_all(RateRow.of(rate, district=district, version=version.id) for rate in rates)
    db.flush()
    version.mark_published(by=by.id, at=at)
    trail.note(
        db,
        "price_list.published",
        f"price_list/{version.id}",
        by=by,
        before={"number": before.number} if before else None,
        after={"number": version.number, "effective_at": effective_at.isoformat()},
        at=at,
    )
    db.flush()
    return version.id


def _check(db: Session, rates: Sequence[Rate]) -> None:
    if not rates:
        raise NothingPriced
    for material, times in Counter(rate.material for rate in rates).items():
        if times > 1:
            raise MaterialTwice(material=material)
    known = queries.known(db, [rate.material for rate in rates])
    for rate in rates:
        if rate.material not in known:
            raise MaterialUnknown(material=rate.material)
        if rate.accepted and not known[rate.material]:
            raise MaterialRefused(material=rate.material)
