"""How a month is settled: drawn up, signed by one and by another, paid; or withdrawn and drawn up anew."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.accounts import service, sheets, sources, turnovers
from backend.accounts.errors import (
    AlreadySigned,
    DifferencesUnexplained,
    LaterSheetStands,
    MonthNotOver,
    NotCountersigned,
    NothingToPay,
    PointsNotThere,
    SheetNotDrawnUp,
)
from backend.accounts.models import SettlementLine, SettlementSheet
from backend.accounts.parties import FINAL, Fact, Month, Party, PartyKind, SheetState, party_of
from backend.accounts.postings import Refused, points_settled, settlement_paid
from backend.accounts.reckoning import (
    Move,
    Sheet,
    SheetLine,
    account_turnovers,
    add_up,
    digest,
    reconcile,
    turnover_differs,
)
from backend.identity import queries as identity
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.notices import service as notices

Seen = Callable[[Sheet], None]
"""Raises if the state that is found is not the one that the caller has seen."""


def draw_up(db: Session, *, district: str, month: Month, by: Actor, at: datetime) -> list[Sheet]:
    """Draw up the sheets of a month that parties lack; said again, it draws up nothing.

    What a party that has a later sheet moved in this month stands on that one.

    :raises MonthNotOver: it is not
    """
    if at < month.until:
        raise MonthNotOver(month=month)
    sheets.lock_chain(db, district)
    size = turnovers.size(db, district)
    facts = sources.facts(db, district, since=month.since, until=month.until)
    paths = {*turnovers.settled_paths(db, district), *(fact.account for fact in facts)}
    lacking = {party_of(path) for path in paths} - sheets.settled_from(db, district, month)
    names = sources.names(db, district, {party.id for party in lacking})
    drawn = []
    for party in sorted(lacking, key=lambda party: (party.kind, party.id)):
        facts_of_party = [fact for fact in facts if party_of(fact.account) == party]
        found = _drawn_up(db, district, party, month, facts_of_party, size=size, at=at)
        if found is not None:
            row, lines = found
            row.drawn_up_by = by.id
            row.party_zh, row.party_en = names.get(party.id, ("", ""))
            drawn.append(_keep(db, row, lines))
    facts_after = {"sheets": len(drawn), "differences": sum(sheet.differences for sheet in drawn)}
    trail.note(db, "settlement.drawn_up", f"settlement/{month}", by=by, after=facts_after, at=at)
    _tell(db, district, month, drawn, at=at)
    return drawn


def _drawn_up(
    db: Session, district: str, party: Party, month: Month, facts: Sequence[Fact], *, size: int, at: datetime
) -> tuple[SettlementSheet, list[SheetLine]] | None:
    """Make the sheet of a party; None if nothing stood or moved."""
    seen = sheets.size_before(db, district, party, month)
    moves = turnovers.moves(db, district, party, month, size=size, seen=seen)
    turned = turnovers.turnover(db, district, party, month, size=size)
    if not moves and not facts and not any(one.opening for one in turned):
        return None
    known = [*facts, *sheets.posted(db, district, party), *_late_facts(db, district, party, month, moves)]
    missing = _missing(db, district, known, moves, month, size=size)
    lines = reconcile(moves, known, month=month, missing=missing)
    lines = [*turnover_differs(turned, lines, at=month.until), *lines]
    held_fen = sum(
        turnovers.held(db, district, path, asset, month, size=size)
        for path, asset in party.patterns.values()
        if party.kind == PartyKind.PROGRAMME
    )
    is_operator = party.kind == PartyKind.OPERATOR
    net_grams = sources.grams(db, district, {move.key for move in moves}) if is_operator else 0
    accounts = account_turnovers(turned, lines)
    left_fen = sum(one.closing for one in turned) if party.kind == PartyKind.PROGRAMME else 0
    row = SettlementSheet(
        district=district,
        id=new_id(at),
        month=str(month),
        party_kind=party.kind,
        party=party.id,
        state=SheetState.DRAWN_UP,
        size=size,
        seen=seen,
        accounts={"items": [asdict(one) for one in accounts]},
        amounts=asdict(add_up(party, lines, held_fen=held_fen, left_fen=left_fen, net_grams=net_grams)),
        backing=asdict(turnovers.backing(db, district, size=size)),
        lines=len(lines),
        differences=sum(line.difference is not None for line in lines),
        drawn_up_at=at,
    )
    return row, lines


def _late_facts(
    db: Session, district: str, party: Party, month: Month, moves: Sequence[Move]
) -> Iterable[Fact]:
    """Gather what is known of the time that late lines tell of."""
    since = min((move.at for move in moves), default=month.since)
    if since >= month.since:
        return ()
    found = sources.facts(db, district, since=since, until=month.since)
    return [fact for fact in found if party_of(fact.account) == party]


def _missing(
    db: Session, district: str, facts: Iterable[Fact], moves: Sequence[Move], month: Month, *, size: int
) -> list[Fact]:
    """Find the facts of the month that no line tells of; what was posted late comes on the next sheet."""
    told = {(move.key, move.account) for move in moves}
    untold = [
        fact
        for fact in facts
        if (fact.key, fact.account) not in told and month.since <= fact.at < month.until and fact.amount
    ]
    counted = turnovers.counted(db, district, {fact.key for fact in untold}, month, size=size)
    return [fact for fact in untold if counted.get(fact.key, True)]


def _keep(db: Session, row: SettlementSheet, lines: Sequence[SheetLine]) -> Sheet:
    row.digest = digest(row.content(), lines)
    db.add(row)
    db.flush()
    if lines:
        place = {"district": row.district, "sheet": row.id}
        values = [{**place, "no": no, **vars(line)} for no, line in enumerate(lines, start=1)]
        db.execute(insert(SettlementLine), values)
    return row.sheet()


def _tell(db: Session, district: str, month: Month, drawn: Sequence[Sheet], *, at: datetime) -> None:
    """Tell the district's staff what was drawn up, and each party of its own."""
    if not drawn:
        return
    differences = sum(sheet.differences for sheet in drawn)
    facts = {"month": str(month), "sheets": len(drawn), "differences": differences}
    for person in identity.at_work(db, district, roles=("district_admin", "approver")):
        notices.tell(db, person, "settlement.drawn_up", facts, district=district, at=at)
    for sheet in drawn:
        told = {"month": str(month), "sheet": str(sheet.id)}
        roles = ("operator_manager", "till")
        for person in identity.at_work(db, district, roles=roles, organisation=sheet.party):
            notices.tell(db, person, "settlement.ready", told, district=district, at=at)


def sign(
    db: Session, sheet_id: UUID, *, by: Actor, at: datetime, reason: str | None, is_as_seen: Seen
) -> Sheet:
    """Sign a sheet; with the second signature a merchant's points become money that is owed to it.

    :param reason: why it is signed in spite of unexplained differences
    :raises SheetNotFound: the district has no such sheet
    :raises SheetNotDrawnUp: it is signed by two, paid or withdrawn
    :raises AlreadySigned: by the same person
    :raises DifferencesUnexplained: without a reason
    :raises PointsNotThere: the merchant has fewer points than it says
    """
    row = _unsigned(db, sheet_id, by=by, is_as_seen=is_as_seen)
    if row.differences and not reason:
        raise DifferencesUnexplained(differences=row.differences)
    if row.state == SheetState.DRAWN_UP:
        row.mark_signed(by=by.id, at=at, reason=reason)
        _note(db, "settlement.signed", row, SheetState.DRAWN_UP, by=by, at=at, reason=reason)
        return row.sheet()
    if row.signed_by == by.id:
        raise AlreadySigned
    row.mark_countersigned(by=by.id, at=at, reason=reason)
    _note(db, "settlement.countersigned", row, SheetState.SIGNED, by=by, at=at, reason=reason)
    _settle_points(db, row, at=at)
    return row.sheet()


def _settle_points(db: Session, row: SettlementSheet, *, at: datetime) -> None:
    if not row.amounts["points"]:
        return
    row.settled_entry = new_id(at)
    outcome = service.post(
        db,
        id=row.settled_entry,
        district=row.district,
        key=f"settlement/{row.id}/signed",
        kind="settlement.signed",
        at=at,
        postings=points_settled(row.party, row.amounts["points"]),
        facts=_facts(row),
    )
    if isinstance(outcome, Refused):
        raise PointsNotThere


def withdraw(db: Session, sheet_id: UUID, *, by: Actor, at: datetime, reason: str, is_as_seen: Seen) -> Sheet:
    """Take a sheet back that two people have not signed; its month can be drawn up anew.

    :raises SheetNotFound: the district has no such sheet
    :raises SheetNotDrawnUp: it is signed by two, paid or withdrawn
    :raises LaterSheetStands: the party's next month follows from it
    """
    sheets.lock_chain(db, by.district)
    row = _unsigned(db, sheet_id, by=by, is_as_seen=is_as_seen)
    if sheets.has_later(db, by.district, row.of, row.month):
        raise LaterSheetStands
    before = SheetState(row.state)
    row.mark_withdrawn(by=by.id, at=at, reason=reason)
    _note(db, "settlement.withdrawn", row, before, by=by, at=at, reason=reason)
    return row.sheet()


def pay(db: Session, sheet_id: UUID, *, by: Actor, at: datetime, reference: str, is_as_seen: Seen) -> Sheet:
    """Record that what a sheet says was paid, as an entry.

    :param reference: of the bank
    :raises SheetNotFound: the district has no such sheet
    :raises NotCountersigned: two people have not signed it, or it was paid before
    :raises NothingToPay: it comes to nothing
    """
    row = sheets.locked(db, by.district, sheet_id)
    is_as_seen(row.sheet())
    if row.state != SheetState.COUNTERSIGNED:
        raise NotCountersigned
    amounts = row.sheet().amounts
    postings = settlement_paid(row.of, amounts.dues_fen, amounts.payable_fen)
    if not postings:
        raise NothingToPay
    row.mark_paid(entry=new_id(at), by=by.id, at=at, reference=reference)
    _note(db, "settlement.paid", row, SheetState.COUNTERSIGNED, by=by, at=at)
    service.entry_of(
        service.post(
            db,
            id=row.paid_entry,
            district=row.district,
            key=f"settlement/{row.id}/paid",
            kind="settlement.paid",
            at=at,
            postings=postings,
            facts=_facts(row),
        )
    )
    return row.sheet()


def _unsigned(db: Session, sheet_id: UUID, *, by: Actor, is_as_seen: Seen) -> SettlementSheet:
    row = sheets.locked(db, by.district, sheet_id)
    is_as_seen(row.sheet())
    if row.state in FINAL:
        raise SheetNotDrawnUp
    return row


def _note(
    db: Session,
    kind: str,
    row: SettlementSheet,
    before: SheetState,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    after = {"state": row.state, "digest": row.digest}
    trail.note(db, kind, _subject(row), by=by, before={"state": before}, after=after, reason=reason, at=at)


def _subject(row: SettlementSheet) -> str:
    return f"settlement/{row.id}"


def _facts(row: SettlementSheet) -> dict[str, str]:
    return {"settlement": str(row.id), "month": row.month, "digest": row.digest}
