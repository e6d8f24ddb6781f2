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


@handles("booking.assign")
def assign(db: Session, *, district: str, at: datetime, operator: str) -> None:
    """Give the visits that nobody has on his list to somebody."""
    service.assign(db, UUID(operator), district=district, at=at)
