"""The city's register of materials."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.rules import Basis, Material
from backend.kit.db import Base

__all__ = ["GRADES", "MaterialRow"]

GRADES = "('A', 'B', 'C', 'assumption')"


class MaterialRow(Base):
    """A material with its names, and why it is not taken if it is not. City register."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("key ~ '^[a-z0-9_]{1,40}$'", name="key"),
        CheckConstraint("accepted = (refusal_zh is null) and accepted = (refusal_en is null)", name="reason"),
        CheckConstraint(f"grade in {GRADES}", name="grade"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    category: Mapped[str]
    accepted: Mapped[bool]
    refusal_zh: Mapped[str | None]
    refusal_en: Mapped[str | None]
    goes_to: Mapped[str | None]
    hint_zh: Mapped[str]
    hint_en: Mapped[str]
    low_value: Mapped[str | None]
    grade: Mapped[str]
    source: Mapped[str | None]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]

    def material(self) -> Material:
        """Return what leaves this room."""
        return Material(
            key=self.key,
            name_zh=self.name_zh,
            name_en=self.name_en,
            category=self.category,
            accepted=self.accepted,
            refusal_zh=self.refusal_zh,
            refusal_en=self.refusal_en,
            goes_to=self.goes_to,
            hint_zh=self.hint_zh,
            hint_en=self.hint_en,
            low_value=self.low_value,
            basis=Basis(self.grade, self.source, self.basis_zh, self.basis_en),
        )
