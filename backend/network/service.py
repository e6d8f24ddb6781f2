"""How the network comes to be. Each verb may be said again: what is known stays as it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.positions import Position
from backend.network import queries
from backend.network.bounds import lies_in
from backend.network.errors import (
    AreaNotServed,
    ClosesBeforeOpening,
    PositionOutsideDistrict,
    PromiseTooLong,
)
from backend.network.models import Certificate, Coverage, Division, Operator, Scale, ServiceArea
from backend.network.rules import ServiceHours, minutes_between

_AT_ONCE = 1000


def add_divisions(db: Session, divisions: Iterable[Mapping[str, Any]]) -> None:
    """Enter divisions, parents before children.

    :param divisions: code, kind, parent, district, name_zh, name_en, population, source
    """
    rows = [dict(division) for division in divisions]
    for start in range(0, len(rows), _AT_ONCE):
        db.execute(insert(Division).on_conflict_do_nothing(), rows[start : start + _AT_ONCE])


def add_operator(db: Session, *, id: UUID, name_zh: str, name_en: str) -> None:
    """Enter a company that collects."""
    db.execute(insert(Operator).values(id=id, name_zh=name_zh, name_en=name_en).on_conflict_do_nothing())


def open_service(
    db: Session,
    *,
    district: str,
    opens: time,
    closes: time,
    promise_minutes: int,
    serves_holidays: bool,
    answer_hours: int,
    points_months: int | None,
    basis_zh: str,
    basis_en: str,
) -> None:
    """Begin to serve a district."""
    promise = {
        "district": district,
        "opens": opens,
        "closes": closes,
        "promise_minutes": promise_minutes,
        "serves_holidays": serves_holidays,
        "answer_hours": answer_hours,
        "points_months": points_months,
        "basis_zh": basis_zh,
        "basis_en": basis_en,
    }
    db.execute(insert(ServiceArea).values(promise).on_conflict_do_nothing())


def change_service(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: Callable[[ServiceHours], None],
    opens: time,
    closes: time,
    promise_minutes: int,
    serves_holidays: bool,
    answer_hours: int,
    points_months: int | None,
    basis_zh: str,
    basis_en: str,
) -> ServiceHours:
    """Promise something else from now on; what was promised before stands.

    :param is_as_seen: refuses a state that the actor has not seen
    :raises AreaNotServed: the district has no service
    :raises ClosesBeforeOpening: the hours make no sense
    :raises PromiseTooLong: no window of a day holds what is promised
    """
    if closes <= opens:
        raise ClosesBeforeOpening
    served = minutes_between(opens, closes)
    if promise_minutes > served:
        raise PromiseTooLong(most=served)
    area = queries.service_area_locked(db, by.district)
    if area is None:
        raise AreaNotServed
    before = area.hours()
    is_as_seen(before)
    area.opens, area.closes = opens, closes
    area.promise_minutes, area.answer_hours = promise_minutes, answer_hours
    area.serves_holidays, area.points_months = serves_holidays, points_months
    area.basis_zh, area.basis_en = basis_zh, basis_en
    trail.note(
        db,
        "service_area.changed",
        f"district/{by.district}",
        by=by,
        before=_facts(before),
        after=_facts(area.hours()),
        at=at,
    )
    return area.hours()


def _facts(hours: ServiceHours) -> trail.Facts:
    return {
        name: value.isoformat() if isinstance(value, time) else value for name, value in asdict(hours).items()
    }


def check_position(district: str, position: Position | None) -> None:
    """Refuse a position that cannot be in a district.

    :raises PositionOutsideDistrict: it is not, by more than a step
    """
    if position is not None and not lies_in(district, position):
        raise PositionOutsideDistrict


def cover(db: Session, *, district: str, communities: Iterable[str], operator: UUID) -> None:
    """Give communities to an operator."""
    rows = [{"district": district, "community": code, "operator": operator} for code in communities]
    db.execute(insert(Coverage).on_conflict_do_nothing(), rows)


def register_scale(
    db: Session,
    *,
    id: UUID,
    district: str,
    serial: str,
    operator: UUID,
    accuracy_class: str,
    min_grams: int,
    max_grams: int,
    interval_grams: int,
) -> None:
    """Enter a scale in the register."""
    scale = {
        "id": id,
        "district": district,
        "serial": serial,
        "operator": operator,
        "accuracy_class": accuracy_class,
        "min_grams": min_grams,
        "max_grams": max_grams,
        "interval_grams": interval_grams,
    }
    db.execute(insert(Scale).values(scale).on_conflict_do_nothing())


def certify(
    db: Session,
    *,
    id: UUID,
    district: str,
    scale: UUID,
    number: str,
    issuer: str,
    issued_on: date,
    expires_on: date,
) -> None:
    """Record that a scale was verified."""
    certificate = {
        "id": id,
        "district": district,
        "scale": scale,
        "number": number,
        "issuer": issuer,
        "issued_on": issued_on,
        "expires_on": expires_on,
    }
    db.execute(insert(Certificate).values(certificate).on_conflict_do_nothing())
