"""What people call materials."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.rules import Synonym
from backend.kit.db import Base, InCity

__all__ = ["SynonymRow"]


class SynonymRow(InCity, Base):
    """A word for a material, which everybody finds it by until it is withdrawn. City register."""

    __tablename__ = "synonym"
    __table_args__ = (
        Index(
            "uq_synonym_material_plain",
            "material",
            "plain",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("plain = plain_word(word) and plain <> ''", name="plain"),
        CheckConstraint("language in ('zh', 'en')", name="language"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
    )

    material: Mapped[str] = mapped_column(ForeignKey("material.key"))
    word: Mapped[str]
    plain: Mapped[str]
    """The word as it is compared: `plain_word` of the database makes it."""
    language: Mapped[str]
    source: Mapped[str | None]
    district: Mapped[str | None]
    """Whose staff added it; none for what the city's own register has."""
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    def mark_withdrawn(self, *, by: UUID, at: datetime) -> None:
        """Let nobody find a material by it any more."""
        self.withdrawn_by, self.withdrawn_at = by, at

    def synonym(self) -> Synonym:
        """Return what leaves this room."""
        return Synonym(
            id=self.id,
            material=self.material,
            word=self.word,
            language=self.language,
            source=self.source,
            district=self.district,
            added_at=self.added_at,
            withdrawn_at=self.withdrawn_at,
        )
