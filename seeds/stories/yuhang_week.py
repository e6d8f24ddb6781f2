"""A week in Yuhang: two households, three pickups, glass and foam under subsidy, one bag back, one voucher.

Everything happens through the services that the API calls, each step in a transaction of its own, on the days
of a week that is long over. Told again, the story finds itself told and shows its receipt.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.booking import queries as pickups
from backend.booking import service as booking
from backend.identity import queries as identities
from backend.identity import service as identity
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import transaction
from backend.network import queries as network
from backend.rewards import service as rewards
from backend.settings import settings
from backend.weighing import queries as weighings
from backend.weighing import service as weighing
from seeds.load import cast
from seeds.stories.receipt import printed

Say = Callable[[str], None]

DISTRICT = "330110"


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the story: November 2026 on the city's clocks."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY)


@contextmanager
def step() -> Iterator[Session]:
    """Open the transaction of one step."""
    with transaction(districts=[DISTRICT]) as db:
        yield db


@dataclass(frozen=True)
class Bag:
    """A pickup that came to the scale."""

    pickup: UUID
    weighing: UUID
    collector: Actor


def play(*, say: Say) -> None:
    """Tell the week, unless it was told before, and print its first receipt."""
    zhang, wang = cast("zhang_san"), cast("wang_wu")
    if _first_receipt(zhang) is None:
        say("The first story: a week in Yuhang")
        _monday(zhang, say=say)
        _wednesday(wang, say=say)
        _friday(wang, say=say)
        _saturday(zhang, say=say)
    else:
        say("The first story was told before; its receipt:")
    say(_first_receipt(zhang) or "")


def _monday(zhang: dict[str, Any], *, say: Say) -> None:
    """Glass and cardboard, agreed on in the app."""
    glass = {"material": "glass", "gross_grams": 5_400, "tare_grams": 200}
    cardboard = {"material": "cardboard", "gross_grams": 3_000, "tare_grams": 0}
    bag = _weighed(zhang, [glass, cardboard], day=9, hour=9, say=say)
    with step() as db:
        by = resident(db, zhang, at=on(9, 9, 50))
        weighing.confirm(db, bag.weighing, by=by, at=on(9, 9, 50))
        say("  Mon 9 Nov   Zhang San agrees in the app")


def _wednesday(wang: dict[str, Any], *, say: Say) -> None:
    """Foam and bottles, agreed on by the code that was read out."""
    foam = {"material": "foam", "gross_grams": 1_000, "tare_grams": 200}
    bottles = {"material": "pet_bottle", "gross_grams": 2_200, "tare_grams": 200}
    bag = _weighed(wang, [foam, bottles], day=11, hour=14, say=say)
    with step() as db:
        quote = weighings.quote(db, bag.weighing, by=resident(db, wang, at=on(11, 14, 40)))
    with step() as db:
        code = quote.confirmation_code
        weighing.confirm(db, bag.weighing, by=bag.collector, code=code, at=on(11, 14, 45))
        say("  Wed 11 Nov  Wang Wu reads six digits out, and the collector sends them")


def _friday(wang: dict[str, Any], *, say: Say) -> None:
    """A soiled bag goes back; no value moves."""
    soiled = {"material": "mixed_paper", "gross_grams": 4_000, "tare_grams": 0}
    bag = _weighed(wang, [soiled], day=13, hour=10, say=say)
    with step() as db:
        weighing.give_back(
            db, bag.weighing, by=bag.collector, at=on(13, 10, 40), reason="沾有油污 soiled with oil"
        )
        say("  Fri 13 Nov  the collector finds it soiled and gives it back; nothing is credited")


def _saturday(zhang: dict[str, Any], *, say: Say) -> None:
    """Points become a voucher, and the shop takes it once."""
    with step() as db:
        by = resident(db, zhang, at=on(14, 16))
        voucher = rewards.redeem(db, by=by, offer_id=cast("store_voucher")["id"], at=on(14, 16)).code
        say("  Sat 14 Nov  Zhang San redeems 200 points for a voucher")
    with step() as db:
        till = staff(db, cast("sun_ba"), at=on(14, 17))
        rewards.honour(db, code=voucher, by=till, at=on(14, 17))
        say("              and the shop honours it")
    with step() as db:
        green = accounts.household_balances(db, DISTRICT, by.home())
        say(f"              left on the green account: {green.green.available} points")


def _weighed(who: dict[str, Any], lines: list[dict[str, Any]], *, day: int, hour: int, say: Say) -> Bag:
    """Bring a bag from one tap to a delivered quote."""
    with step() as db:
        booked = booking.book(db, by=resident(db, who, at=on(day, hour)), at=on(day, hour))
        pickup, comes = booked.pickup.id, booked.collector
        assert comes is not None, "the demo's operator has collectors"
        when = f"{on(day, hour):%a} {day} Nov"
        say(f"  {when:<11} {who['name_en']} books with one tap; {comes.number} will come")
    collector = _collector(comes.number, at=on(day, hour, 5))
    with step() as db:
        booking.accept(db, pickup, by=collector, at=on(day, hour, 5))
    with step() as db:
        booking.arrive(db, pickup, by=collector, at=on(day, hour, 30))
    with step() as db:
        owner, today = collector.organisation_id(), on(day, hour).date()
        scale = network.scales(db, DISTRICT, operator=owner, on=today).items[0]
        quote = weighing.record(
            db,
            by=collector,
            at=on(day, hour, 32),
            pickup_id=pickup,
            scale_id=scale.id,
            lines=[{"id": None, **line} for line in lines],
        )
        bag = Bag(pickup, quote.weighing.id, collector)
    with step() as db:
        weighing.deliver_quote(db, bag.weighing, by=collector, at=on(day, hour, 35))
    return bag


def _first_receipt(zhang: dict[str, Any]) -> str | None:
    """Print the receipt of the bag that the story begins with, if it was told."""
    with step() as db:
        by = resident(db, zhang, at=on(8, 20))
        booked = pickups.pickups(db, DISTRICT, household=by.home(), cursor=None, limit=100).items
        weighed = weighings.of_pickup(db, DISTRICT, booked[-1].id) if booked else None
        return printed(weighings.receipt(db, weighed, by=by)) if weighed else None


def resident(db: Session, who: dict[str, Any], *, at: datetime) -> Actor:
    """Sign a resident in, with the code that always fits in development."""
    signed = identity.sign_in_resident(
        db, phone=who["phone"], code=_fixed_code(), device="story", language="zh-CN", at=at
    )
    return identities.authenticate(db, signed.access_token, at)


def _fixed_code() -> str:
    fixed = settings().fixed_code
    assert fixed is not None, "the demo signs in with the fixed code"
    return fixed.get_secret_value()


def staff(db: Session, who: dict[str, Any], *, at: datetime) -> Actor:
    """Sign a member of staff in."""
    signed = identity.sign_in_staff(
        db, username=who["username"], password=who["password"], device="story", at=at
    )
    return identities.authenticate(db, signed.access_token, at)


def _collector(number: str, *, at: datetime) -> Actor:
    with step() as db:
        signed = identity.sign_in_collector(
            db, number=number, pin=cast(number)["pin"], phone_code=_fixed_code(), device="story", at=at
        )
        return identities.authenticate(db, signed.access_token, at)
