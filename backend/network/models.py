"""The tables of the network."""

from dataclasses import fields
from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity, InDistrict
from backend.network.rules import ServiceHours


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


class Scale(InDistrict, Base):
    """A registered scale and what it can claim to have read."""

    __tablename__ = "scale"
    __table_args__ = (
        UniqueConstraint("district", "serial"),
        CheckConstraint("accuracy_class in ('III', 'IIII')", name="accuracy_class"),
        CheckConstraint(
            "0 < interval_grams and interval_grams <= min_grams and min_grams < max_grams", name="range"
        ),
    )

    serial: Mapped[str]
    operator: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    accuracy_class: Mapped[str]
    min_grams: Mapped[int]
    max_grams: Mapped[int]
    interval_grams: Mapped[int]


class Certificate(InDistrict, Base):
    """A verification of a scale by the metrology authority; it runs out."""

    __tablename__ = "certificate"
    __table_args__ = (
        ForeignKeyConstraint(["district", "scale"], ["scale.district", "scale.id"]),
        UniqueConstraint("district", "scale", "number"),
        CheckConstraint("issued_on < expires_on", name="runs_out"),
    )

    scale: Mapped[UUID]
    number: Mapped[str]
    issuer: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date]
