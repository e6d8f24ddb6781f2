"""The accounts' tables beside the ledger's own: the keys of the logs, and who was told of lapses."""

from datetime import datetime
from uuid import UUID

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


class LapseNotice(Base):
    """That a household was told of points that lapse on a date: once for each date."""

    __tablename__ = "lapse_notice"

    district: Mapped[str] = mapped_column(primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True)
    lapses_at: Mapped[datetime] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
