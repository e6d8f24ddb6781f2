"""What may happen to subsidies later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.jobs import handles, later
from backend.subsidy import queueing


@handles("subsidy.serve_queue")
def serve_queue(db: Session, *, district: str, at: datetime, programme: str) -> None:
    """Pay who is next in a queue, one a transaction, until the money that came is paid out."""
    if queueing.pay_next(db, district=district, programme=UUID(programme), at=at):
        later(db, "subsidy.serve_queue", {"programme": programme}, district=district, at=at)
