"""What notices do later: text messages, and what the room below has to say."""

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import sms
from backend.kit.jobs import Errand, handles
from backend.notices import queries, service


@handles("notices.send_sms")
def send_sms(db: Session, *, district: str, at: datetime, notice: str) -> Errand | None:
    """Send a notice to its reader's phone; the words are made now and kept nowhere."""
    letter = queries.letter(db, district, UUID(notice))
    if letter is None:
        return None
    return Errand(partial(sms.transport().send, letter.phone, letter.text, key=notice))


@handles("notices.new_device")
def new_device(db: Session, *, district: str, at: datetime, person: str, moment: str) -> None:
    """Tell somebody that they signed in where they never did before."""
    service.tell(db, UUID(person), "identity.new_device", {"moment": moment}, district=district, at=at)
