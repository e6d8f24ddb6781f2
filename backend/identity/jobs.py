"""What identity does later: the message that carries a one-time code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.identity import rules, service
from backend.kit import sms
from backend.kit.jobs import handles


@handles("identity.send_code")
def send_code(db: Session, *, district: str | None, at: datetime, code: str) -> None:
    """Send a code while it is of use."""
    if letter := service.take_letter(db, UUID(code), at=at):
        sms.transport().send(letter.phone, rules.code_message(letter.digits, letter.language))
