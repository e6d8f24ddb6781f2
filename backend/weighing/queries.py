"""The questions that are asked of weighings."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, select, tuple_
from sqlalchemy.orm import Session

from backend.accounts.postings import Fact, budget, operator_due, operator_subsidy
from backend.carbon import queries as carbon
from backend.catalogue import queries as catalogue
from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of
from backend.kit.written import Written, at_once
from backend.network import queries as network
from backend.subsidy import queries as subsidies
from backend.weighing import replaying, tape
from backend.weighing.errors import ReceiptNotReady, WeighingNotFound
from backend.weighing.models import QuoteStep, Weighing, WeighingLine
from backend.weighing.replaying import Ends, Stretch
from backend.weighing.rules import Price, Reading, State, promise, share, unpaid, wanted
from backend.weighing.steps import NEVER, Integers, Names, Step, Steps, Texts, Truths, moment, since_2000

__all__ = [
    "NEVER",
    "Ends",
    "Integers",
    "Names",
    "Price",
    "Reading",
    "State",
    "Step",
    "Steps",
    "Stretch",
    "Texts",
    "Truths",
    "moment",
    "promise",
    "replaying",
    "share",
    "since_2000",
    "unpaid",
    "wanted",
]

_CONFIRMED = re.compile(r"weighing/[0-9a-f-]{36}/confirmed")


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


_LOCKED = Written(
    select(Weighing.__table__)
    .where(Weighing.district == bindparam("district"), Weighing.id == bindparam("id"))
    .with_for_update()
)
_LINES = Written(
    select(WeighingLine.__table__)
    .where(WeighingLine.district == bindparam("district"), WeighingLine.weighing == bindparam("weighing"))
    .order_by(WeighingLine.no)
)


def lines(db: Session, weighing: Weighing) -> Sequence[WeighingLine]:
    """List the lines of a weighing in the order in which they were weighed."""
    return db.scalars(
        select(WeighingLine)
        .where(WeighingLine.district == weighing.district, WeighingLine.weighing == weighing.id)
        .order_by(WeighingLine.no)
    ).all()


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


def bag_locked(db: Session, district: str, weighing_id: UUID) -> tuple[Weighing | None, list[WeighingLine]]:
    """Find a weighing and its lines, and keep others from changing them.

    They are loose: who changes something of them writes it down himself.
    """
    with at_once(db):
        found = _LOCKED.ask(db, Weighing, district=district, id=weighing_id)
        beside = _LINES.ask(db, WeighingLine, district=district, weighing=weighing_id)
    return found.row(), beside.rows()


def of_pickup(db: Session, district: str, pickup: UUID) -> UUID | None:
    """Find the weighing of a pickup."""
    return db.scalar(select(Weighing.id).where(Weighing.district == district, Weighing.pickup == pickup))


def is_known(db: Session, district: str, weighing_id: UUID) -> bool:
    """Tell whether a weighing has an id, whoever's it is."""
    return db.get(Weighing, (district, weighing_id)) is not None


def lines_known(db: Session, district: str, ids: Collection[UUID]) -> bool:
    """Tell whether a line has one of these ids, or had it before it was taken back."""
    if not ids:
        return False
    stands = exists().where(WeighingLine.district == district, WeighingLine.id.in_(ids))
    stood = exists().where(
        QuoteStep.district == district, QuoteStep.line.in_(ids), QuoteStep.kind != tape.QUOTED
    )
    return bool(db.scalar(select(stands | stood)))


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
    db: Session, district: str, *, household: UUID, pickup_id: UUID | None, cursor: str | None, limit: int
) -> Page[Weighing]:
    """List a household's weighings, the newest first: by our clock, as their ids are made by devices.

    :param pickup_id: of which alone, if given
    """
    query = select(Weighing).where(Weighing.district == district, Weighing.household == household)
    if pickup_id is not None:
        query = query.where(Weighing.pickup == pickup_id)
    if (before := key_of(cursor, datetime.fromisoformat, UUID)) is not None:
        query = query.where(tuple_(Weighing.opened_at, Weighing.id) < before)
    rows = db.scalars(query.order_by(Weighing.opened_at.desc(), Weighing.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.opened_at, row.id))


def queued_in_quotes(db: Session, district: str, programme: UUID) -> int:
    """Add up what quotes that nobody has answered promise of a programme's money to come, in fen."""
    promised = (
        select(func.sum(WeighingLine.queued_fen + WeighingLine.queued_operator_fen))
        .join(Weighing, (Weighing.district == WeighingLine.district) & (Weighing.id == WeighingLine.weighing))
        .where(WeighingLine.district == district, WeighingLine.programme == programme)
        .where(Weighing.state.in_((State.OPEN, State.QUOTED)))
    )
    return int(db.scalar(promised) or 0)


def settled_weights(db: Session, district: str, keys: Collection[str]) -> dict[str, int]:
    """Tell what bags weighed that were agreed on, by the keys of their entries."""
    known = {key: UUID(key.split("/")[1]) for key in keys if _CONFIRMED.fullmatch(key)}
    rows = db.execute(
        select(WeighingLine.weighing, func.sum(WeighingLine.gross_grams - WeighingLine.tare_grams))
        .where(WeighingLine.district == district, WeighingLine.weighing.in_(known.values()))
        .group_by(WeighingLine.weighing)
    )
    weights = {weighing: int(grams) for weighing, grams in rows}
    return {key: weights[weighing] for key, weighing in known.items() if weighing in weights}


def settled_facts(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    """Tell what weighings must have moved as they were confirmed, and as evidence was accepted later."""
    yield from _accepted_later(db, district, since=since, until=until)
    at_once = WeighingLine.evidence.is_(None)
    rows = db.execute(
        select(
            Weighing.id,
            Weighing.operator,
            Weighing.opened_at,
            Weighing.ended_at,
            WeighingLine.programme,
            func.sum(WeighingLine.market_fen),
            func.coalesce(func.sum(WeighingLine.subsidy_fen).filter(at_once), 0),
            func.coalesce(func.sum(WeighingLine.operator_subsidy_fen).filter(at_once), 0),
        )
        .join(WeighingLine, WeighingLine.weighing == Weighing.id)
        .where(Weighing.district == district, WeighingLine.district == district)
        .where(Weighing.state == State.CONFIRMED, Weighing.ended_at >= since, Weighing.ended_at < until)
        .group_by(Weighing.district, Weighing.id, WeighingLine.programme)
        .order_by(Weighing.id)
    )
    for (weighing, operator, opened_at, ended_at), of_it in groupby(rows, key=lambda row: tuple(row[:4])):
        yield from _facts(weighing, operator, opened_at, ended_at, [tuple(row[4:]) for row in of_it])


def _facts(
    weighing: UUID, operator: UUID, opened_at: datetime, ended_at: datetime, sums: Sequence[Any]
) -> Iterator[Fact]:
    key, period = f"weighing/{weighing}/confirmed", subsidies.period_of(opened_at)
    moved: dict[str, int] = defaultdict(int)
    for programme, market_fen, subsidy_fen, operator_fen in sums:
        moved[operator_due(operator)] -= int(market_fen)
        moved[operator_subsidy(operator)] += int(operator_fen)
        if programme is not None:
            moved[budget(programme, period)] -= int(subsidy_fen + operator_fen)
    for account, amount in moved.items():
        if amount:
            yield Fact(key, account, amount, ended_at)


def _accepted_later(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    rows = db.execute(
        select(WeighingLine, Weighing)
        .join(Weighing, (Weighing.district == WeighingLine.district) & (Weighing.id == WeighingLine.weighing))
        .where(WeighingLine.district == district, WeighingLine.evidence_entry.is_not(None))
        .where(WeighingLine.evidence_at >= since, WeighingLine.evidence_at < until)
    )
    for line, weighing in rows:
        if line.programme is None or line.evidence_at is None:
            continue
        key = f"line/{line.id}/evidence_accepted"
        source = budget(line.programme, subsidies.period_of(weighing.opened_at))
        yield Fact(key, source, -line.subsidy_fen - line.operator_subsidy_fen, line.evidence_at)
        if line.operator_subsidy_fen:
            owed = operator_subsidy(weighing.operator)
            yield Fact(key, owed, line.operator_subsidy_fen, line.evidence_at)


def operator_names(db: Session, district: str, parties: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name parties, in Chinese and English."""
    found = (network.operator(db, operator) for operator in parties)
    return {one.id: (one.name_zh, one.name_en) for one in found if one is not None}


def receipt(db: Session, weighing_id: UUID, *, by: Actor) -> Receipt:
    """Return the receipt of a confirmed weighing.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises ReceiptNotReady: it is not confirmed
    """
    weighing = visible(db, weighing_id, by=by)
    if weighing.state != State.CONFIRMED:
        raise ReceiptNotReady
    return receipt_of(db, weighing, lines(db, weighing))


def receipt_of(db: Session, weighing: Weighing, weighed: Sequence[WeighingLine]) -> Receipt:
    """Gather what a weighing's amounts follow from."""
    return Receipt(
        weighing=weighing,
        lines=weighed,
        price_list=catalogue.published(db, weighing.district, weighing.price_list),
        factors=carbon.factor_set_by_id(db, weighing.factor_set),
    )
