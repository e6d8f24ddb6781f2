"""The questions that are asked of bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.booking.models import Pickup, PickupStep
from backend.booking.rules import OPEN, State
from backend.catalogue import queries as catalogue
from backend.identity import queries as identity
from backend.kit.clock import CITY
from backend.kit.paging import Page, cut, key_of
from backend.network import queries as network
from backend.subsidy import queries as subsidies

__all__ = ["State"]


@dataclass(frozen=True)
class Booking:
    """A pickup and what is promised with it."""

    pickup: Pickup
    promise: network.ServiceHours
    collector: identity.Collector | None
    price_list: catalogue.PriceList
    steps: Sequence[PickupStep]
    programmes: Sequence[subsidies.Offer]
    """What those who subsidise at these prices pay now."""


@dataclass(frozen=True)
class Stop:
    """A pickup as its collector sees it."""

    pickup: Pickup
    community: network.PlacedCommunity
    address_masked: str

    @property
    def note(self) -> str:
        """Return what the household said of its door, until the visit is over."""
        return self.pickup.note if self.pickup.state in OPEN else ""


def pickup(db: Session, district: str, pickup_id: UUID, *, household: UUID | None = None) -> Pickup | None:
    """Find a pickup, or nothing where it is another household's."""
    query = select(Pickup).where(Pickup.district == district, Pickup.id == pickup_id)
    if household is not None:
        query = query.where(Pickup.household == household)
    return db.scalars(query).one_or_none()


def pickup_locked(db: Session, district: str, pickup_id: UUID) -> Pickup | None:
    """Find a pickup and keep others from moving it."""
    query = select(Pickup).where(Pickup.district == district, Pickup.id == pickup_id).with_for_update()
    return db.scalars(query).one_or_none()


def pickups(db: Session, district: str, *, household: UUID, cursor: str | None, limit: int) -> Page[Pickup]:
    """List a household's pickups, the newest first."""
    query = select(Pickup).where(Pickup.district == district, Pickup.household == household)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(Pickup.id < before[0])
    rows = db.scalars(query.order_by(Pickup.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def is_awaited(db: Session, district: str, household: UUID) -> bool:
    """Tell whether a household waits for a visit, or has one."""
    where = (Pickup.district == district, Pickup.household == household, Pickup.state.in_(OPEN))
    return db.scalar(select(Pickup.id).where(*where)) is not None


def unserved_locked(db: Session, district: str, *, operator: UUID) -> Sequence[Pickup]:
    """List an operator's visits that nobody has begun and none of its collectors has, the next first.

    Nobody else moves them meanwhile.
    """
    crew = [one.id for one in identity.collectors(db, district, operator=operator)]
    query = (
        select(Pickup)
        .where(Pickup.district == district, Pickup.operator == operator)
        .where(Pickup.state.in_((State.REQUESTED, State.ASSIGNED, State.ACCEPTED)))
        .where(Pickup.collector.is_(None) | Pickup.collector.not_in(crew))
    )
    return db.scalars(query.order_by(Pickup.window_start, Pickup.id).with_for_update()).all()


def steps(db: Session, district: str, pickup_id: UUID) -> Sequence[PickupStep]:
    """List how a pickup came to where it stands."""
    query = select(PickupStep).where(PickupStep.district == district, PickupStep.pickup == pickup_id)
    return db.scalars(query.order_by(PickupStep.at, PickupStep.state)).all()


def booker(db: Session, district: str, pickup_id: UUID) -> UUID:
    """Tell who asked for a visit."""
    query = select(PickupStep.actor).where(PickupStep.district == district, PickupStep.pickup == pickup_id)
    return db.scalars(query.where(PickupStep.state == State.REQUESTED)).one()


def day(db: Session, district: str, *, collector: UUID, on: date) -> list[Stop]:
    """List a collector's stops of a day, in the order of their windows."""
    begins = datetime.combine(on, time(), CITY)
    rows = db.scalars(
        select(Pickup)
        .where(Pickup.district == district, Pickup.collector == collector)
        .where(Pickup.window_start >= begins, Pickup.window_start < begins + timedelta(days=1))
        .order_by(Pickup.window_start, Pickup.id)
    ).all()
    addresses = identity.masked_addresses(db, district, [row.household for row in rows if row.state in OPEN])
    places = network.places(db, district, {row.community for row in rows})
    return [Stop(row, places[row.community], addresses.get(row.household, "")) for row in rows]


def least_busy(db: Session, district: str, *, operator: UUID, start: datetime) -> identity.Collector | None:
    """Choose the operator's collector with the fewest open stops around a window."""
    crew = identity.collectors(db, district, operator=operator)
    near = timedelta(hours=12)
    busy = db.execute(
        select(Pickup.collector, func.count())
        .where(Pickup.district == district, Pickup.operator == operator, Pickup.state.in_(OPEN))
        .where(Pickup.window_start.between(start - near, start + near))
        .group_by(Pickup.collector)
    )
    load = dict(busy.all())
    return min(crew, key=lambda one: (load.get(one.id, 0), one.number), default=None)


def offers(db: Session, prices: catalogue.PriceList, *, at: datetime) -> list[subsidies.Offer]:
    """Tell what the programmes of a price list pay now: a household knows before it hands anything over."""
    payers = {rate.programme for rate in prices.rates.values()}
    return [one for one in subsidies.offers(db, prices.district, at=at) if one.programme in payers]


def booking(db: Session, district: str, pickup_id: UUID, *, household: UUID, at: datetime) -> Booking | None:
    """Return a household's pickup with everything that is promised with it."""
    found = pickup(db, district, pickup_id, household=household)
    hours = network.service_area(db, district)
    if found is None or hours is None:
        return None
    crew = identity.collectors(db, district, operator=found.operator)
    prices = catalogue.version(db, district, found.price_list)
    return Booking(
        pickup=found,
        promise=hours,
        collector=next((one for one in crew if one.id == found.collector), None),
        price_list=prices,
        steps=steps(db, district, found.id),
        programmes=offers(db, prices, at=at),
    )
