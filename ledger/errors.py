"""What the ledger refuses, under codes that never change their meaning."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Refusal(StrEnum):
    """Why an entry was not posted: a stable code with one sentence."""

    sentence: str

    def __new__(cls, code: str, sentence: str = "") -> "Refusal":
        """Make a member that is its code and knows its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    KEY_REUSED = "key_reused", "Another entry was posted under this key."
    ID_REUSED = "id_reused", "Another entry has this id."
    UNKNOWN_ACCOUNT = "unknown_account", "The book's chart knows no such account."
    ACCOUNT_FROZEN = "account_frozen", "The account is frozen."
    ACCOUNT_CLOSED = "account_closed", "The account is closed."
    ACCOUNT_NOT_EMPTY = "account_not_empty", "The account still has something, or something of it is held."
    ACCOUNT_UNBOUNDED = "account_unbounded", "An account without a floor cannot be held."
    ACCOUNT_WITHOUT_LOTS = "account_without_lots", "Nothing lapses in an account without lots."
    NOT_LAPSED = "not_lapsed", "Less of the account has lapsed than the entry would take as lapsed."
    INSUFFICIENT = "insufficient", "The account has less available than the entry would take."
    AMOUNT_OVERFLOW = "amount_overflow", "The account's balance would not fit in 64 bits."
    UNKNOWN_HOLD = "unknown_hold", "There is no such hold."
    HOLD_EXISTS = "hold_exists", "A hold with this id was made before."
    HOLD_CLOSED = "hold_closed", "The hold was settled, released or expired before."
    HOLD_EXPIRED = "hold_expired", "The hold's time is over."
    HOLD_NOT_DUE = "hold_not_due", "The hold's time is not over yet."
    HOLD_EXCEEDED = "hold_exceeded", "The hold has less left than the entry would settle."
    SETTLEMENT_MISMATCH = "settlement_mismatch", "The entry draws less from the account than it settles."
    UNKNOWN_ENTRY = "unknown_entry", "There is no such entry to reverse."
    ALREADY_REVERSED = "already_reversed", "The entry was reversed before; correct the latest correction."
    BATCH_REFUSED = "batch_refused", "Another entry of its batch was refused."


class Refused(BaseModel):
    """An entry that was not posted; nothing was written for it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    code: Refusal
    about: str | None = None  # the account's path, the hold, the entry or the key

    @property
    def sentence(self) -> str:
        """Say why, in English."""
        return self.code.sentence


class UnknownAccount(LookupError):
    """A question about an account that is not open and that the book's chart does not know."""


class UnknownBook(LookupError):
    """A question about a book that has no chart."""


class NotYetSealed(LookupError):
    """A question about a size or a time that the book's log has not come to."""


class Unlinked(LookupError):
    """A proof was asked for an entry whose leaf nobody can tell any more: its household was erased."""


class ChartConflict(ValueError):
    """A class of accounts that contradicts another one of the same book."""
