"""The accounts' one table beside the ledger's own: the keys that logs are signed with."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict


class LogKey(InDistrict, Base):
    """A key that a district's log is signed with; two stand side by side while one is replaced."""

    __tablename__ = "log_key"

    name: Mapped[str]
    """The log's, which never changes: it stands in every checkpoint."""
    vault_key: Mapped[bytes]
    """The secret, wrapped like every other key."""
    verifier: Mapped[str]
    """What others verify signatures with, as C2SP `signed-note` spells it."""
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
