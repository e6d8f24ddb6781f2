"""What identity does later: the message that carries a one-time code."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.identity import rules, service
from backend.kit import sms
from backend.kit.jobs import Errand, handles


@handles("identity.send_code")
def send_code(db: Session, *, district: str | None, at: datetime, code: str) -> Errand | None:
    """Send a code while it is of use; once it left, what remains names nobody."""

    def forget(db: Session, _: Any, at: datetime) -> None:
        service.forget_letter(db, UUID(code))

    letter = service.letter(db, UUID(code), at=at)
    if letter is None:
        return None
    text = rules.code_message(letter.digits, letter.language)
    return Errand(partial(sms.transport().send, letter.phone, text, key=code), done=forget)
