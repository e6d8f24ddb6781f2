"""Households, their members, invitations and cards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.models import Card, Household, Invitation, Membership, Vouch
from backend.identity.rules import CardKnown, Home, OwnHome, masked_address
from backend.network import queries as network


def household(db: Session, district: str, household_id: UUID) -> Home | None:
    """Find a household of a district."""
    known = db.get(Household, (district, household_id))
    return known.home() if known else None


def households_known(db: Session, district: str, named: Collection[UUID]) -> set[UUID]:
    """Return those of these households that there are."""
    known = select(Household.id).where(Household.district == district, Household.id.in_(named))
    return set(db.scalars(known))


def communities(db: Session, district: str) -> dict[str, str]:
    """Return the community of each household of a district."""
    known = select(Household.id, Household.community).where(Household.district == district)
    return {str(home): community for home, community in db.execute(known)}


def home(db: Session, district: str, household_id: UUID) -> Home:
    """Return a household that is known to exist."""
    return db.get_one(Household, (district, household_id)).home()


def address(db: Session, district: str, household_id: UUID) -> str:
    """Open the address of a household that is known to exist."""
    return db.get_one(Household, (district, household_id)).address()


def members(db: Session, district: str, household_id: UUID) -> list[UUID]:
    """List the persons of a household, first who opened it."""
    return list(
        db.scalars(
            select(Membership.person)
            .where(Membership.district == district, Membership.household == household_id)
            .where(Membership.left_at.is_(None))
            .order_by(Membership.joined_at, Membership.id)
        )
    )


def members_by_household(db: Session, district: str, households: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """List the persons of some households, in one query."""
    found: dict[UUID, list[UUID]] = {}
    for home, person in db.execute(
        select(Membership.household, Membership.person)
        .where(Membership.district == district, Membership.household.in_(households))
        .where(Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.id)
    ):
        found.setdefault(home, []).append(person)
    return found


def masked_addresses(db: Session, district: str, households: Collection[UUID]) -> dict[UUID, str]:
    """Show of the addresses of some households what names no door."""
    rows = db.scalars(select(Household).where(Household.district == district, Household.id.in_(households)))
    return {row.id: masked_address(row.address()) for row in rows}


def own_home(db: Session, district: str, household_id: UUID) -> OwnHome:
    """Show a household to its members."""
    row = db.get_one(Household, (district, household_id))
    community = network.community(db, row.community)
    return OwnHome(
        id=row.id,
        district=district,
        community=row.community,
        opened_at=row.opened_at,
        community_name=community.name_zh if community else row.community,
        address=row.address(),
        members=len(members(db, district, household_id)),
    )


def invitation_locked(db: Session, district: str, hash: bytes) -> Invitation | None:
    """Lock an invitation, so that it is used once."""
    return db.scalars(
        select(Invitation).where(Invitation.district == district, Invitation.hash == hash).with_for_update()
    ).one_or_none()


def household_locked(db: Session, district: str, household_id: UUID) -> None:
    """Make whoever changes what a household has wait for one another."""
    db.get_one(Household, (district, household_id), with_for_update=True)


def card(db: Session, district: str, card_id: UUID) -> Card | None:
    """Find a card that was not revoked."""
    return db.scalars(
        select(Card).where(Card.district == district, Card.id == card_id, Card.revoked_at.is_(None))
    ).one_or_none()


def cards(db: Session, district: str, household_id: UUID) -> list[CardKnown]:
    """List the cards of a household that were not revoked, the oldest first."""
    rows = db.scalars(
        select(Card)
        .where(Card.district == district, Card.household == household_id, Card.revoked_at.is_(None))
        .order_by(Card.id)
    )
    return [CardKnown(row.id, row.issued_at) for row in rows]


def home_of(db: Session, district: str, person: UUID) -> UUID | None:
    """Find the household of a resident; the transaction must see the district."""
    return db.scalar(
        select(Membership.household)
        .where(Membership.district == district, Membership.person == person)
        .where(Membership.left_at.is_(None))
    )


def open_vouch_locked(db: Session, district: str, household: UUID, *, at: datetime) -> Vouch | None:
    """Lock the one vouch for a household that can still be used, so that it is used once."""
    return db.scalars(
        select(Vouch)
        .where(Vouch.district == district, Vouch.household == household)
        .where(Vouch.ended_at.is_(None), Vouch.expires_at > at)
        .with_for_update()
    ).one_or_none()
