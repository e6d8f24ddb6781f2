"""What materials look like."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity

__all__ = ["PhotoRow", "PictureRow"]


class PictureRow(Base):
    """A picture, known by the digest of its bytes: it is only ever added. City register."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(content), 'hex')", name="digest"),
        CheckConstraint("octet_length(content) <= 2097152", name="bytes"),
        CheckConstraint("width between 1 and 1280", name="width"),
        CheckConstraint("height between 1 and 1280", name="height"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(deferred=True)
    width: Mapped[int]
    height: Mapped[int]


class PhotoRow(InCity, Base):
    """A photo of a material in two sizes, which everybody sees until it is withdrawn. City register."""

    __tablename__ = "photo"
    __table_args__ = (
        Index(
            "uq_photo_material_large",
            "material",
            "large",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("alt_zh <> '' and alt_en <> ''", name="alt"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
    )

    material: Mapped[str] = mapped_column(ForeignKey("material.key"))
    small: Mapped[str] = mapped_column(ForeignKey("picture.digest"))
    large: Mapped[str] = mapped_column(ForeignKey("picture.digest"))
    alt_zh: Mapped[str]
    alt_en: Mapped[str]
    district: Mapped[str]
    """Whose staff put it up."""
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    def mark_withdrawn(self, *, by: UUID, at: datetime) -> None:
        """Show it to nobody any more."""
        self.withdrawn_by, self.withdrawn_at = by, at
