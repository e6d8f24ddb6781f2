"""A collector on his round, as bare services know it: households whom he visits, and bags on his scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.booking import service as booking
from backend.catalogue.queries import Rate
from backend.identity import service as identity
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.ids import new_id
from backend.network import service as network
from backend.weighing import service as weighing
from backend.weighing.queries import Quote
from tests import makers
from tests.makers import BASIS, NOON, PROGRAMME, YUHANG

FINANCE = Actor(id=new_id(), role="approver", scopes=frozenset(), district=YUHANG)
ADMIN = Actor(id=new_id(), role="district_admin", scopes=frozenset(), district=YUHANG)


@dataclass(frozen=True)
class Round:
    """Who weighs, on what, and where."""

    collector: Actor
    scale: UUID
    community: str


def a_round(db: Session, *rates: Rate, fen: int = 0, at: datetime = NOON, **cap: Any) -> Round:
    """Serve Yuhang with one collector and one scale, at these rates, with so much money to subsidise."""
    operator, scale, today = new_id(at), new_id(at), at.astimezone(CITY).date()
    community = makers.a_community(db)
    network.open_service(
        db,
        district=YUHANG,
        opens=time(8),
        closes=time(17),
        promise_minutes=60,
        serves_holidays=False,
        answer_hours=24,
        points_months=24,
        **BASIS,
    )
    network.add_operator(db, id=operator, name_zh="某公司", name_en="A company")
    network.cover(db, district=YUHANG, communities=[community], operator=operator)
    network.register_scale(
        db,
        id=scale,
        district=YUHANG,
        serial="S-1",
        operator=operator,
        accuracy_class="III",
        min_grams=400,
        max_grams=60_000,
        interval_grams=20,
    )
    network.certify(
        db,
        id=new_id(at),
        district=YUHANG,
        scale=scale,
        number="C-1",
        issuer="某所",
        issued_on=today,
        expires_on=today + timedelta(days=300),
    )
    accounts.open_book(db, YUHANG)
    makers.an_approved_factor_set(db, at=at - timedelta(days=1))
    makers.a_programme(db, fen=fen, **cap)
    makers.a_price_list(db, *rates, at=at)
    return Round(makers.a_collector(db, operator=operator, at=at), scale, community)


def a_neighbour(db: Session, tour: Round, *, at: datetime = NOON) -> Actor:
    """Speak for a household of the round; nobody has to sign in for that."""
    home = identity.open_household(db, community=tour.community, address=f"示范路{new_id(at)}号", at=at)
    return Actor(id=new_id(at), role="resident", scopes=frozenset(), district=YUHANG, household=home.id)


def a_visit(db: Session, tour: Round, resident: Actor, *, at: datetime = NOON) -> UUID:
    """Bring the collector to a household's door; return the pickup."""
    pickup = booking.book(db, by=resident, at=at).pickup.id
    booking.accept(db, pickup, by=tour.collector, at=at)
    booking.arrive(db, pickup, by=tour.collector, at=at)
    return pickup


def glass(net_grams: int = 5_200, *, weight_from: str = "typed", material: str = "glass") -> dict[str, Any]:
    """Put something on the scale."""
    return {
        "id": None,
        "material": material,
        "gross_grams": net_grams,
        "tare_grams": 0,
        "weight_from": weight_from,
    }


def a_quote(db: Session, tour: Round, pickup: UUID, *lines: dict[str, Any], at: datetime = NOON) -> Quote:
    """Weigh a bag and deliver its quote."""
    shown: Sequence[dict[str, Any]] = lines or (glass(),)
    quote = weighing.record(db, by=tour.collector, at=at, pickup_id=pickup, scale_id=tour.scale, lines=shown)
    return weighing.deliver_quote(db, quote.weighing.id, by=tour.collector, at=at)


__all__ = ["ADMIN", "FINANCE", "PROGRAMME", "Round", "a_neighbour", "a_quote", "a_round", "a_visit", "glass"]
