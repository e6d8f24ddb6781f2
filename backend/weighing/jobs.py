"""What may happen to a weighing later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.jobs import handles
from backend.weighing import service


@handles("weighing.silence")
def silence(db: Session, *, district: str, at: datetime, weighing: str, revision: int) -> None:
    """Take silence at the deadline for agreement."""
    service.confirm_by_silence(db, UUID(weighing), district=district, revision=revision, at=at)
