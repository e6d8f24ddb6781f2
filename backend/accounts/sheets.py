"""The questions that are asked of settlement sheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from backend.accounts.chart import merchant_green, merchant_payable, operator_due, operator_subsidy
from backend.accounts.errors import SheetNotFound
from backend.accounts.models import SettlementLine, SettlementSheet
from backend.accounts.parties import Fact, Month, Party, PartyKind, SheetState
from backend.accounts.reckoning import Sheet, SheetLine
from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of, whole


@dataclass(frozen=True, kw_only=True)
class NumberedLine(SheetLine):
    """A line with its place on the sheet."""

    no: int


_STANDS = SettlementSheet.state != SheetState.WITHDRAWN
_CHAIN = text("select pg_advisory_xact_lock(hashtextextended('settlement/' || :district, 0))")


def lock_chain(db: Session, district: str) -> None:
    """Let nobody else draw up or take back a sheet of a district until this transaction ends.

    Two who draw up would each find no sheet, and what is late would be on both; a sheet that is taken back
    below one that is being drawn up would leave its lines on neither.
    """
    db.execute(_CHAIN, {"district": district})


def settled_from(db: Session, district: str, month: Month) -> set[Party]:
    """List the parties that have a sheet of a month, or of a later one."""
    query = select(SettlementSheet.party_kind, SettlementSheet.party).where(
        SettlementSheet.district == district, SettlementSheet.month >= str(month), _STANDS
    )
    return {Party(PartyKind(kind), party) for kind, party in db.execute(query)}


def size_before(db: Session, district: str, party: Party, month: Month) -> int:
    """Return the size that a party's last sheet before a month was as of; 0 if it has none."""
    query = select(func.max(SettlementSheet.size)).where(
        SettlementSheet.month < str(month), *_of(district, party), _STANDS
    )
    return db.scalar(query) or 0


def has_later(db: Session, district: str, party: Party, month: str) -> bool:
    """Tell whether a party has a sheet of a later month."""
    query = select(SettlementSheet.id).where(SettlementSheet.month > month, *_of(district, party), _STANDS)
    return db.scalar(query.limit(1)) is not None


def posted(db: Session, district: str, party: Party) -> list[Fact]:
    """Tell what the entries must say that a party's own sheets have posted."""
    rows = db.scalars(
        select(SettlementSheet).where(SettlementSheet.countersigned_at.is_not(None), *_of(district, party))
    )
    return [fact for row in rows for fact in _posted(row.sheet())]


def _posted(sheet: Sheet) -> Iterator[Fact]:
    amounts, party = sheet.amounts, sheet.party
    if sheet.settled_entry is not None and sheet.countersigned_at is not None:
        key = f"settlement/{sheet.id}/signed"
        yield Fact(key, merchant_green(party), -amounts.points, sheet.countersigned_at)
        yield Fact(key, merchant_payable(party), amounts.points, sheet.countersigned_at)
    if sheet.paid_at is not None:
        is_operator = sheet.party_kind == PartyKind.OPERATOR
        key, owed = f"settlement/{sheet.id}/paid", operator_subsidy if is_operator else merchant_payable
        yield Fact(key, owed(party), -amounts.payable_fen, sheet.paid_at)
        if is_operator:
            yield Fact(key, operator_due(party), amounts.dues_fen, sheet.paid_at)


def _of(district: str, party: Party) -> tuple[ColumnElement[bool], ...]:
    return (
        SettlementSheet.district == district,
        SettlementSheet.party_kind == party.kind,
        SettlementSheet.party == party.id,
    )


def locked(db: Session, district: str, sheet_id: UUID) -> SettlementSheet:
    """Return a sheet and keep others from changing it.

    :raises SheetNotFound: the district has no such sheet
    """
    query = select(SettlementSheet).where(
        SettlementSheet.district == district, SettlementSheet.id == sheet_id
    )
    found = db.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise SheetNotFound
    return found


def _mine(by: Actor) -> tuple[ColumnElement[bool], ...]:
    """Show staff of the district everything, and who works for a party its own."""
    mine = () if by.organisation is None else (SettlementSheet.party == by.organisation,)
    return (SettlementSheet.district == by.district, *mine)


def listed(
    db: Session,
    *,
    by: Actor,
    month: str | None,
    party_kind: str | None,
    state: str | None,
    cursor: str | None,
    limit: int,
) -> Page[Sheet]:
    """List the sheets that somebody may see, the newest first."""
    query = select(SettlementSheet).where(*_mine(by))
    if month is not None:
        query = query.where(SettlementSheet.month == month)
    if party_kind is not None:
        query = query.where(SettlementSheet.party_kind == party_kind)
    if state is not None:
        query = query.where(SettlementSheet.state == state)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(SettlementSheet.id < before[0])
    rows = db.scalars(query.order_by(SettlementSheet.id.desc()).limit(limit + 1))
    return cut([row.sheet() for row in rows], limit, lambda sheet: (sheet.id,))


def shown(db: Session, sheet_id: UUID, *, by: Actor) -> Sheet:
    """Return a sheet that somebody may see.

    :raises SheetNotFound: it is not theirs
    """
    found = db.scalars(
        select(SettlementSheet).where(SettlementSheet.id == sheet_id, *_mine(by))
    ).one_or_none()
    if found is None:
        raise SheetNotFound
    return found.sheet()


def lines(db: Session, sheet_id: UUID, *, by: Actor, cursor: str | None, limit: int) -> Page[NumberedLine]:
    """List the lines of a sheet, what is unexplained first.

    :raises SheetNotFound: it is not theirs
    """
    shown(db, sheet_id, by=by)
    after = key_of(cursor, whole)
    query = (
        select(SettlementLine)
        .where(SettlementLine.district == by.district, SettlementLine.sheet == sheet_id)
        .where(SettlementLine.no > (after[0] if after else 0))
        .order_by(SettlementLine.no)
    )
    page = cut(db.scalars(query.limit(limit + 1)).all(), limit, lambda row: (row.no,))
    return Page([NumberedLine(no=row.no, **vars(row.line())) for row in page.items], page.next_cursor)


def all_lines(db: Session, district: str, sheet_id: UUID) -> list[SheetLine]:
    """List all lines of a sheet, what is unexplained first."""
    query = select(SettlementLine).where(
        SettlementLine.district == district, SettlementLine.sheet == sheet_id
    )
    return [row.line() for row in db.scalars(query.order_by(SettlementLine.no))]
