"""What a household has left of its month."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.subsidy.models import Ceiling


def ceilings_locked(
    db: Session, district: str, *, household: UUID, month: str, materials: Collection[str]
) -> dict[str, Ceiling]:
    """Return a household's ceilings of a month, locked in the order of their materials."""
    rows = db.scalars(
        select(Ceiling)
        .where(Ceiling.district == district, Ceiling.household == household)
        .where(Ceiling.month == month, Ceiling.material.in_(materials))
        .order_by(Ceiling.material)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.material: row for row in rows}
