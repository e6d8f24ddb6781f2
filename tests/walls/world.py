"""Three neighbourhoods with everybody in them, and in each a bag at every stage of its way.

Two of them share a district and nothing else; the third lies in another district.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.accounts import jobs as books
from backend.accounts import service as accounts
from backend.accounts import settling
from backend.accounts.parties import Month
from backend.accounts.postings import credited
from backend.booking import service as booking
from backend.carbon import queries as carbon
from backend.identity import service as identity
from backend.identity.models import TokenFamily, digest
from backend.identity.rules import NEWCOMER, RESIDENT, ROLES
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import see, transaction
from backend.kit.ids import new_id
from backend.network import places, scales
from backend.network import service as network
from backend.notices import service as notices
from backend.outlets import service as outlets
from backend.rewards import service as rewards
from backend.simulation import factoring
from backend.simulation import service as simulation
from backend.staffing import service as staffing
from backend.subsidy import orders
from backend.subsidy import service as subsidy
from backend.subsidy.queries import period_of
from backend.weighing import queries as weighings
from backend.weighing import service as weighing
from tests import makers

HOME, NEIGHBOUR, ABROAD = "home", "neighbour", "abroad"
DISTRICTS = {HOME: makers.YUHANG, NEIGHBOUR: makers.YUHANG, ABROAD: makers.XIHU}
EXPIRED, REVOKED = "expired", "revoked"
REACH = {RESIDENT: "household", "collector": "collector", "till": "merchant", "operator_manager": "operator"}
"""By what somebody owns things. Who is not named here works for a whole district."""
ASSUMED: dict[str, Any] = {"basis_zh": "演示的假设。", "basis_en": "Assumption of the demo."}
OLD = "演示：历史数据补录"
SECRET = (
    "sheet",
    "endpoint",
    "delivery",
    "pickup",
    "weighing",
    "line",
    "entry",
    "redemption",
    "person",
    "phone",
)
"""What nobody may read whom it does not belong to."""


class Stage(StrEnum):
    """How far a household's bag is; `rested` has one credited bag, a voucher, and books nothing."""

    RESTED = "rested"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    OPEN = "open"
    QUOTED = "quoted"


DRAFTS = {Stage.ASSIGNED: "submitted", Stage.ACCEPTED: "approved"}
"""How far the draft of a price list is in a scene; in all others it is drafted, and was simulated."""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, and what they alone were told."""

    actor: Actor
    token: str
    notice: str


@dataclass
class Scene:
    """One household with its bag, and everybody who has to do with it."""

    district: str
    owners: dict[str, str]
    """Who owns what is here: the household, the collector, the merchant."""
    people: dict[str, Person]
    ids: dict[str, str] = field(default_factory=dict)

    def belongs_to(self, who: Actor) -> bool:
        """Tell whether what is here is somebody's to see."""
        if who.district != self.district:
            return False
        owned_by = REACH.get(who.role)
        mine = {
            "household": who.household,
            "collector": who.id,
            "merchant": who.organisation,
            "operator": who.organisation,
        }
        return owned_by is None or str(mine[owned_by]) == self.owners[owned_by]

    @cached_property
    def secrets(self) -> frozenset[str]:
        """What nobody may read whom it does not belong to."""
        return frozenset({self.owners["household"], *(self.ids[kind] for kind in SECRET if kind in self.ids)})


@dataclass(frozen=True)
class World:
    """Everybody and everything."""

    scenes: Mapping[str, Mapping[Stage, Scene]]
    strangers: Mapping[str, Person]
    """Whose session has run out or was ended."""


def build(at: datetime) -> World:
    """Make the world, each neighbourhood in a transaction of its own."""
    scenes = {}
    for nth, (side, district) in enumerate(DISTRICTS.items(), 1):
        with transaction(districts=[district]) as db:
            scenes[side] = _neighbourhood(db, side, nth, at=at)
    for side, district in DISTRICTS.items():
        with transaction(districts=[district]) as db:
            _drafts(db, scenes[side], at=at)
    with transaction(districts=[makers.YUHANG]) as db:
        strangers = {how: _a_stranger(db, how, nth, at=at) for nth, how in enumerate((EXPIRED, REVOKED))}
    books.seal()
    for district in dict.fromkeys(DISTRICTS.values()):
        with transaction(districts=[district]) as db:
            _settle(db, district, scenes, at=at)
    return World(scenes, strangers)


def _drafts(db: Session, scenes: Mapping[Stage, Scene], *, at: datetime) -> None:
    """Draft a price list in each scene, once all that the district has published is there."""
    for stage, scene in scenes.items():
        admin = scene.people["district_admin"].actor
        state = DRAFTS.get(stage, "drafted")
        scene.ids["draft"] = str(makers.a_draft(db, by=admin, district=scene.district, at=at, state=state))
        if stage in DRAFTS or stage is Stage.RESTED:
            scene.ids["factor_draft"] = str(makers.a_factor_draft(db, by=admin, at=at, state=state))
        scene.ids["factor_set"] = str(carbon.factor_set(db, at=at).id)
        if stage is Stage.RESTED:
            _try_out(db, scene, at=at)


def _try_out(db: Session, scene: Scene, *, at: datetime) -> None:
    """Have other factors simulated, a word added and a photo: once, as the trail is to have one page."""
    admin = scene.people["district_admin"].actor
    tried = makers.a_factor_draft(db, by=admin, at=at)
    asked = factoring.simulate(db, by=admin, at=at, draft=tried, since=at - timedelta(days=1), until=at)
    scene.ids["factor_run"] = str(asked.id)
    word = f"叫法{scene.ids['draft'][-12:]}"
    scene.ids["synonym"] = str(makers.a_synonym(db, word=word, by=admin, at=at))
    colour = f"#{scene.ids['draft'][-6:]}"
    scene.ids["photo"] = str(makers.a_photo(db, content=makers.a_picture(colour), by=admin, at=at))


def _settle(db: Session, district: str, scenes: Mapping[str, Mapping[Stage, Scene]], *, at: datetime) -> None:
    """Draw up the last two months; the earlier is signed by two, and is what all but a rested scene has."""
    last = Month.before(at)
    sheets = {}
    for month in (Month.before(last.since), last):
        for sheet in settling.draw_up(db, district=district, month=month, by=Actor.system(district), at=at):
            sheets[str(sheet.party), month] = sheet.id
            if month != last:
                for _ in range(2):
                    by = replace(Actor.system(district), id=new_id(at))
                    settling.sign(db, sheet.id, by=by, at=at, reason=OLD, is_as_seen=lambda _: None)
    for side, code in DISTRICTS.items():
        for stage, scene in scenes[side].items() if code == district else ():
            month = last if stage == Stage.RESTED else Month.before(last.since)
            scene.ids["sheet"] = str(sheets[scene.owners["operator"], month])


def _a_stranger(db: Session, how: str, nth: int, *, at: datetime) -> Person:
    actor = makers.a_resident(db, phone=f"+861610009{nth:04}", at=at)
    over = {EXPIRED: {"access_expires_at": at}, REVOKED: {"revoked_at": at}}[how]
    return _person(db, actor, at=at, **over)


def _person(db: Session, actor: Actor, *, at: datetime, **changed: datetime) -> Person:
    """Give somebody's session a token that we know and that outlives the tests."""
    token = f"token-{actor.session}"
    values = {
        "access_hash": digest(token),
        "access_expires_at": at + timedelta(hours=6),
        "proved_at": at + timedelta(hours=6),
        **changed,
    }
    db.execute(update(TokenFamily).where(TokenFamily.id == actor.session).values(values))
    notice = ""
    if actor.district:
        facts = {"pickup": str(new_id(at))}
        notice = str(notices.tell(db, actor.id, "pickup.missed", facts, district=actor.district, at=at))
    return Person(actor, token, notice)


@dataclass(frozen=True)
class Place:
    """A community with whom it is served by."""

    nth: int
    district: str
    community: str
    operator: UUID
    merchant: UUID
    scale: UUID
    retired: UUID
    certificate: UUID
    offer: UUID
    programme: UUID


def _neighbourhood(db: Session, side: str, nth: int, *, at: datetime) -> dict[Stage, Scene]:
    place = _place(db, DISTRICTS[side], nth, at=at)
    _what_an_operator_owes(db, place, at=at)
    people = _people(db, place, at=at)
    return {
        stage: _scene(db, place, people, stage, phone=f"+861610{nth}{number:02}{number:04}", at=at)
        for number, stage in enumerate(Stage)
    }


def _place(db: Session, district: str, nth: int, *, at: datetime) -> Place:
    operator, scale, retired = new_id(at), new_id(at), new_id(at)
    community = _a_community(db, district, nth)
    network.add_operator(db, id=operator, name_zh="某公司", name_en="A company")
    network.cover(db, district=district, communities=[community], operator=operator)
    where, system = makers.POSITIONS[district], Actor.system(district)
    places.place(db, community, by=system, at=at, position=where, is_as_seen=makers.as_it_is)
    for each in (retired, scale):
        certificate = _a_scale(db, each, district=district, operator=operator, at=at)
        scales.check(db, each, by=Actor.system(district), at=at, nominal_grams=20_000, read_grams=20_000)
    scales.retire(db, retired, by=Actor.system(district), at=at, is_as_seen=makers.as_it_is, reason="报废")
    programme = _what_a_district_needs(db, district, at=at)
    merchant = makers.a_merchant(db)
    until = at + timedelta(days=90)
    offer = makers.an_offer(db, merchant=merchant, district=district, price_points=50, ends_at=until)
    return Place(nth, district, community, operator, merchant, scale, retired, certificate, offer, programme)


def _what_an_operator_owes(db: Session, place: Place, *, at: datetime) -> None:
    """Take a bag in each of the last two months, of which no weighing is known."""
    month = Month.before(at)
    for when in (month.since, Month.before(month.since).since):
        value = makers.a_priced_bag()
        bag = replace(value, operator=place.operator, lines=(value.lines[1],))
        key = f"weighing/{new_id(when)}/confirmed"
        postings = credited(bag)
        accounts.post(
            db, district=place.district, key=key, kind="weighing.confirmed", at=when, postings=postings
        )


def _people(db: Session, place: Place, *, at: datetime) -> dict[str, Person]:
    """Sign everybody in who is not a resident, and a newcomer."""
    newcomer = makers.a_newcomer(db, phone=f"+861610008{place.nth:04}", at=at)
    see(db, place.district)
    working = {role: _at_work(db, role, place, at=at) for role in ROLES if role not in (NEWCOMER, RESIDENT)}
    return {role: _person(db, actor, at=at) for role, actor in {NEWCOMER: newcomer, **working}.items()}


def _at_work(db: Session, role: str, place: Place, *, at: datetime) -> Actor:
    """Sign in who works here in a role; a role that nobody knows how to sign in fails here."""
    if role == "collector":
        number = f"C000{place.nth}"
        return makers.a_collector(db, operator=place.operator, number=number, district=place.district, at=at)
    return makers.a_member_of_staff(
        db,
        role=role,  # type: ignore[arg-type]  # whatever the table of roles names
        username=f"{role}-{place.nth}".replace("_", "-"),
        district=place.district,
        organisation={"till": place.merchant, "operator_manager": place.operator}.get(role),
        at=at,
    )


def _a_community(db: Session, district: str, nth: int) -> str:
    """Add a community of its own to the district's one street."""
    street, code = makers.a_community(db, district)[:9], f"{district}001{nth:03}"
    named = {"name_zh": "某社区", "name_en": None, "population": None, "source": "test"}
    row = {"code": code, "kind": "community", "parent": street, "district": district, **named}
    network.add_divisions(db, [row])
    return code


def _a_scale(db: Session, id: UUID, *, district: str, operator: UUID, at: datetime) -> UUID:
    """Register a certified scale; return its certificate."""
    today, certificate = at.astimezone(CITY).date(), new_id(at)
    network.register_scale(
        db,
        id=id,
        district=district,
        serial=f"S-{id}",
        operator=operator,
        accuracy_class="III",
        min_grams=400,
        max_grams=60_000,
        interval_grams=20,
    )
    network.certify(
        db,
        id=certificate,
        district=district,
        scale=id,
        number=f"C-{id}",
        issuer="某所",
        issued_on=today,
        expires_on=today + timedelta(days=300),
    )
    return certificate


def _what_a_district_needs(db: Session, district: str, *, at: datetime) -> UUID:
    """Open its service, its book, its prices and its subsidy, whoever comes first; return who subsidises."""
    network.open_service(
        db,
        district=district,
        opens=time(8),
        closes=time(17),
        promise_minutes=60,
        serves_holidays=False,
        answer_hours=24,
        points_months=24,
        **ASSUMED,
    )
    accounts.open_book(db, district)
    makers.an_approved_factor_set(db, at=at - timedelta(days=1))
    payer = makers.a_programme(db, district=district, id=new_id(at))
    subsidy.fund(
        db,
        district=district,
        programme=payer,
        period=period_of(at),
        fen=1_000_000,
        by=Actor.system(district),
        at=at,
        **ASSUMED,
    )
    glass = makers.a_rate("glass", subsidy=10, operator=20_000, ceiling_grams=20_000, programme=payer)
    foam = makers.a_rate("foam", subsidy=20, programme=payer, needs_verified_scale=True)
    makers.a_price_list(db, glass, foam, makers.CARDBOARD, district=district, at=at)
    return payer


def _scene(
    db: Session, place: Place, people: Mapping[str, Person], stage: Stage, *, phone: str, at: datetime
) -> Scene:
    home = identity.open_household(db, community=place.community, address=f"示范路{phone}号", at=at)
    resident = makers.a_resident(db, home.id, district=place.district, phone=phone, at=at)
    session = identity.sign_in_resident(db, phone=phone, code=makers.FIXED_CODE, at=at)
    scene = Scene(
        district=place.district,
        owners={
            "household": str(home.id),
            "collector": str(people["collector"].actor.id),
            "merchant": str(place.merchant),
            "operator": str(place.operator),
        },
        people={**people, RESIDENT: _person(db, resident, at=at)},
        ids={
            "offer": str(place.offer),
            "event": str(makers.a_dead_letter(db, place.district, at=at)),
            "scale": str(place.scale),
            "certificate": str(place.certificate),
            "operator": str(place.operator),
            "district": place.district,
            "community": place.community,
            "community_code": place.community,
            "merchant": str(place.merchant),
            "outlet": str(_an_outlet(db, place, by=people["district_admin"].actor, at=at, stage=stage)),
            "person": str(resident.id),
            "colleague": str(people["collector"].actor.id),
            "phone": phone,
            "last4": phone[-4:],
            "refresh": session.refresh_token,
            "version_number": "1",
            "number": f"C000{place.nth}",
            "username": f"auditor-{place.nth}",
        },
    )
    member = scene.people[RESIDENT].actor
    elsewhere = identity.open_household(db, community=place.community, address="示范路0号", at=at)
    scene.ids |= {
        "household": str(home.id),
        "card": str(identity.add_card(db, by=member, at=at).id),
        "invitation": identity.invite(db, by=replace(member, household=elsewhere.id), at=at).code,
    }
    manager, admin = (people[role].actor for role in ("operator_manager", "district_admin"))
    awaited = staffing.invite(db, by=manager, role="collector", name="吴十", at=at)
    second = staffing.invite(db, by=admin, role="approver", name="郑十一", at=at)
    scene.ids |= {
        "staff_invitation": str(awaited.id),
        "collector_code": awaited.code,
        "staff_code": second.code,
        "shared_phone": str(identity.offer_phone(db, by=manager, at=at).id),
    }
    scene.ids |= {
        "programme": str(place.programme),
        "period": period_of(at),
        "order": str(_an_order(db, place.programme, by=admin, at=at)),
    }
    endpoint = makers.an_endpoint(db, by=manager, at=at).endpoint.id
    delivery = makers.a_failed_delivery(db, endpoint, by=manager, at=at)
    scene.ids |= {"endpoint": str(endpoint), "delivery": str(delivery)}
    scene.ids["simulation"] = _simulate(db, by=admin, at=at)
    _bring(db, scene, Stage.QUOTED, at=at)
    _credit(db, scene, at=at)
    if stage != Stage.RESTED:
        _bring(db, scene, stage, at=at)
    if stage == Stage.ASSIGNED:
        scene.ids["scale"] = str(place.retired)
    return scene


def _an_outlet(db: Session, place: Place, *, by: Actor, at: datetime, stage: Stage) -> UUID:
    """Enter an outlet of the merchant's; that of an assigned bag's scene is closed, to be opened again."""
    outlet = new_id(at)
    named = {"name_zh": "示范网点", "name_en": "A place", "address": "示范路 1 号"}
    outlets.enter(db, id=outlet, district=place.district, merchant=place.merchant, **named)
    if stage is Stage.ASSIGNED:
        outlets.close(db, outlet, by=by, at=at, reason="搬迁", is_as_seen=makers.as_it_is)
    return outlet


def _an_order(db: Session, programme: UUID, *, by: Actor, at: datetime) -> UUID:
    """Draft a payment into a budget."""
    return orders.draft(
        db,
        by=by,
        at=at,
        kind="fund",
        programme=programme,
        period=period_of(at),
        fen=100,
        source="bank",
        to_period=None,
        **ASSUMED,
    ).id


def _simulate(db: Session, *, by: Actor, at: datetime) -> str:
    """Have a simulation done: of nothing, over the day before."""
    asked = simulation.ask(db, by=by, at=at, since=at - timedelta(days=1), until=at)
    piece = simulation.replay(db, asked.id, district=by.district)
    assert piece is not None
    simulation.keep(db, asked.id, piece, district=by.district, at=at)
    return str(asked.id)


def _bring(db: Session, scene: Scene, stage: Stage, *, at: datetime) -> None:
    """Bring a bag as far as a stage."""
    resident, collector = (scene.people[role].actor for role in (RESIDENT, "collector"))
    way = list(Stage)[1:]
    booked = booking.book(db, by=resident, at=at).pickup
    pickup, day = booked.id, booked.window_start.astimezone(CITY).date()
    scene.ids |= {"pickup": str(pickup), "day": day.isoformat()}
    booking.reveal(db, pickup, by=collector, at=at)
    for step in way[1 : way.index(stage) + 1]:
        match step:
            case Stage.ACCEPTED:
                booking.accept(db, pickup, by=collector, at=at)
            case Stage.ARRIVED:
                booking.arrive(db, pickup, by=collector, at=at)
            case Stage.OPEN:
                _weigh(db, scene, pickup, by=collector, at=at)
            case Stage.QUOTED:
                weighing.deliver_quote(db, UUID(scene.ids["weighing"]), by=collector, at=at)


def _weigh(db: Session, scene: Scene, pickup: UUID, *, by: Actor, at: datetime) -> None:
    glass = {"id": None, "material": "glass", "gross_grams": 5_400, "tare_grams": 200}
    cardboard = {"id": None, "material": "cardboard", "gross_grams": 3_000, "tare_grams": 0}
    foam = {"id": None, "material": "foam", "gross_grams": 1_000, "tare_grams": 0}
    scale, lines = UUID(scene.ids["scale"]), [glass, cardboard, foam]
    quote = weighing.record(db, by=by, at=at, pickup_id=pickup, scale_id=scale, lines=lines)
    scene.ids |= {
        "weighing": str(quote.weighing.id),
        "line": str(quote.lines[0].id),
        "code": quote.weighing.code(),
    }


def _credit(db: Session, scene: Scene, *, at: datetime) -> None:
    """Confirm the bag, and take a voucher for its points."""
    resident = scene.people[RESIDENT].actor
    confirmed = weighing.confirm(db, UUID(scene.ids["weighing"]), by=resident, at=at).weighing
    taken = rewards.redeem(db, by=resident, at=at, offer_id=UUID(scene.ids["offer"]))
    scene.ids |= {
        "evidence": str(weighings.lines(db, confirmed)[-1].id),
        "entry": str(confirmed.entry),
        "redemption": str(taken.redemption.id),
        "voucher": taken.code,
    }
