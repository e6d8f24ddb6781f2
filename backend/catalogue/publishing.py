"""How a price list becomes the next link of its district's chain."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import EffectiveInThePast
from backend.catalogue.models import CatalogueVersion, RateRow, values_of
from backend.catalogue.rules import Approval, Rate, must_be_sound
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id


def publish(
    db: Session,
    *,
    district: str,
    rates: Sequence[Rate],
    effective_at: datetime,
    by: Actor,
    at: datetime,
    note: str = "",
    approval: Approval | None = None,
) -> UUID:
    """Publish a price list as the next version of the district's chain; return its id.

    :param approval: the draft that it was; None for a register that is planted before anything was weighed
    :raises NothingPriced: there is no rate in it
    :raises MaterialTwice: a material is priced twice
    :raises EffectiveInThePast: it would change what was promised already
    :raises Problem: a rate has a flaw
    """
    if effective_at < at:
        raise EffectiveInThePast
    must_be_sound(rates, queries.known(db, [rate.material for rate in rates]))
    before = queries.newest_locked(db, district)
    version = CatalogueVersion(
        district=district,
        id=new_id(at),
        number=before.number + 1 if before else 1,
        supersedes=before and before.id,
        effective_at=effective_at,
        note=note,
        draft=approval and approval.draft,
        simulation=approval and approval.simulation,
        approved_by=approval and approval.by,
    )
    db.add(version)
    db.flush()
    db.add_all(RateRow(district=district, version=version.id, **values_of(rate)) for rate in rates)
    db.flush()
    version.mark_published(by=by.id, at=at)
    trail.note(
        db,
        "price_list.published",
        f"price_list/{version.id}",
        by=by,
        before={"number": before.number} if before else None,
        after={
            "number": version.number,
            "effective_at": effective_at.isoformat(),
            **({key: str(value) for key, value in vars(approval).items()} if approval else {}),
        },
        at=at,
    )
    db.flush()
    return version.id
