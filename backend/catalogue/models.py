"""The tables of the catalogue."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.rules import Basis, Material, PriceLine, PriceList, Rate
from backend.kit.db import Base, InDistrict

_GRADES = "('A', 'B', 'C', 'assumption')"


class MaterialRow(Base):
    """A material with its names, and why it is not taken if it is not. City register."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("key ~ '^[a-z0-9_]{1,40}$'", name="key"),
        CheckConstraint("accepted = (refusal_zh is null) and accepted = (refusal_en is null)", name="reason"),
        CheckConstraint(f"grade in {_GRADES}", name="grade"),
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


class CatalogueVersion(InDistrict, Base):
    """One link in a district's chain of price lists; once published it never changes."""

    __tablename__ = "catalogue_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "supersedes"], ["catalogue_version.district", "catalogue_version.id"]
        ),
        UniqueConstraint("district", "number"),
        CheckConstraint("(number = 1) = (supersedes is null) and number > 0", name="chain"),
        CheckConstraint("published_at <= effective_at", name="not_back_dated"),
        CheckConstraint("(published_at is null) = (published_by is null)", name="published"),
    )

    number: Mapped[int]
    supersedes: Mapped[UUID | None]
    effective_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    note: Mapped[str]

    def mark_published(self, *, by: UUID, at: datetime) -> None:
        """Close it for ever."""
        self.published_by = by
        self.published_at = at

    def price_list(self, lines: tuple[PriceLine, ...]) -> PriceList:
        """Return what leaves this room, with the rates that stand in other rows."""
        assert self.published_at is not None
        return PriceList(
            version=self.id,
            district=self.district,
            number=self.number,
            effective_at=self.effective_at,
            published_at=self.published_at,
            note=self.note,
            lines=lines,
        )


class RateRow(Base):
    """What one version pays for one material."""

    __tablename__ = "rate"
    __table_args__ = (
        ForeignKeyConstraint(["district", "version"], ["catalogue_version.district", "catalogue_version.id"]),
        CheckConstraint("market_fen_per_kg between 0 and 100000", name="market"),
        CheckConstraint("subsidy_fen_per_kg between 0 and 100000", name="subsidy"),
        CheckConstraint("operator_fen_per_tonne between 0 and 100000000", name="operator"),
        CheckConstraint("ceiling_grams >= 0", name="ceiling"),
        CheckConstraint(
            "accepted or (market_fen_per_kg = 0 and subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name="refused_earns_nothing",
        ),
        CheckConstraint(
            "(programme is null) = (subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)", name="payer"
        ),
        CheckConstraint(f"market_grade in {_GRADES} and subsidy_grade in {_GRADES}", name="grade"),
        CheckConstraint(
            "num_nonnulls(programme, subsidy_grade, subsidy_basis_zh, subsidy_basis_en) in (0, 4)",
            name="basis",
        ),
        CheckConstraint(
            "programme is not null or not (needs_verified_scale or needs_confirmation)", name="conditions"
        ),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[UUID] = mapped_column(primary_key=True)
    material: Mapped[str] = mapped_column(ForeignKey("material.key"), primary_key=True)
    accepted: Mapped[bool]
    market_fen_per_kg: Mapped[Decimal]
    subsidy_fen_per_kg: Mapped[Decimal]
    operator_fen_per_tonne: Mapped[Decimal]
    ceiling_grams: Mapped[int | None]
    programme: Mapped[UUID | None]
    market_grade: Mapped[str]
    market_source: Mapped[str | None]
    market_basis_zh: Mapped[str]
    market_basis_en: Mapped[str]
    subsidy_grade: Mapped[str | None]
    subsidy_source: Mapped[str | None]
    subsidy_basis_zh: Mapped[str | None]
    subsidy_basis_en: Mapped[str | None]
    needs_verified_scale: Mapped[bool]
    needs_confirmation: Mapped[bool]

    @classmethod
    def of(cls, rate: Rate, *, district: str, version: UUID) -> "RateRow":
        """Write a rate down in a version."""
        market, subsidy = rate.market_basis, rate.subsidy_basis
        return cls(
            district=district,
            version=version,
            material=rate.material,
            accepted=rate.accepted,
            market_fen_per_kg=rate.market_fen_per_kg,
            subsidy_fen_per_kg=rate.subsidy_fen_per_kg,
            operator_fen_per_tonne=rate.operator_fen_per_tonne,
            ceiling_grams=rate.ceiling_grams,
            programme=rate.programme,
            market_grade=market.grade,
            market_source=market.source,
            market_basis_zh=market.zh,
            market_basis_en=market.en,
            subsidy_grade=subsidy and subsidy.grade,
            subsidy_source=subsidy and subsidy.source,
            subsidy_basis_zh=subsidy and subsidy.zh,
            subsidy_basis_en=subsidy and subsidy.en,
            needs_verified_scale=rate.needs_verified_scale,
            needs_confirmation=rate.needs_confirmation,
        )

    def rate(self) -> Rate:
        """Return what leaves this room."""
        return Rate(
            material=self.material,
            accepted=self.accepted,
            market_fen_per_kg=self.market_fen_per_kg,
            subsidy_fen_per_kg=self.subsidy_fen_per_kg,
            operator_fen_per_tonne=self.operator_fen_per_tonne,
            ceiling_grams=self.ceiling_grams,
            programme=self.programme,
            market_basis=Basis(
                self.market_grade, self.market_source, self.market_basis_zh, self.market_basis_en
            ),
            subsidy_basis=self._subsidy_basis(),
            needs_verified_scale=self.needs_verified_scale,
            needs_confirmation=self.needs_confirmation,
        )

    def _subsidy_basis(self) -> Basis | None:
        if self.subsidy_grade is None or self.subsidy_basis_zh is None or self.subsidy_basis_en is None:
            return None
        return Basis(self.subsidy_grade, self.subsidy_source, self.subsidy_basis_zh, self.subsidy_basis_en)
