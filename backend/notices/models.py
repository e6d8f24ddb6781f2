"""The tables of notices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict


class Notice(InDistrict, Base):
    """Something a person is told: a template and what fills it, without anything personal."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_district_person_id", "district", "person", "id"),
        Index("ix_notice_unread", "district", "person", postgresql_where="read_at is null"),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
