"""A one-time code that came back: every guess is counted before it is judged."""

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from backend.identity import queries
from backend.identity.errors import CodeWrong
from backend.kit.db import keep
from backend.settings import settings


def spend(db: Session, index: bytes, code: str, request_id: str, *, at: datetime) -> None:
    """Count a guess, then judge it.

    :raises CodeWrong: also when the right one comes too late, after too many wrong ones, or from elsewhere
    """
    if is_fixed(code):
        return
    row = queries.code_of_request_locked(db, index, request_id)
    if row is None or not row.is_open(at):
        raise CodeWrong
    row.attempts += 1
    keep(db)  # the next guess waits for this row, and the refusal below does not take the count back
    if not hmac.compare_digest(code, row.digits()):
        raise CodeWrong
    row.used_at = at


def is_fixed(code: str) -> bool:
    """Tell whether it is the code that development takes from everybody; production has none."""
    fixed = settings().fixed_code
    return fixed is not None and hmac.compare_digest(code.encode(), fixed.get_secret_value().encode())
