"""How a set of factors comes into force."""

from dataclasses import fields

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.carbon.models import FactorRow, FactorSetRow
from backend.carbon.rules import FactorSet, Naming


def publish(db: Session, approved: FactorSet) -> None:
    """Enter a set with its factors, for ever; a version that is known stays as it is."""
    head = {field.name: getattr(approved, field.name) for field in fields(Naming)}
    approval = approved.approval
    entered = upsert(FactorSetRow).values(
        **head,
        id=approved.id,
        version=approved.version,
        valid_from=approved.valid_from,
        draft=approval and approval.draft,
        simulation=approval and approval.simulation,
        approver=approval and approval.by,
    )
    if db.scalar(entered.on_conflict_do_nothing().returning(FactorSetRow.id)) is None:
        return
    db.execute(insert(FactorRow), [{"factor_set": approved.id, **vars(factor)} for factor in approved.lines])
    db.execute(
        update(FactorSetRow).where(FactorSetRow.id == approved.id).values(approved_at=approved.approved_at)
    )
