"""What notices do later: text messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import sms
from backend.kit.jobs import handles
from backend.notices import queries


@handles("notices.send_sms")
def send_sms(db: Session, *, district: str, at: datetime, notice: str) -> None:
    """Send a notice to its reader's phone; the words are made now and kept nowhere."""
    if letter := queries.letter(db, district, UUID(notice)):
        sms.transport().send(letter.phone, letter.text)
