"""The questions that are asked of the network."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.kit.paging import Page, cut, key_of
from backend.network.models import Certificate, Coverage, Division, Operator, Scale, ServiceArea
from backend.network.rules import ScalePassport, ServiceHours

__all__ = ["ScalePassport", "ServiceHours"]


def districts(db: Session) -> Sequence[Division]:
    """List the districts of the city."""
    return db.scalars(select(Division).where(Division.kind == "district").order_by(Division.code)).all()


def district(db: Session, code: str) -> Division | None:
    """Find a district."""
    return _division(db, code, "district")


def community(db: Session, code: str) -> Division | None:
    """Find a community."""
    return _division(db, code, "community")


def _division(db: Session, code: str, kind: str) -> Division | None:
    return db.scalars(select(Division).where(Division.code == code, Division.kind == kind)).one_or_none()


def communities(db: Session, code: str, *, name: str, cursor: str | None, limit: int) -> Page[Division]:
    """List the communities of a district whose name contains something, by code."""
    query = select(Division).where(Division.district == code, Division.kind == "community")
    if name:
        query = query.where(Division.name_zh.contains(name, autoescape=True))
    if (after := key_of(cursor, str)) is not None:
        query = query.where(Division.code > after[0])
    rows = db.scalars(query.order_by(Division.code).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.code,))


def service_area(db: Session, district: str) -> ServiceHours | None:
    """Return what a district promises, if it is served."""
    row = db.get(ServiceArea, district)
    return None if row is None else row.hours()


def service_area_locked(db: Session, district: str) -> ServiceArea | None:
    """Find what a district promises, and keep others from changing it."""
    return db.get(ServiceArea, district, with_for_update=True)


def operator_for(db: Session, district: str, community: str) -> UUID | None:
    """Tell who collects in a community."""
    return db.scalar(
        select(Coverage.operator).where(Coverage.district == district, Coverage.community == community)
    )


def operator(db: Session, operator_id: UUID) -> Operator | None:
    """Find an operator."""
    return db.get(Operator, operator_id)


def operator_names(db: Session, operators: Collection[UUID]) -> dict[UUID, str]:
    """Name some operators."""
    if not operators:
        return {}
    rows = db.execute(select(Operator.id, Operator.name_zh).where(Operator.id.in_(operators)))
    return {row.id: row.name_zh for row in rows}


def scale(db: Session, district: str, scale_id: UUID) -> ScalePassport | None:
    """Find a scale with its newest certificate."""
    row = db.execute(_passports(district).where(Scale.id == scale_id)).one_or_none()
    return None if row is None else _passport(*row)


def scales(db: Session, district: str, *, operator: UUID) -> list[ScalePassport]:
    """List an operator's scales."""
    rows = db.execute(_passports(district).where(Scale.operator == operator).order_by(Scale.serial))
    return [_passport(*row) for row in rows]


def _passports(district: str) -> Select[Scale, Certificate | None]:
    newest = (
        select(Certificate.id)
        .where(Certificate.district == Scale.district, Certificate.scale == Scale.id)
        .order_by(Certificate.expires_on.desc())
        .limit(1)
        .correlate(Scale)
        .scalar_subquery()
    )
    held = (Certificate.district == Scale.district) & (Certificate.id == newest)
    return select(Scale, Certificate).outerjoin(Certificate, held).where(Scale.district == district)


def _passport(scale: Scale, certificate: Certificate | None) -> ScalePassport:
    return ScalePassport(
        id=scale.id,
        serial=scale.serial,
        operator=scale.operator,
        accuracy_class=scale.accuracy_class,
        min_grams=scale.min_grams,
        max_grams=scale.max_grams,
        interval_grams=scale.interval_grams,
        certificate=certificate.number if certificate else None,
        certified_until=certificate.expires_on if certificate else None,
    )
