"""What may happen to a redemption later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.jobs import handles
from backend.rewards import service


@handles("rewards.expire")
def expire(db: Session, *, district: str, at: datetime, redemption: str) -> None:
    """Let a voucher that nobody used run out."""
    service.expire(db, UUID(redemption), district=district, at=at)
