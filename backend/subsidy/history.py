"""What happened to budgets and programmes, written down with the change: who, when and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.subsidy.models import BudgetEventRow
from backend.subsidy.rules import Happened, Order


def note(
    db: Session,
    happened: Happened,
    programme: UUID,
    period: str | None,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    fen: int = 0,
    entry: UUID | None = None,
    order: Order | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happened, for the history and on the trail.

    :param by: who decides it; what an order says was drafted by somebody else
    :param entry: that moves the money, if any moves
    """
    event = BudgetEventRow(
        district=by.district,
        id=new_id(at),
        programme=programme,
        period=period,
        happened=happened,
        fen=fen,
        at=at,
        by=order.drafted_by if order else by.id,
        approved_by=by.id if order else None,
        reason=reason,
        order=order and order.id,
        entry=entry,
        facts=dict(facts or {}),
    )
    db.add(event)
    kind = f"budget.{happened}" if period else f"programme.{happened.removeprefix('programme_')}"
    told: dict[str, Any] = {"period": period, "fen": fen} if period else {}
    if order is not None:
        told["order"] = str(order.id)
    trail.note(db, kind, f"programme/{programme}", by=by, after={**told, **event.facts}, reason=reason, at=at)
