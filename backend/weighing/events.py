"""What an operator's systems are told of a weighing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.webhooks import service as webhooks
from backend.weighing.models import Weighing, WeighingLine


def quoted(db: Session, weighing: Weighing, lines: Sequence[WeighingLine], *, at: datetime) -> None:
    """Tell that a quote was delivered."""
    assert weighing.answer_by is not None
    facts = {"answer_by": weighing.answer_by.isoformat(), "lines": _amounts(lines)}
    _announce(db, "weighing.quoted", weighing, facts, at=at)


def confirmed(
    db: Session, weighing: Weighing, lines: Sequence[WeighingLine], *, how: str, at: datetime
) -> None:
    """Tell that a weighing was agreed on."""
    facts = {"entry_id": str(weighing.entry), "confirmed_by": how, "lines": _amounts(lines)}
    _announce(db, "weighing.confirmed", weighing, facts, at=at)


def returned(db: Session, weighing: Weighing, *, at: datetime) -> None:
    """Tell that the goods stay with the household."""
    _announce(db, "weighing.returned", weighing, {}, at=at)


def _announce(db: Session, kind: str, weighing: Weighing, facts: Mapping[str, Any], *, at: datetime) -> None:
    data = {
        "weighing_id": str(weighing.id),
        "pickup_id": str(weighing.pickup),
        "collector_id": str(weighing.collector),
        "revision": weighing.revision,
        **facts,
    }
    webhooks.announce(db, kind, data, operator=weighing.operator, district=weighing.district, at=at)


def _amounts(lines: Sequence[WeighingLine]) -> list[dict[str, Any]]:
    return [
        {
            "material": line.material,
            "net_grams": line.net_grams,
            "market_fen": line.market_fen,
            "subsidy_fen": line.granted_fen,
            "operator_subsidy_fen": line.granted_operator_fen,
            "saved_co2e_grams": line.saved_co2e_grams,
        }
        for line in lines
    ]
