"""What may happen to a pickup later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.booking import service
from backend.kit.jobs import handles


@handles("booking.miss")
def miss(db: Session, *, district: str, at: datetime, pickup: str) -> None:
    """Close a pickup whose window went by."""
    service.miss(db, UUID(pickup), district=district, at=at)


@handles("booking.hand_over")
def hand_over(db: Session, *, district: str, at: datetime, collector: str) -> None:
    """Give the visits of a collector who left to others."""
    service.hand_over(db, UUID(collector), district=district, at=at)
