"""The tables of the network."""

from dataclasses import fields
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity, InDistrict
from backend.kit.positions import WHOLE, Placed
from backend.network.rules import CertificateEntry, CheckEntry, ServiceHours


class Division(Base):
    """A district, street or community with its official code. City register."""

    __tablename__ = "division"
    __table_args__ = (CheckConstraint("kind in ('district', 'street', 'community')", name="kind"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    parent: Mapped[str | None] = mapped_column(ForeignKey("division.code"), index=True)
    district: Mapped[str] = mapped_column(index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    population: Mapped[int | None]
    """Residents at the census of 2020, for districts."""
    source: Mapped[str]


class Operator(InCity, Base):
    """A company that collects. City register."""

    __tablename__ = "operator"

    name_zh: Mapped[str]
    name_en: Mapped[str]


class ServiceArea(Base):
    """What a district promises: when collectors come, how fast, and how long quotes wait and points last."""

    __tablename__ = "service_area"
    __table_args__ = (
        CheckConstraint("opens < closes", name="opens_before_it_closes"),
        CheckConstraint("promise_minutes between 1 and 1440", name="promise"),
        CheckConstraint("answer_hours between 1 and 168", name="answer"),
        CheckConstraint("points_months between 1 and 120", name="points_last"),
    )

    district: Mapped[str] = mapped_column(ForeignKey("division.code"), primary_key=True)
    opens: Mapped[time]
    closes: Mapped[time]
    promise_minutes: Mapped[int]
    serves_holidays: Mapped[bool]
    answer_hours: Mapped[int]
    points_months: Mapped[int | None]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]

    def hours(self) -> ServiceHours:
        """Return the promise as a value."""
        return ServiceHours(**{field.name: getattr(self, field.name) for field in fields(ServiceHours)})


class Coverage(Base):
    """Which operator collects in a community."""

    __tablename__ = "coverage"

    district: Mapped[str] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(ForeignKey("division.code"), primary_key=True)
    operator: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))


class CommunityPlace(Placed, Base):
    """Where a community is, as somebody put it on the map; the trail knows who, and what was there before."""

    __tablename__ = "community_place"
    __table_args__ = (CheckConstraint(WHOLE, name="placed"),)

    district: Mapped[str] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(ForeignKey("division.code"), primary_key=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]


class Scale(InDistrict, Base):
    """A registered scale and what it can claim to have read."""

    __tablename__ = "scale"
    __table_args__ = (
        UniqueConstraint("district", "serial"),
        CheckConstraint("accuracy_class in ('III', 'IIII')", name="accuracy_class"),
        CheckConstraint(
            "0 < interval_grams and interval_grams <= min_grams and min_grams < max_grams", name="range"
        ),
        CheckConstraint("num_nonnulls(retired_at, retired_by, retired_reason) in (0, 3)", name="retired"),
    )

    serial: Mapped[str]
    operator: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    accuracy_class: Mapped[str]
    min_grams: Mapped[int]
    max_grams: Mapped[int]
    interval_grams: Mapped[int]
    checked_at: Mapped[datetime | None]
    out_of_use_since: Mapped[datetime | None]
    """As its checks and certificates have it, kept here so that weighing asks nothing more."""
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[UUID | None]
    retired_reason: Mapped[str | None]

    def mark_retired(self, *, by: UUID, at: datetime, reason: str) -> None:
        """Take it out of service for good, or until it is brought back."""
        self.retired_by, self.retired_at, self.retired_reason = by, at, reason

    def mark_reinstated(self) -> None:
        """Bring it back."""
        self.retired_by = self.retired_at = self.retired_reason = None


class Certificate(InDistrict, Base):
    """A verification of a scale by the metrology authority; it runs out."""

    __tablename__ = "certificate"
    __table_args__ = (
        ForeignKeyConstraint(["district", "scale"], ["scale.district", "scale.id"]),
        Index(
            "uq_certificate_district_issuer_number",
            "district",
            "issuer",
            "number",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index("ix_certificate_district_scale_issued_on", "district", "scale", "issued_on"),
        CheckConstraint("issued_on < expires_on", name="runs_out"),
        CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_reason) in (0, 3)", name="withdrawn"
        ),
    )

    scale: Mapped[UUID]
    number: Mapped[str]
    issuer: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime | None]
    """Nobody put on record what came with the register."""
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_reason: Mapped[str | None]

    def mark_withdrawn(self, *, by: UUID, at: datetime, reason: str) -> None:
        """Let it count no more: it was put on record by mistake."""
        self.withdrawn_by, self.withdrawn_at, self.withdrawn_reason = by, at, reason

    def entry(self) -> CertificateEntry:
        """Return what leaves this room."""
        return CertificateEntry(
            **{field.name: getattr(self, field.name) for field in fields(CertificateEntry)}
        )


class ScaleCheck(InDistrict, Base):
    """What a scale showed under a weight that is known; lines are only ever added."""

    __tablename__ = "scale_check"
    __table_args__ = (
        ForeignKeyConstraint(["district", "scale"], ["scale.district", "scale.id"]),
        Index("ix_scale_check_district_scale_id", "district", "scale", "id"),
        CheckConstraint("nominal_grams > 0 and read_grams >= 0", name="grams"),
        CheckConstraint("permissible_milligrams > 0", name="permissible"),
    )

    scale: Mapped[UUID]
    nominal_grams: Mapped[int]
    read_grams: Mapped[int]
    permissible_milligrams: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[UUID]

    def entry(self) -> CheckEntry:
        """Return what leaves this room."""
        return CheckEntry(**{field.name: getattr(self, field.name) for field in fields(CheckEntry)})
