"""How a set of factors comes into force."""

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.carbon.models import FactorRow, FactorSetRow
from backend.carbon.rules import FactorSet


def approve(db: Session, approved: FactorSet) -> None:
    """Enter a set with its factors, for ever; a version that is known stays as it is."""
    columns = FactorSetRow.__table__.columns
    head = {field: value for field, value in vars(approved).items() if field in columns}
    draft = upsert(FactorSetRow).values({**head, "approved_at": None}).on_conflict_do_nothing()
    if db.scalar(draft.returning(FactorSetRow.id)) is None:
        return
    db.execute(insert(FactorRow), [{"factor_set": approved.id, **vars(factor)} for factor in approved.lines])
    db.execute(
        update(FactorSetRow).where(FactorSetRow.id == approved.id).values(approved_at=approved.approved_at)
    )
