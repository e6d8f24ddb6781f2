"""What one district has: its service, its people, its programme, its prices and its rewards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.catalogue import queries as price_lists
from backend.catalogue import service as catalogue
from backend.catalogue.errors import NoPriceList
from backend.catalogue.queries import Rate
from backend.identity import service as identity
from backend.identity.queries import StaffRole
from backend.kit.auth import Actor
from backend.kit.clock import city_day
from backend.network import service as network
from backend.outlets import service as outlets
from backend.rewards import service as shops
from backend.subsidy import queries as budgets
from backend.subsidy import service as subsidy
from seeds.reading import Entry, basis, by_key, register, said, table


def _read(district: str, name: str) -> Entry:
    return register(f"districts/{district}/{name}.toml")


def service(db: Session, district: str, *, at: datetime) -> str:
    """Begin to serve a district: hours, operators, scales, and a book of its own."""
    read = _read(district, "service")
    (area,) = read["service_area"]
    network.open_service(
        db,
        district=district,
        opens=area["opens"],
        closes=area["closes"],
        promise_minutes=area["promise_minutes"],
        serves_holidays=area["serves_holidays"],
        answer_hours=area["answer_hours"],
        points_months=area.get("points_months"),
        **said(area),
    )
    operators = by_key(read["operator"])
    for operator in operators.values():
        network.add_operator(db, id=operator["id"], name_zh=operator["name_zh"], name_en=operator["name_en"])
        network.cover(db, district=district, communities=_communities(operator), operator=operator["id"])
    _scales(db, district, operators, at=at)
    accounts.open_book(db, district)
    return f"{len(operators)} operator, {len(read['scale'])} scales"


def _communities(operator: Entry) -> Iterator[str]:
    return (row["code"] for row in table("communities.csv") if row["street"] in operator["covers"])


def _scales(db: Session, district: str, operators: dict[str, Entry], *, at: datetime) -> None:
    read = _read(district, "service")
    scales = by_key(read["scale"])
    for scale in scales.values():
        network.register_scale(
            db,
            id=scale["id"],
            district=district,
            serial=scale["serial"],
            operator=operators[scale["operator"]]["id"],
            accuracy_class=scale["accuracy_class"],
            min_grams=scale["min_grams"],
            max_grams=scale["max_grams"],
            interval_grams=scale["interval_grams"],
        )
    for certificate in read["certificate"]:
        issued_on = city_day(at) - timedelta(days=certificate["issued_days_ago"])
        network.certify(
            db,
            id=certificate["id"],
            district=district,
            scale=scales[certificate["scale"]]["id"],
            number=certificate["number"],
            issuer=certificate["issuer"],
            issued_on=issued_on,
            expires_on=issued_on + timedelta(days=certificate["valid_days"]),
        )


def people(db: Session, district: str, *, at: datetime) -> str:
    """Enter the cast: two households, collectors, a till and an administrator."""
    read = _read(district, "people")
    homes = {
        entry["key"]: identity.open_household(
            db, id=entry["id"], community=entry["community"], address=entry["address"], at=at
        )
        for entry in read["household"]
    }
    for who in read["resident"]:
        home = homes[who["household"]]
        identity.enter_resident(db, home, phone=who["phone"], name=who["name_zh"], at=at)
    operators = by_key(_read(district, "service")["operator"])
    for who in read["collector"]:
        identity.register_collector(
            db,
            id=who["id"],
            number=who["number"],
            pin=who["pin"],
            name=who["name_zh"],
            district=district,
            operator=operators[who["operator"]]["id"],
            at=at,
        )
    merchants = by_key(_read(district, "rewards")["merchant"])
    for who in read["till"]:
        _staff(db, district, who, "till", organisation=merchants[who["merchant"]]["id"], at=at)
    for who in read["admin"]:
        _staff(db, district, who, "district_admin", at=at)
        identity.hand_over_second_factor(db, person=who["id"], secret=who["totp_secret"], at=at)
    members = sum(len(read[kind]) for kind in ("resident", "collector", "till", "admin"))
    return f"{len(homes)} households, {members} people"


def _staff(
    db: Session,
    district: str,
    who: Entry,
    role: StaffRole,
    *,
    organisation: UUID | None = None,
    at: datetime,
) -> None:
    identity.register_staff(
        db,
        id=who["id"],
        username=who["username"],
        password=who["password"],
        name=who["name_zh"],
        role=role,
        district=district,
        organisation=organisation,
        at=at,
    )


def _admin(district: str) -> Actor:
    """Return who opens programmes and publishes prices."""
    who = _read(district, "people")["admin"][0]
    return Actor(id=who["id"], role="district_admin", scopes=frozenset(), district=district)


def programme(db: Session, district: str, *, at: datetime) -> str:
    """Open the programme that subsidises."""
    entry = _programme(district)
    subsidy.open_programme(
        db,
        id=entry["id"],
        district=district,
        name_zh=entry["name_zh"],
        name_en=entry["name_en"],
        basis_zh=entry["basis_zh"],
        basis_en=entry["basis_en"],
        by=_admin(district),
        at=at,
    )
    return str(entry["name_en"])


def _programme(district: str) -> Entry:
    found: Entry = _read(district, "subsidies")["programme"][0]
    return found


def budget(db: Session, district: str, period: str, *, at: datetime) -> str:
    """Pay the year's money into the programme, unless it was paid."""
    payer = _programme(district)["id"]
    for paid in budgets.budgets(db, district):
        if (paid.programme.id, paid.period) == (payer, period):
            return f"{paid.available_fen} fen left"
    (money,) = _read(district, "subsidies")["budget"]
    subsidy.fund(
        db,
        district=district,
        programme=payer,
        period=period,
        fen=money["fen"],
        basis_zh=money["basis_zh"],
        basis_en=money["basis_en"],
        by=_admin(district),
        at=at,
    )
    return f"{money['fen']} fen"


def price_list(db: Session, district: str, *, at: datetime) -> str:
    """Publish the first price list, unless there is one."""
    try:
        found = price_lists.price_list(db, district, at=at)
    except NoPriceList:
        (head,) = _read(district, "prices")["catalogue"]
        catalogue.publish(
            db,
            district=district,
            rates=_rates(district),
            effective_at=at,
            by=_admin(district),
            at=at,
            note=f"{head['basis_zh']} {head['basis_en']}",
        )
        found = price_lists.price_list(db, district, at=at)
    return f"version {found.number}, {len(found.lines)} materials"


def _rates(district: str) -> list[Rate]:
    subsidies = {entry["material"]: entry for entry in _read(district, "subsidies")["subsidy"]}
    prices, payer = _read(district, "prices")["price"], _programme(district)["id"]
    return [_rate(price, subsidies.get(price["material"]), payer) for price in prices]


def _rate(price: Entry, subsidised: Entry | None, payer: UUID) -> Rate:
    given = subsidised or {}
    return Rate(
        material=price["material"],
        accepted=True,
        market_fen_per_kg=Decimal(price["market_fen_per_kg"]),
        subsidy_fen_per_kg=Decimal(given.get("subsidy_fen_per_kg", 0)),
        operator_fen_per_tonne=Decimal(given.get("operator_fen_per_tonne", 0)),
        ceiling_grams=given.get("ceiling_grams"),
        programme=payer if subsidised else None,
        market_basis=basis(price),
        subsidy_basis=basis(subsidised) if subsidised else None,
        needs_verified_scale=given.get("needs_verified_scale", False),
        needs_confirmation=given.get("needs_confirmation", False),
    )


def rewards(db: Session, district: str, *, at: datetime, until: datetime) -> str:
    """Enter the merchants and their outlets, and publish their offers.

    :param until: the day from which an offer's last day is counted
    """
    read = _read(district, "rewards")
    merchants = by_key(read["merchant"])
    for merchant in merchants.values():
        shops.register_merchant(
            db,
            id=merchant["id"],
            name_zh=merchant["name_zh"],
            name_en=merchant["name_en"],
            kind=merchant["kind"],
        )
    for outlet in read["outlet"]:
        outlets.enter(
            db,
            id=outlet["id"],
            district=district,
            merchant=merchants[outlet["merchant"]]["id"],
            name_zh=outlet["name_zh"],
            name_en=outlet["name_en"],
            address=outlet["address"],
        )
    for offer in read["offer"]:
        shops.publish_offer(
            db,
            id=offer["id"],
            district=district,
            merchant=merchants[offer["merchant"]]["id"],
            title_zh=offer["title_zh"],
            title_en=offer["title_en"],
            price_points=offer["price_points"],
            stock=offer["stock"],
            per_household_limit=offer["per_household_limit"],
            starts_at=at,
            ends_at=until + timedelta(days=offer["ends_after_days"]),
            voucher_days=offer["voucher_days"],
            **said(offer),
        )
    return f"{len(merchants)} merchants, {len(read['outlet'])} outlets, {len(read['offer'])} offers"
