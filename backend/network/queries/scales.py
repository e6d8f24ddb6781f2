"""The register of scales, with their certificates and checks."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.kit.paging import Page, cut, key_of
from backend.network.errors import CertificateNotFound, ScaleNotFound
from backend.network.models import Certificate, Scale, ScaleCheck
from backend.network.rules import CertificateEntry, CheckEntry, ScalePassport, Standing, standing

__all__ = [
    "certificate_locked",
    "certificates",
    "checks",
    "newest_check",
    "scale",
    "scale_locked",
    "scale_of",
    "scales",
    "standing_certificates",
]


def scale(db: Session, district: str, scale_id: UUID, *, on: date) -> ScalePassport | None:
    """Find a scale with its newest certificate, as it stands on a day."""
    row = db.execute(_passports(district).where(Scale.id == scale_id)).one_or_none()
    return None if row is None else _passport(*row, on=on)


def scale_of(db: Session, district: str, scale_id: UUID, *, operator: UUID | None, on: date) -> ScalePassport:
    """Return a scale of an operator, or of any.

    :raises ScaleNotFound: the district has none, or it is another operator's
    """
    found = scale(db, district, scale_id, on=on)
    if found is None or operator not in (None, found.operator):
        raise ScaleNotFound
    return found


def scale_locked(db: Session, district: str, scale_id: UUID, *, operator: UUID | None) -> Scale:
    """Return a scale of an operator, or of any, that nobody else changes; who weighs on it does not wait.

    :raises ScaleNotFound: the district has none, or it is another operator's
    """
    where = (Scale.district == district, Scale.id == scale_id, _is_of(Scale.operator, operator))
    row = db.scalars(select(Scale).where(*where).with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise ScaleNotFound
    return row


def scales(
    db: Session,
    district: str,
    *,
    operator: UUID | None,
    on: date,
    standing: Standing | None = None,
    expires_within_days: int | None = None,
    serial: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[ScalePassport]:
    """List an operator's scales, or all, by serial number.

    :param on: the day on which they are looked at
    :param expires_within_days: those that may be used and whose certificate ends by then
    """
    query = _passports(district).where(_is_of(Scale.operator, operator))
    if standing is not None:
        query = query.where(_stands(standing, on))
    if expires_within_days is not None:
        by = on + timedelta(days=expires_within_days)
        query = query.where(_stands(Standing.IN_USE, on), Certificate.expires_on <= by)
    if serial:
        query = query.where(Scale.serial.icontains(serial, autoescape=True))
    if (after := key_of(cursor, str)) is not None:
        query = query.where(Scale.serial > after[0])
    rows = db.execute(query.order_by(Scale.serial).limit(limit + 1)).all()
    return cut([_passport(*row, on=on) for row in rows], limit, lambda found: (found.serial,))


def certificates(
    db: Session, district: str, scale_id: UUID, *, cursor: str | None, limit: int
) -> Page[CertificateEntry]:
    """List what was put on record of a scale's verifications, the newest first."""
    query = select(Certificate).where(Certificate.district == district, Certificate.scale == scale_id)
    if (after := key_of(cursor, date.fromisoformat, UUID)) is not None:
        query = query.where(tuple_(Certificate.issued_on, Certificate.id) < after)
    newest_first = query.order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    rows = db.scalars(newest_first.limit(limit + 1)).all()
    return cut([row.entry() for row in rows], limit, lambda found: (found.issued_on, found.id))


def certificate_locked(
    db: Session, district: str, certificate_id: UUID, *, operator: UUID | None
) -> tuple[Certificate, Scale]:
    """Return a certificate with its scale, which nobody else changes.

    :raises CertificateNotFound: there is none, or the scale is another operator's
    """
    row = db.get(Certificate, (district, certificate_id))
    if row is None:
        raise CertificateNotFound
    try:
        scale = scale_locked(db, district, row.scale, operator=operator)
    except ScaleNotFound:
        raise CertificateNotFound from None
    db.refresh(row)  # somebody may have withdrawn it while we waited for the scale
    return row, scale


def standing_certificates(db: Session, scale: Scale) -> list[CertificateEntry]:
    """Return the certificates of a scale that were not withdrawn."""
    where = (Certificate.district == scale.district, Certificate.scale == scale.id)
    rows = db.scalars(select(Certificate).where(*where, Certificate.withdrawn_at.is_(None)))
    return [row.entry() for row in rows]


def checks(db: Session, district: str, scale_id: UUID, *, cursor: str | None, limit: int) -> Page[CheckEntry]:
    """List the checks of a scale, the newest first."""
    query = select(ScaleCheck).where(ScaleCheck.district == district, ScaleCheck.scale == scale_id)
    if (after := key_of(cursor, UUID)) is not None:
        query = query.where(ScaleCheck.id < after[0])
    rows = db.scalars(query.order_by(ScaleCheck.id.desc()).limit(limit + 1)).all()
    return cut([row.entry() for row in rows], limit, lambda found: (found.id,))


def newest_check(db: Session, scale: Scale) -> CheckEntry | None:
    """Return a scale's newest check."""
    where = (ScaleCheck.district == scale.district, ScaleCheck.scale == scale.id)
    row = db.scalar(select(ScaleCheck).where(*where).order_by(ScaleCheck.id.desc()).limit(1))
    return None if row is None else row.entry()


def _is_of(column: InstrumentedAttribute[UUID], operator: UUID | None) -> ColumnElement[bool]:
    return true() if operator is None else column == operator


def _stands(wanted: Standing, on: date) -> ColumnElement[bool]:
    """Say in SQL what `rules.standing` says."""
    serves = Scale.retired_at.is_(None)
    works = and_(serves, Scale.out_of_use_since.is_(None))
    conditions: dict[Standing, ColumnElement[bool]] = {
        Standing.RETIRED: Scale.retired_at.is_not(None),
        Standing.OUT_OF_USE: and_(serves, Scale.out_of_use_since.is_not(None)),
        Standing.UNCERTIFIED: and_(works, Certificate.id.is_(None)),
        Standing.EXPIRED: and_(works, Certificate.expires_on < on),
        Standing.IN_USE: and_(works, Certificate.expires_on >= on),
    }
    return conditions[wanted]


def _passports(district: str) -> Select[Scale, Certificate | None]:
    newest = (
        select(Certificate.id)
        .where(
            Certificate.district == Scale.district,
            Certificate.scale == Scale.id,
            Certificate.withdrawn_at.is_(None),
        )
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
        .limit(1)
        .correlate(Scale)
        .scalar_subquery()
    )
    held = (Certificate.district == Scale.district) & (Certificate.id == newest)
    return select(Scale, Certificate).outerjoin(Certificate, held).where(Scale.district == district)


_OF_THE_ROW = (
    *("id", "serial", "operator", "accuracy_class", "min_grams", "max_grams", "interval_grams"),
    *("checked_at", "out_of_use_since", "retired_at", "retired_reason"),
)


def _passport(scale: Scale, certificate: Certificate | None, *, on: date) -> ScalePassport:
    until = certificate.expires_on if certificate else None
    return ScalePassport(
        **{name: getattr(scale, name) for name in _OF_THE_ROW},
        certificate=certificate.number if certificate else None,
        certified_until=until,
        standing=standing(
            certified_until=until,
            out_of_use_since=scale.out_of_use_since,
            retired_at=scale.retired_at,
            on=on,
        ),
    )
