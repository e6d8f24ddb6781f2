"""The questions that are asked of weighings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.carbon import queries as carbon
from backend.catalogue import queries as catalogue
from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of
from backend.weighing.errors import ReceiptNotReady, WeighingNotFound
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.rules import State


@dataclass(frozen=True)
class Quote:
    """A weighing with its lines."""

    weighing: Weighing
    lines: Sequence[WeighingLine]
    confirmation_code: str | None = None
    """What the resident reads out; shown to nobody else."""


@dataclass(frozen=True)
class Receipt:
    """A confirmed weighing with everything that its amounts follow from."""

    weighing: Weighing
    lines: Sequence[WeighingLine]
    price_list: catalogue.PriceList
    factors: carbon.FactorSet


def _lines(weighing: Weighing) -> Select[WeighingLine]:
    return (
        select(WeighingLine)
        .where(WeighingLine.district == weighing.district, WeighingLine.weighing == weighing.id)
        .order_by(WeighingLine.no)
    )


def lines(db: Session, weighing: Weighing) -> Sequence[WeighingLine]:
    """List the lines of a weighing in the order in which they were weighed."""
    return db.scalars(_lines(weighing)).all()


def evidence(db: Session, district: str, *, state: str, cursor: str | None, limit: int) -> Page[WeighingLine]:
    """List the lines whose subsidies wait for a decision or have one, the oldest first."""
    query = select(WeighingLine).where(WeighingLine.district == district, WeighingLine.evidence == state)
    if (after := key_of(cursor, UUID)) is not None:
        query = query.where(WeighingLine.id > after[0])
    rows = db.scalars(query.order_by(WeighingLine.id).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def evidence_locked(db: Session, district: str, line: UUID) -> tuple[WeighingLine | None, Weighing | None]:
    """Find a line to decide on, and its weighing; nobody else decides on it meanwhile."""
    found = db.get(WeighingLine, (district, line), with_for_update=True, populate_existing=True)
    return found, db.get(Weighing, (district, found.weighing)) if found else None


def locked(db: Session, district: str, weighing_id: UUID) -> Weighing | None:
    """Find a weighing and keep others from changing it."""
    query = select(Weighing).where(Weighing.district == district, Weighing.id == weighing_id)
    return db.scalars(query.with_for_update()).one_or_none()


def of_pickup(db: Session, district: str, pickup: UUID) -> UUID | None:
    """Find the weighing of a pickup."""
    return db.scalar(select(Weighing.id).where(Weighing.district == district, Weighing.pickup == pickup))


def visible(db: Session, weighing_id: UUID, *, by: Actor) -> Weighing:
    """Find a weighing that is the actor's own: his household's, or weighed by him.

    :raises WeighingNotFound: it is neither
    """
    mine = Weighing.household == by.household if by.household else Weighing.collector == by.id
    query = select(Weighing).where(Weighing.district == by.district, Weighing.id == weighing_id, mine)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise WeighingNotFound
    return found


def quote(db: Session, weighing_id: UUID, *, by: Actor) -> Quote:
    """Show a weighing to those it concerns, and the code to the household alone.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    """
    weighing = visible(db, weighing_id, by=by)
    secret = weighing.state == State.QUOTED and by.household == weighing.household
    return Quote(weighing, lines(db, weighing), weighing.code() if secret else None)


def weighings(
    db: Session, district: str, *, household: UUID, cursor: str | None, limit: int
) -> Page[Weighing]:
    """List a household's weighings, the newest first."""
    query = select(Weighing).where(Weighing.district == district, Weighing.household == household)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(Weighing.id < before[0])
    rows = db.scalars(query.order_by(Weighing.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def receipt(db: Session, weighing_id: UUID, *, by: Actor) -> Receipt:
    """Return the receipt of a confirmed weighing.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises ReceiptNotReady: it is not confirmed
    """
    weighing = visible(db, weighing_id, by=by)
    if weighing.state != State.CONFIRMED:
        raise ReceiptNotReady
    return receipt_of(db, weighing)


def receipt_of(db: Session, weighing: Weighing) -> Receipt:
    """Gather what a weighing's amounts follow from."""
    return Receipt(
        weighing=weighing,
        lines=lines(db, weighing),
        price_list=catalogue.version(db, weighing.district, weighing.price_list),
        factors=carbon.factor_set_by_id(db, weighing.factor_set),
    )
