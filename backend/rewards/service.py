"""What may happen to offers, redemptions and vouchers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts import queries as balances
from backend.accounts import service as accounts
from backend.accounts.postings import GREEN, Refusal, Refused, Reserve, Settle, green, redeemed
from backend.identity import queries as persons
from backend.identity import service as identity
from backend.kit import trail
from backend.kit.auth import NOBODY, Actor
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.notices import service as notices
from backend.rewards import queries, voucher
from backend.rewards.errors import (
    NotEnoughPoints,
    OfferNotFound,
    RedemptionNotFound,
    VoucherNotFound,
    VoucherOfAnother,
)
from backend.rewards.models import Merchant, Offer, Redemption
from backend.rewards.rules import A_DAY, State, check_good, check_held, check_terms, voucher_ends
from backend.settings import settings


def register_merchant(db: Session, *, id: UUID, name_zh: str, name_en: str, kind: str) -> None:
    """Enter a merchant in the register; said again, it changes nothing."""
    merchant = {"id": id, "name_zh": name_zh, "name_en": name_en, "kind": kind}
    db.execute(insert(Merchant).values(merchant).on_conflict_do_nothing())


def publish_offer(
    db: Session,
    *,
    id: UUID,
    district: str,
    merchant: UUID,
    title_zh: str,
    title_en: str,
    price_points: int,
    stock: int,
    per_household_limit: int | None,
    starts_at: datetime,
    ends_at: datetime,
    voucher_days: int,
    basis_zh: str,
    basis_en: str,
) -> None:
    """Publish an offer; said again, it changes nothing.

    :param per_household_limit: how many a household may have; None for any number
    :param basis_zh: where price and stock come from, shown with the offer
    """
    offer = {
        "id": id,
        "district": district,
        "merchant": merchant,
        "title_zh": title_zh,
        "title_en": title_en,
        "price_points": price_points,
        "stock": stock,
        "per_household_limit": per_household_limit,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "voucher_days": voucher_days,
        "basis_zh": basis_zh,
        "basis_en": basis_en,
    }
    db.execute(insert(Offer).values(offer).on_conflict_do_nothing())


def redeem(db: Session, *, by: Actor, offer_id: UUID, at: datetime) -> queries.Taken:
    """Take an offer: one of its stock and its price in points are held for a voucher.

    :raises OfferNotFound: the actor's district has no such offer
    :raises OfferNotInForce: outside its dates
    :raises SoldOut: none is left
    :raises LimitReached: the household has had its share
    :raises ProofNeeded: it would have spent much within a day, which takes a fresh one-time code
    :raises NotEnoughPoints: it has less available than the price
    """
    household = by.home()
    found = queries.offer_locked(db, by.district, offer_id, household=household)
    if found is None:
        raise OfferNotFound
    offer, merchant = found
    share = queries.share(db, by.district, household=household, offer=offer.id, since=at - A_DAY)
    check_terms(offer.terms(), taken=share.taken, at=at)
    if share.needs_proof(offer.price_points, free_points=settings().proof_points):
        identity.demand_proof(db, by=by, at=at)
    offer.stock -= 1
    redemption = Redemption(
        district=by.district,
        id=new_id(at),
        household=household,
        made_by=by.id,
        offer=offer.id,
        merchant=offer.merchant,
        points=offer.price_points,
        state=State.HELD,
        made_at=at,
        expires_at=voucher_ends(at, offer.voucher_days),
    )
    db.add(redemption)
    _hold(db, redemption, at=at)
    later(
        db,
        "rewards.expire",
        {"redemption": str(redemption.id)},
        district=redemption.district,
        at=at,
        due_at=redemption.expires_at,
    )
    return queries.Taken(redemption, offer, merchant)


def _hold(db: Session, redemption: Redemption, *, at: datetime) -> None:
    account = green(redemption.household)
    outcome = accounts.post(
        db,
        district=redemption.district,
        key=f"redemption/{redemption.id}/held",
        kind="redemption.held",
        at=at,
        reserves=[
            Reserve(
                hold=redemption.id,
                account=account,
                asset=GREEN,
                amount=redemption.points,
                expires_at=redemption.expires_at,
            )
        ],
        subject=redemption.household,
        facts=_facts(redemption),
    )
    if isinstance(outcome, Refused) and outcome.code == Refusal.INSUFFICIENT:
        available = balances.balance(db, redemption.district, account, GREEN).available
        raise NotEnoughPoints(price=redemption.points, available=available)
    accounts.entry_of(outcome)


def picture(db: Session, redemption_id: UUID, *, by: Actor, at: datetime) -> bytes:
    """Draw a redemption's voucher as a QR picture, an SVG.

    :raises RedemptionNotFound: it is not the household's
    :raises RedemptionEnded: it was used or cancelled, or its time is over
    """
    found = queries.redemption(db, by.district, redemption_id, household=by.home())
    if found is None:
        raise RedemptionNotFound
    check_held(found.redemption.standing(), at=at)
    return voucher.picture(found.code)


def cancel(db: Session, redemption_id: UUID, *, by: Actor, at: datetime) -> queries.Taken:
    """Give a redemption back: its points are free again and its offer has one more.

    :raises RedemptionNotFound: it is not the household's
    :raises RedemptionEnded: it was used or cancelled, or its time is over
    """
    found = queries.redemption_locked(db, by.district, redemption_id)
    if found is None or found.redemption.household != by.home():
        raise RedemptionNotFound
    check_held(found.redemption.standing(), at=at)
    _restock(found, State.CANCELLED, by=by.id, at=at)
    accounts.entry_of(
        accounts.post(
            db,
            district=by.district,
            key=f"redemption/{redemption_id}/cancelled",
            kind="redemption.cancelled",
            at=at,
            releases=[redemption_id],
            subject=found.redemption.household,
            facts=_facts(found.redemption),
        )
    )
    return found


def expire(db: Session, redemption_id: UUID, *, district: str, at: datetime) -> None:
    """Let a voucher that nobody used run out, with the effect of a cancellation; safe to repeat."""
    found = queries.redemption_locked(db, district, redemption_id)
    if found is None or found.redemption.state != State.HELD:
        return
    _restock(found, State.EXPIRED, by=NOBODY, at=at)
    _tell(db, found.redemption, "redemption.expired", at=at)
    accounts.entry_of(
        accounts.post(
            db,
            district=district,
            key=f"redemption/{redemption_id}/expired",
            kind="redemption.expired",
            at=at,
            expires=[redemption_id],
            subject=found.redemption.household,
            facts=_facts(found.redemption),
        )
    )


def _restock(found: queries.Taken, state: State, *, by: UUID, at: datetime) -> None:
    """End a redemption unused, with one more in stock: counted by the database, as others count too."""
    found.redemption.end(state, by=by, at=at)
    found.offer.stock = Offer.stock + 1


def honour(db: Session, code: str, *, by: Actor, at: datetime) -> queries.Taken:
    """Take a voucher at a till, once; its points move to the merchant.

    :raises VoucherForged: we did not sign this code
    :raises VoucherNotFound: the till's district has no such voucher
    :raises VoucherOfAnother: another merchant's
    :raises AlreadyHonoured: it was taken before
    :raises VoucherCancelled: the household gave it back
    :raises VoucherExpired: its time is over
    """
    district, redemption_id = voucher.read(code)
    found = queries.redemption_locked(db, by.district, redemption_id) if district == by.district else None
    if found is None:
        raise VoucherNotFound
    redemption = found.redemption
    if redemption.merchant != by.organisation_id():
        raise VoucherOfAnother
    check_good(redemption.standing(), at=at)
    before = {"state": redemption.state}
    redemption.end(State.HONOURED, by=by.id, at=at)
    after = {"state": redemption.state, "points": redemption.points}
    trail.note(
        db, "voucher.honoured", f"redemption/{redemption.id}", by=by, before=before, after=after, at=at
    )
    _tell(db, redemption, "redemption.honoured", at=at)
    accounts.entry_of(
        accounts.post(
            db,
            district=district,
            key=f"redemption/{redemption.id}/honoured",
            kind="redemption.honoured",
            at=at,
            postings=redeemed(redemption.household, redemption.merchant, redemption.points),
            settles=[Settle(hold=redemption.id)],
            subject=redemption.household,
            facts=_facts(redemption),
        )
    )
    return found


def _tell(db: Session, redemption: Redemption, template: str, *, at: datetime) -> None:
    """Tell a household what became of its voucher, whoever took it."""
    facts = {"redemption": str(redemption.id)}
    for person in persons.members(db, redemption.district, redemption.household):
        notices.tell(db, person, template, facts, district=redemption.district, at=at)


def _facts(redemption: Redemption) -> dict[str, str]:
    return {
        "redemption": str(redemption.id),
        "offer": str(redemption.offer),
        "merchant": str(redemption.merchant),
    }
