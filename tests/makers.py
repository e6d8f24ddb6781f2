"""One function per noun: what a test needs to begin with, made by the services themselves.

Each maker fills in what a test does not care about. A new noun is a new function, beside those of its room.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from hypothesis import strategies as some
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.postings import Priced, PricedLine, credited
from backend.carbon import service as carbon
from backend.carbon.queries import Factor, FactorSet, Naming
from backend.catalogue import service as catalogue
from backend.catalogue.queries import Basis, Material, Rate
from backend.identity import queries as identities
from backend.identity import service as identity
from backend.identity import totp
from backend.identity.queries import StaffRole
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent, later
from backend.kit.positions import Position
from backend.network import service as network
from backend.rewards import service as rewards
from backend.subsidy import service as subsidy
from backend.webhooks import service as webhooks
from backend.webhooks.rules import EVENTS, Opened

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=CITY)
YUHANG = "330110"
XIHU = "330106"
POSITIONS = {YUHANG: Position(30_300_000, 119_950_000), XIHU: Position(30_200_000, 120_100_000)}
"""A point of each, the tests' own: nobody says that anything stands there."""

# ── network ──


def a_community(db: Session, district: str = YUHANG) -> str:
    """Enter a district with one street and one community; return the community's code."""
    street, community = f"{district}001", f"{district}001001"
    common = {"district": district, "name_en": None, "population": None, "source": "test"}
    network.add_divisions(
        db,
        [
            {**common, "code": district, "kind": "district", "parent": None, "name_zh": "某区"},
            {**common, "code": street, "kind": "street", "parent": district, "name_zh": "某街道"},
            {**common, "code": community, "kind": "community", "parent": street, "name_zh": "某社区"},
        ],
    )
    return community


def a_service_area(db: Session, district: str = YUHANG, *, points_months: int | None = None) -> None:
    """Serve a district from eight to five."""
    network.open_service(
        db,
        district=district,
        opens=time(8),
        closes=time(17),
        promise_minutes=60,
        serves_holidays=False,
        answer_hours=24,
        points_months=points_months,
        basis_zh="假设。",
        basis_en="Assumption.",
    )


# ── what may happen later ──


def a_dead_letter(db: Session, district: str = YUHANG, *, at: datetime = NOON) -> UUID:
    """Give up an event of a district."""
    event = later(db, "test.nothing", {}, district=district, at=at, due_at=at + timedelta(days=1))
    db.execute(update(OutboxEvent).where(OutboxEvent.id == event).values(dead_at=at, attempts=12))
    return event


# ── webhooks ──


def an_endpoint(
    db: Session,
    *,
    by: Actor,
    url: str = "https://recycler.example/hooks",
    event_types: Sequence[str] = tuple(EVENTS),
    at: datetime = NOON,
) -> Opened:
    """Register an endpoint of a manager's operator; it hears of everything."""
    return webhooks.register(db, by=by, at=at, url=url, event_types=event_types, description="")


def a_failed_delivery(db: Session, endpoint: UUID, *, by: Actor, at: datetime = NOON) -> UUID:
    """Give up a delivery to an endpoint."""
    delivery = webhooks.ping(db, endpoint, by=by, at=at)
    tried = {"at": at.isoformat(), "response_status": 503, "duration_ms": 12, "reason": "refused"}
    delivery.state, delivery.tries, delivery.history = "failed", 1, [tried]
    db.execute(update(OutboxEvent).where(OutboxEvent.id == delivery.event).values(dead_at=at))
    return delivery.id


# ── identity ──


def a_household(db: Session, district: str = YUHANG) -> UUID:
    """Open a household that nobody belongs to yet."""
    community = a_community(db, district)
    return identity.open_household(db, community=community, address="示范路1号（虚构）", at=NOON).id


ALICE, BOB, CHARLIE = "+8616100000001", "+8616100000002", "+8616100000003"
FIXED_CODE = "246810"
BOUND = {"phone_code": FIXED_CODE}
"""What binds any phone where the fixed code is taken."""
PIN, PASSWORD = "135791", "correct horse battery"


def a_newcomer(db: Session, *, phone: str = ALICE, at: datetime = NOON) -> Actor:
    """Sign in who may have been here before; without a household they are a newcomer."""
    session = identity.sign_in_resident(db, phone=phone, code=FIXED_CODE, at=at)
    return identities.authenticate(db, session.access_token, at)


def a_resident(
    db: Session,
    household: UUID | None = None,
    *,
    district: str = YUHANG,
    phone: str = ALICE,
    name: str = "爱丽丝",
    at: datetime = NOON,
) -> Actor:
    """Sign a member of a household in; without one, of a new one."""
    home = identities.home(db, district, household or a_household(db, district))
    identity.enter_resident(db, home, phone=phone, name=name, at=at)
    return a_newcomer(db, phone=phone, at=at)


def a_collector(
    db: Session,
    *,
    operator: UUID | None = None,
    number: str = "C0001",
    district: str = YUHANG,
    at: datetime = NOON,
) -> Actor:
    """Register a collector of an operator and sign them in."""
    employer = operator or new_id(at)
    identity.register_collector(
        db, number=number, pin=PIN, name="赵六", district=district, operator=employer, at=at
    )
    session = identity.sign_in_collector(db, **BOUND, number=number, pin=PIN, at=at)
    return identities.authenticate(db, session.access_token, at)


def a_member_of_staff(
    db: Session,
    *,
    role: StaffRole = "district_admin",
    username: str = "Zhou.Jiu",
    district: str = YUHANG,
    organisation: UUID | None = None,
    at: datetime = NOON,
) -> Actor:
    """Register a till, an administrator, an approver or an auditor and sign them in."""
    token = a_token_of_staff(
        db, role=role, username=username, district=district, organisation=organisation, at=at
    )
    return identities.authenticate(db, token, at)


def a_token_of_staff(
    db: Session,
    *,
    role: StaffRole = "district_admin",
    username: str = "Zhou.Jiu",
    district: str = YUHANG,
    organisation: UUID | None = None,
    at: datetime = NOON,
) -> str:
    """Register a member of staff and sign them in, with a second factor where the role needs one."""
    identity.register_staff(
        db,
        username=username,
        password=PASSWORD,
        name="周九",
        role=role,
        district=district,
        organisation=organisation,
        at=at,
    )
    session = identity.sign_in_staff(db, username=username, password=PASSWORD, at=at)
    if session.next_step is None:
        return session.access_token
    who = identities.authenticate(db, session.access_token, at)
    given = identity.enrol_second_factor(db, by=who, password=PASSWORD, at=at)
    done = identity.confirm_second_factor(db, by=who, code=totp.code_at(given.secret, at), at=at)
    return done.session.access_token


# ── catalogue ──

ASSUMED = Basis("assumption", None, "演示的假设。", "Assumption of the demo.")


def a_material(db: Session, key: str = "glass", *, accepted: bool = True, name_zh: str = "玻璃") -> str:
    """Enter a material; return its key."""
    material = Material(
        key=key,
        name_zh=name_zh,
        name_en=key.replace("_", " ").capitalize(),
        category="other",
        accepted=accepted,
        refusal_zh=None if accepted else "不在回收范围内。",
        refusal_en=None if accepted else "It is not taken.",
        goes_to=None if accepted else "other",
        hint_zh="倒空、冲净。",
        hint_en="Empty and rinse.",
        low_value=None,
        basis=ASSUMED,
    )
    catalogue.add_material(db, material)
    return key


def a_synonym(
    db: Session,
    material: str = "glass",
    *,
    word: str,
    language: str = "zh",
    by: Actor | None = None,
    at: datetime = NOON,
) -> UUID:
    """Let a material be found by a word; return the word's id."""
    a_material(db, material)
    return catalogue.add_synonym(
        db, by=by or an_actor(DRAFTER), at=at, material=material, word=word, language=language
    ).id


def a_picture(colour: str = "white", size: tuple[int, int] = (400, 300), format: str = "PNG") -> bytes:
    """Paint a picture of one colour; return its bytes."""
    painted = BytesIO()
    Image.new("RGB", size, colour).save(painted, format)
    return painted.getvalue()


def a_photo(
    db: Session,
    material: str = "glass",
    *,
    content: bytes | None = None,
    by: Actor | None = None,
    at: datetime = NOON,
) -> UUID:
    """Show a material with a photo; return the photo's id."""
    a_material(db, material)
    return catalogue.add_photo(
        db,
        by=by or an_actor(DRAFTER),
        at=at,
        material=material,
        content=content or a_picture(),
        alt_zh="洗净的玻璃瓶。",
        alt_en="Clean glass bottles.",
    ).id


def a_rate(
    material: str = "glass",
    *,
    accepted: bool = True,
    market: Decimal | int = 0,
    subsidy: Decimal | int = 0,
    operator: Decimal | int = 0,
    ceiling_grams: int | None = None,
    programme: UUID | None = None,
    needs_verified_scale: bool = False,
    needs_confirmation: bool = False,
) -> Rate:
    """Price a material; whatever is subsidised has a programme."""
    payer = programme or (new_id() if subsidy or operator else None)
    return Rate(
        material=material,
        accepted=accepted,
        market_fen_per_kg=Decimal(market),
        subsidy_fen_per_kg=Decimal(subsidy),
        operator_fen_per_tonne=Decimal(operator),
        ceiling_grams=ceiling_grams,
        programme=payer,
        market_basis=ASSUMED,
        subsidy_basis=ASSUMED if payer else None,
        needs_verified_scale=needs_verified_scale,
        needs_confirmation=needs_confirmation,
    )


def a_price_list(
    db: Session,
    *rates: Rate,
    district: str = YUHANG,
    at: datetime = NOON,
    effective_at: datetime | None = None,
) -> UUID:
    """Publish a price list of glass and cardboard, or of these rates, with the materials they name."""
    for rate in rates or (GLASS, CARDBOARD):
        a_material(db, rate.material)
    return catalogue.publish(
        db,
        district=district,
        rates=rates or (GLASS, CARDBOARD),
        effective_at=effective_at or at,
        by=Actor.system(district),
        at=at,
    )


DRAFTER, APPROVER = UUID(int=11), UUID(int=12)


def an_actor(person: UUID, role: str = "district_admin", *, district: str = YUHANG) -> Actor:
    """Let somebody act whose sign-in does not matter."""
    return Actor(id=person, role=role, scopes=frozenset(), district=district)


def as_it_is(_: object) -> None:
    """Take a state as seen, whatever it is."""


def a_draft(
    db: Session,
    *rates: Rate,
    by: Actor | None = None,
    district: str = YUHANG,
    at: datetime = NOON,
    state: str = "drafted",
    simulated: bool = True,
) -> UUID:
    """Bring a draft of a price list, of what is in force or of these rates, as far as a state."""
    drafter = by or an_actor(DRAFTER, district=district)
    approver = an_actor(APPROVER, "approver", district=district)
    for rate in rates:
        a_material(db, rate.material)
    made = catalogue.draft(db, by=drafter, at=at, title="草案", note="", rates=rates or None)
    if simulated:
        run = new_id(at)
        catalogue.mark_simulated(
            db, district=district, draft=made.id, simulation=run, digest=made.digest, at=at
        )
    seen: dict[str, Any] = {"is_as_seen": as_it_is, "at": at}
    if state == "withdrawn":
        catalogue.withdraw(db, made.id, by=drafter, reason="另起。", **seen)
    if state in ("submitted", "approved", "rejected", "published"):
        catalogue.submit(db, made.id, by=drafter, **seen)
    if state == "rejected":
        catalogue.reject(db, made.id, by=approver, reason="预算不足。", **seen)
    if state in ("approved", "published"):
        catalogue.approve(db, made.id, by=approver, **seen)
    if state == "published":
        catalogue.publish_draft(db, made.id, by=approver, **seen)
    return made.id


# ── carbon ──


def a_factor(material: str = "glass", kg_per_kg: str | None = "0.3043") -> Factor:
    """Say what recycling a material saves; None is that nobody knows."""
    found = kg_per_kg is not None
    return Factor(
        material=material,
        kg_per_kg=Decimal(kg_per_kg) if kg_per_kg is not None else None,
        upper_kg_per_kg=Decimal(100) if found else None,
        boundary="recycling against virgin material" if found else None,
        source="WARM v15" if found else None,
        clause=material if found else None,
        grade="A" if found else "assumption",
        note_zh="注。",
        note_en="A note.",
        basis_zh="出处。",
        basis_en="A basis.",
    )


def a_factor_set(
    *factors: Factor, name: str = "lower_bound", version: int = 1, at: datetime = NOON
) -> FactorSet:
    """Put factors into a set that is valid and approved from a moment on."""
    return FactorSet(
        id=new_id(at),
        name=name,
        version=version,
        name_zh="下限因子集",
        name_en="Lower-bound factors",
        boundary_zh="再生料替代原生料；不计森林碳",
        boundary_en="recycling against virgin material; no forest carbon",
        baseline_zh="不设处置基线",
        baseline_en="no disposal baseline",
        valid_from=at,
        approved_by_zh="演示",
        approved_by_en="the demo",
        approved_at=at,
        note_zh="注。",
        note_en="A note.",
        lines=factors,
    )


def an_approved_factor_set(db: Session, *, at: datetime = NOON, version: int = 1) -> FactorSet:
    """Bring a set for glass, cardboard and beverage cartons into force."""
    factors = (a_factor("glass"), a_factor("cardboard", "0.0873"), a_factor("beverage_carton", None))
    for factor in factors:
        a_material(db, factor.material)
    approved = a_factor_set(*factors, version=version, at=at)
    carbon.publish(db, approved)
    return approved


def a_factor_draft(
    db: Session,
    *factors: Factor,
    by: Actor | None = None,
    at: datetime = NOON,
    state: str = "drafted",
    name: str = "lower_bound",
    simulated: bool = True,
) -> UUID:
    """Bring a draft of a set, of what is in force or of these factors, as far as a state."""
    drafter = by or an_actor(DRAFTER)
    approver = an_actor(APPROVER, "approver", district=drafter.district or YUHANG)
    for factor in factors:
        a_material(db, factor.material)
    said = {field.name: "说明" for field in fields(Naming)}
    naming = Naming(**{**said, "name": name})
    made = carbon.draft(db, by=drafter, at=at, title="草案", note="", naming=naming, factors=factors or None)
    if simulated:
        carbon.mark_simulated(
            db,
            district=drafter.district or YUHANG,
            draft=made.id,
            simulation=new_id(at),
            digest=made.digest,
            at=at,
        )
    seen: dict[str, Any] = {"is_as_seen": as_it_is, "at": at}
    if state == "withdrawn":
        carbon.withdraw(db, made.id, by=drafter, reason="另起。", **seen)
    if state in ("submitted", "approved", "rejected", "published"):
        carbon.submit(db, made.id, by=drafter, **seen)
    if state == "rejected":
        carbon.reject(db, made.id, by=approver, reason="来源过时。", **seen)
    if state in ("approved", "published"):
        carbon.approve(db, made.id, by=approver, **seen)
    if state == "published":
        carbon.publish_draft(db, made.id, by=approver, **seen)
    return made.id


# ── subsidy ──

BASIS: dict[str, Any] = {"basis_zh": "演示的假设。", "basis_en": "Assumption of the demo."}
"""Where a figure of the tests comes from."""

PROGRAMME = UUID("0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11")

GLASS = a_rate("glass", subsidy=10, operator=20_000, ceiling_grams=20_000, programme=PROGRAMME)
CARDBOARD = a_rate("cardboard", market=80)
"""The two rates of the worked example."""


def a_programme(
    db: Session, *, district: str = YUHANG, id: UUID = PROGRAMME, fen: int = 0, **cap: Any
) -> UUID:
    """Open a programme, with this much money for 2026 in its budget; it stops at its cap, or as told."""
    by = Actor.system(district)
    subsidy.open_programme(
        db,
        id=id,
        district=district,
        name_zh="低价值可回收物补贴",
        name_en="Subsidy for low-value recyclables",
        basis_zh="演示的假设。",
        basis_en="Assumption of the demo.",
        by=by,
        at=NOON,
        **cap,
    )
    if fen:
        accounts.open_book(db, district)
        subsidy.fund(
            db,
            district=district,
            programme=id,
            period="2026",
            fen=fen,
            basis_zh="演示的假设。",
            basis_en="Assumption of the demo.",
            by=by,
            at=NOON,
        )
    return id


# ── books ──


def a_priced_bag() -> Priced:
    """Price the worked example: 5.2 kg of glass and 3.0 kg of cardboard."""
    return Priced(
        household=new_id(NOON),
        operator=new_id(NOON),
        holder=new_id(NOON),
        period="2026",
        lines=(
            PricedLine("glass", 5_200, 0, 52, 104, 1_582, PROGRAMME),
            PricedLine("cardboard", 3_000, 240, 0, 0, 262, None),
        ),
    )


def priced_bags() -> some.SearchStrategy[Priced]:
    """Draw bags of any size; what no programme pays has no subsidy."""
    amounts = some.integers(0, 10**9)
    programmes = some.sampled_from([UUID(int=number) for number in (1, 2, 3)])
    materials = some.sampled_from(["glass", "foam", "cardboard", "clothes"])
    subsidised = some.builds(PricedLine, materials, amounts, amounts, amounts, amounts, amounts, programmes)
    nothing = some.just(0)
    bought = some.builds(PricedLine, materials, amounts, amounts, nothing, nothing, amounts, some.none())
    return some.builds(
        Priced,
        household=some.uuids(version=4),
        operator=some.uuids(version=4),
        holder=some.uuids(version=4),
        period=some.just("2026"),
        lines=some.lists(subsidised | bought, max_size=8).map(tuple),
    )


def some_points(
    db: Session,
    household: UUID,
    points: int,
    *,
    district: str = YUHANG,
    lapses_at: datetime | None = None,
) -> UUID:
    """Credit a household with points for cardboard; return the entry."""
    accounts.open_book(db, district)
    cardboard = PricedLine("cardboard", points, points, 0, 0, 0, None)
    bag = Priced(
        household=household,
        operator=new_id(NOON),
        holder=new_id(NOON),
        period="2026",
        lines=(cardboard,),
        lapses_at=lapses_at,
    )
    weighing = new_id(NOON)
    return accounts.entry_of(
        accounts.post(
            db,
            district=district,
            key=f"weighing/{weighing}/confirmed",
            kind="weighing.confirmed",
            at=NOON,
            postings=credited(bag),
            subject=household,
            facts={"weighing": str(weighing)},
        )
    )


# ── rewards ──


def a_merchant(db: Session) -> UUID:
    """Enter a shop."""
    merchant = new_id(NOON)
    rewards.register_merchant(db, id=merchant, name_zh="示范便利店", name_en="Demo Corner Store", kind="shop")
    return merchant


def an_offer(
    db: Session,
    *,
    merchant: UUID | None = None,
    district: str = YUHANG,
    price_points: int = 200,
    stock: int = 10,
    per_household_limit: int | None = None,
    starts_at: datetime = NOON - timedelta(days=1),
    ends_at: datetime = NOON + timedelta(days=30),
) -> UUID:
    """Publish an offer of a shop."""
    offer = new_id(NOON)
    rewards.publish_offer(
        db,
        id=offer,
        district=district,
        merchant=merchant or a_merchant(db),
        title_zh="2元代金券",
        title_en="Voucher for 2 yuan",
        price_points=price_points,
        stock=stock,
        per_household_limit=per_household_limit,
        starts_at=starts_at,
        ends_at=ends_at,
        voucher_days=30,
        basis_zh="演示的假设。",
        basis_en="Assumption of the demo.",
    )
    return offer
