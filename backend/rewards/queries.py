"""The questions that are asked of offers and redemptions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import GREEN, Fact, green, merchant_green
from backend.kit.clock import CITY
from backend.kit.paging import Page, cut, key_of, whole
from backend.rewards.models import Merchant, Offer, Redemption
from backend.rewards.rules import TAKEN, Share, State
from backend.rewards.voucher import code_of


@dataclass(frozen=True)
class OfferShown:
    """An offer with its merchant, as a household sees it."""

    offer: Offer
    merchant: Merchant
    affordable: bool | None
    """Whether the caller has the points; nothing is said to whom has no household."""


@dataclass(frozen=True)
class Voucher:
    """What a household shows at the till."""

    redemption: UUID
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Taken:
    """A redemption with what it is for and who honours it."""

    redemption: Redemption
    offer: Offer
    merchant: Merchant

    @property
    def code(self) -> str:
        """Return the voucher's code, as a till reads it."""
        return code_of(self.redemption.district, self.redemption.id)

    @property
    def voucher(self) -> Voucher | None:
        """Return the voucher while there is one to show."""
        held = self.redemption
        return Voucher(held.id, self.code, held.expires_at) if held.state == State.HELD else None


@dataclass(frozen=True)
class Takings:
    """What a merchant's tills took on a day: all of it counted, and a page of it."""

    date: date
    vouchers: int
    points: int
    items: Sequence[Taken]
    next_cursor: str | None


def offers(
    db: Session, district: str, *, household: UUID | None, at: datetime, cursor: str | None, limit: int
) -> Page[OfferShown]:
    """List the offers in force, the cheapest first, and whether a household can pay them."""
    available = _available(db, district, household) if household else None
    query = _offers(district).where(Offer.starts_at <= at, Offer.ends_at > at)
    if (after := key_of(cursor, whole, UUID)) is not None:
        query = query.where(
            (Offer.price_points > after[0]) | ((Offer.price_points == after[0]) & (Offer.id > after[1]))
        )
    rows = db.execute(query.order_by(Offer.price_points, Offer.id).limit(limit + 1)).all()
    shown = [
        OfferShown(offer, merchant, None if available is None else offer.price_points <= available)
        for offer, merchant in rows
    ]
    return cut(shown, limit, lambda one: (one.offer.price_points, one.offer.id))


def _available(db: Session, district: str, household: UUID) -> int:
    return accounts.balance(db, district, green(household), GREEN).available


def takings(
    db: Session, district: str, *, merchant: UUID, on: date, cursor: str | None, limit: int
) -> Takings:
    """List what a merchant's tills took on a day of the city, the newest first, and count all of it."""
    begins = datetime.combine(on, time(), CITY)
    of_the_day = (
        Redemption.merchant == merchant,
        Redemption.state == State.HONOURED,
        Redemption.ended_at >= begins,
        Redemption.ended_at < begins + timedelta(days=1),
    )
    counted = select(func.count(), func.coalesce(func.sum(Redemption.points), 0))
    vouchers, points = db.execute(counted.where(Redemption.district == district, *of_the_day)).one()
    query = _redemptions(district).where(*of_the_day)
    if (before := key_of(cursor, datetime.fromisoformat, UUID)) is not None:
        query = query.where(tuple_(Redemption.ended_at, Redemption.id) < before)
    rows = db.execute(query.order_by(Redemption.ended_at.desc(), Redemption.id.desc()).limit(limit + 1)).all()
    page = cut([Taken(*row) for row in rows], limit, lambda one: (one.redemption.ended_at, one.redemption.id))
    return Takings(on, vouchers, int(points), page.items, page.next_cursor)


def merchants(db: Session, *, name: str, cursor: str | None, limit: int) -> Page[Merchant]:
    """List the merchants of the city whose name contains something, by name."""
    query = select(Merchant)
    if name:
        query = query.where(
            Merchant.name_zh.contains(name, autoescape=True)
            | Merchant.name_en.icontains(name, autoescape=True)
        )
    if (after := key_of(cursor, str, UUID)) is not None:
        query = query.where(tuple_(Merchant.name_zh, Merchant.id) > after)
    rows = db.scalars(query.order_by(Merchant.name_zh, Merchant.id).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.name_zh, row.id))


def is_merchant(db: Session, merchant: UUID) -> bool:
    """Tell whether the register has a merchant."""
    return db.get(Merchant, merchant) is not None


def settled_facts(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    """Tell what honoured vouchers must have brought to merchants."""
    rows = db.execute(
        select(Redemption.id, Redemption.merchant, Redemption.points, Redemption.ended_at).where(
            Redemption.district == district,
            Redemption.state == State.HONOURED,
            Redemption.ended_at >= since,
            Redemption.ended_at < until,
        )
    )
    for redemption, merchant, points, ended_at in rows:
        if ended_at is not None:
            yield Fact(f"redemption/{redemption}/honoured", merchant_green(merchant), points, ended_at)


def merchant_names(db: Session, district: str, parties: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name merchants, in Chinese and English."""
    rows = db.scalars(select(Merchant).where(Merchant.id.in_(parties)))
    return {row.id: (row.name_zh, row.name_en) for row in rows}


def offer_locked(
    db: Session, district: str, offer_id: UUID, *, household: UUID
) -> tuple[Offer, Merchant] | None:
    """Find an offer, and keep others from its stock and from what its household spends.

    Of two members who redeem at once the second waits here, so that it counts what the first has taken.
    """
    spending = func.pg_advisory_xact_lock(func.hashtextextended(f"spending/{household}", 0))
    query = _offers(district).add_columns(spending).where(Offer.id == offer_id).with_for_update(of=Offer)
    row = db.execute(query).one_or_none()
    return row and (row[0], row[1])


def _offers(district: str) -> Select[Offer, Merchant]:
    return (
        select(Offer, Merchant)
        .join(Merchant, Merchant.id == Offer.merchant)
        .where(Offer.district == district)
    )


def share(db: Session, district: str, *, household: UUID, offer: UUID, since: datetime) -> Share:
    """Count what a household holds or has used: of an offer, and in points since a moment."""
    of_offer = func.count().filter(Redemption.offer == offer)
    points = func.coalesce(func.sum(Redemption.points).filter(Redemption.made_at > since), 0)
    row = db.execute(
        select(of_offer, points).where(
            Redemption.district == district,
            Redemption.household == household,
            Redemption.state.in_(TAKEN),
        )
    ).one()
    return Share(taken=row[0], points=int(row[1]))


def redemptions(
    db: Session, district: str, *, household: UUID, cursor: str | None, limit: int
) -> Page[Taken]:
    """List a household's redemptions, the newest first."""
    query = _redemptions(district).where(Redemption.household == household)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(Redemption.id < before[0])
    rows = db.execute(query.order_by(Redemption.id.desc()).limit(limit + 1)).all()
    return cut([Taken(*row) for row in rows], limit, lambda one: (one.redemption.id,))


def redemption(db: Session, district: str, redemption_id: UUID, *, household: UUID) -> Taken | None:
    """Find a household's redemption."""
    query = _redemptions(district).where(Redemption.id == redemption_id, Redemption.household == household)
    return _one(db, query)


def redemption_locked(db: Session, district: str, redemption_id: UUID) -> Taken | None:
    """Find a redemption and keep others from ending it."""
    query = _redemptions(district).where(Redemption.id == redemption_id)
    return _one(db, query.with_for_update(of=Redemption))


def _redemptions(district: str) -> Select[Redemption, Offer, Merchant]:
    return (
        select(Redemption, Offer, Merchant)
        .join(Offer, (Offer.district == Redemption.district) & (Offer.id == Redemption.offer))
        .join(Merchant, Merchant.id == Redemption.merchant)
        .where(Redemption.district == district)
    )


def _one(db: Session, query: Select[Redemption, Offer, Merchant]) -> Taken | None:
    row = db.execute(query).one_or_none()
    return None if row is None else Taken(*row)
