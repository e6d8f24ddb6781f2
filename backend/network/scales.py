"""How scales are registered, certified, checked with a weight, retired and brought back, by people."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.clock import city_day
from backend.kit.ids import new_id
from backend.network import queries
from backend.network.errors import (
    CertificateEndsBeforeItBegins,
    CertificateNotYetIssued,
    CertificateNumberTaken,
    CertificateTooLong,
    CertificateWithdrawn,
    CheckOutOfRange,
    CheckReadingImpossible,
    OperatorNotFound,
    ScaleNotRetired,
    ScaleRangeImpossible,
    ScaleRetired,
    ScaleSerialTaken,
)
from backend.network.models import Certificate, Scale, ScaleCheck
from backend.network.rules import (
    LONGEST_DAYS,
    CertificateEntry,
    CheckEntry,
    ScalePassport,
    is_possible,
    out_of_use_since,
    permissible_milligrams,
)

AsSeen = Callable[[ScalePassport], None]


def register(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    serial: str,
    operator: UUID | None,
    accuracy_class: str,
    min_grams: int,
    max_grams: int,
    interval_grams: int,
) -> ScalePassport:
    """Enter a scale in the register; it is used once it is certified.

    :param operator: whose it is; whoever works for one may leave it out
    :raises OperatorNotFound: no such operator collects in the district, or it is not the actor's
    :raises ScaleRangeImpossible: no scale of its class has such a range
    :raises ScaleSerialTaken: the district has a scale with this serial number
    """
    owner = _owner(db, operator, by=by)
    limits = {"min_grams": min_grams, "max_grams": max_grams, "interval_grams": interval_grams}
    if not is_possible(accuracy_class, **limits):
        raise ScaleRangeImpossible(
            accuracy_class=accuracy_class, least=min_grams, most=max_grams, interval=interval_grams
        )
    said = {"serial": serial, "operator": owner, "accuracy_class": accuracy_class, **limits}
    row = {"district": by.district, "id": new_id(at), **said}
    made = db.scalar(insert(Scale).values(row).on_conflict_do_nothing().returning(Scale.id))
    if made is None:
        raise ScaleSerialTaken(serial=serial)
    facts = {**said, "operator": str(owner)}
    trail.note(db, "scale.registered", f"scale/{made}", by=by, after=facts, at=at)
    return _shown(db, made, by=by, at=at)


def _owner(db: Session, operator: UUID | None, *, by: Actor) -> UUID:
    wanted = operator or by.organisation
    if wanted is None or by.organisation not in (None, wanted):
        raise OperatorNotFound
    if not queries.operators(db, by.district, operator=wanted):
        raise OperatorNotFound
    return wanted


def certify(
    db: Session,
    scale_id: UUID,
    *,
    by: Actor,
    at: datetime,
    number: str,
    issuer: str,
    issued_on: date,
    expires_on: date,
    note: str | None,
) -> CertificateEntry:
    """Put a verification on record; the scale is certified as its newest one says.

    :raises ScaleNotFound: the actor has no such scale
    :raises ScaleRetired: it is retired
    :raises CertificateNotYetIssued: it was verified in the future
    :raises CertificateEndsBeforeItBegins: the days are the wrong way round
    :raises CertificateTooLong: no verification holds that long
    :raises CertificateNumberTaken: the issuer's number is on record
    """
    _check_days(issued_on, expires_on, today=city_day(at))
    scale = _serving(db, scale_id, by=by)
    said = {"number": number, "issuer": issuer, "issued_on": issued_on, "expires_on": expires_on}
    row = {
        "district": by.district,
        "id": new_id(at),
        "scale": scale.id,
        **said,
        "note": note,
        "recorded_at": at,
        "recorded_by": by.id,
    }
    taken = insert(Certificate).values(row).on_conflict_do_nothing().returning(Certificate)
    made = db.scalar(taken)
    if made is None:
        raise CertificateNumberTaken(number=number)
    _reconsider(db, scale)
    trail.note(db, "scale.certified", f"scale/{scale.id}", by=by, after=_facts(said), at=at)
    return made.entry()


def _check_days(issued_on: date, expires_on: date, *, today: date) -> None:
    if issued_on > today:
        raise CertificateNotYetIssued
    if expires_on <= issued_on:
        raise CertificateEndsBeforeItBegins
    if (expires_on - issued_on).days > LONGEST_DAYS:
        raise CertificateTooLong


def withdraw_certificate(
    db: Session, certificate_id: UUID, *, by: Actor, at: datetime, reason: str
) -> CertificateEntry:
    """Let a certificate count no more that was put on record by mistake; its line stays.

    :raises CertificateNotFound: the actor has no scale with such a certificate
    :raises CertificateWithdrawn: it was withdrawn before
    """
    row, scale = queries.certificate_locked(db, by.district, certificate_id, operator=by.organisation)
    if row.withdrawn_at is not None:
        raise CertificateWithdrawn
    row.mark_withdrawn(by=by.id, at=at, reason=reason)
    db.flush()
    _reconsider(db, scale)
    facts = _facts({"scale": scale.id, "number": row.number, "expires_on": row.expires_on})
    trail.note(
        db, "certificate.withdrawn", f"certificate/{row.id}", by=by, before=facts, reason=reason, at=at
    )
    return row.entry()


def check(
    db: Session, scale_id: UUID, *, by: Actor, at: datetime, nominal_grams: int, read_grams: int
) -> CheckEntry:
    """Put on record what a scale showed under a known weight; one that is too far off is out of use.

    :raises ScaleNotFound: the actor has no such scale
    :raises ScaleRetired: it is retired
    :raises CheckOutOfRange: the scale cannot weigh the weight
    :raises CheckReadingImpossible: the scale cannot show the reading
    """
    scale = _serving(db, scale_id, by=by)
    if not scale.min_grams <= nominal_grams <= scale.max_grams:
        raise CheckOutOfRange(least=scale.min_grams, most=scale.max_grams)
    if read_grams % scale.interval_grams:
        raise CheckReadingImpossible(interval=scale.interval_grams, read=read_grams)
    row = ScaleCheck(
        district=by.district,
        id=new_id(at),
        scale=scale.id,
        nominal_grams=nominal_grams,
        read_grams=read_grams,
        permissible_milligrams=permissible_milligrams(
            scale.accuracy_class, load_grams=nominal_grams, interval_grams=scale.interval_grams
        ),
        at=at,
        by=by.id,
    )
    db.add(row)
    db.flush()
    scale.checked_at = at
    _reconsider(db, scale)
    done = row.entry()
    facts = {"nominal_grams": nominal_grams, "read_grams": read_grams, "passed": done.passed}
    trail.note(db, "scale.checked", f"scale/{scale.id}", by=by, after=facts, at=at)
    return done


def retire(
    db: Session, scale_id: UUID, *, by: Actor, at: datetime, is_as_seen: AsSeen, reason: str
) -> ScalePassport:
    """Take a scale out of service; what was weighed on it stands.

    :raises ScaleNotFound: the actor has no such scale
    :raises ScaleRetired: it is retired already
    """
    scale = _serving(db, scale_id, by=by)
    is_as_seen(_shown(db, scale_id, by=by, at=at))
    scale.mark_retired(by=by.id, at=at, reason=reason)
    db.flush()
    trail.note(db, "scale.retired", f"scale/{scale.id}", by=by, reason=reason, at=at)
    return _shown(db, scale_id, by=by, at=at)


def bring_back(
    db: Session, scale_id: UUID, *, by: Actor, at: datetime, is_as_seen: AsSeen, reason: str
) -> ScalePassport:
    """Bring a retired scale back, as its certificates and checks have it.

    :raises ScaleNotFound: the actor has no such scale
    :raises ScaleNotRetired: it is in service
    """
    scale = queries.scale_locked(db, by.district, scale_id, operator=by.organisation)
    if scale.retired_at is None:
        raise ScaleNotRetired
    before = _shown(db, scale_id, by=by, at=at)
    is_as_seen(before)
    scale.mark_reinstated()
    db.flush()
    facts = _facts({"retired_at": before.retired_at})
    trail.note(db, "scale.brought_back", f"scale/{scale.id}", by=by, before=facts, reason=reason, at=at)
    return _shown(db, scale_id, by=by, at=at)


def _serving(db: Session, scale_id: UUID, *, by: Actor) -> Scale:
    scale = queries.scale_locked(db, by.district, scale_id, operator=by.organisation)
    if scale.retired_at is not None:
        raise ScaleRetired
    return scale


def _reconsider(db: Session, scale: Scale) -> None:
    """Let a scale be out of use, or not, as its newest check and its certificates have it now."""
    newest, certificates = queries.newest_check(db, scale), queries.standing_certificates(db, scale)
    scale.out_of_use_since = out_of_use_since(newest, certificates)
    db.flush()


def _shown(db: Session, scale_id: UUID, *, by: Actor, at: datetime) -> ScalePassport:
    return queries.scale_of(db, by.district, scale_id, operator=by.organisation, on=city_day(at))


def _facts(said: dict[str, Any]) -> trail.Facts:
    return {name: value if isinstance(value, str) else str(value) for name, value in said.items()}
