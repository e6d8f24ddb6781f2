"""What a reading is worth here and now, and the holds that keep the promise until it is answered."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.postings import Refused
from backend.carbon import queries as carbon
from backend.catalogue import queries as catalogue
from backend.kit.clock import city_day
from backend.kit.ids import new_id
from backend.network import queries as network
from backend.network.errors import ScaleRetired
from backend.subsidy import queries as subsidies
from backend.subsidy import service as subsidy
from backend.weighing import tape
from backend.weighing.errors import MaterialNotAccepted, ScaleCannotRead, ScaleNotCertified, ScaleOutOfUse
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.postings import reserved
from backend.weighing.rules import Price, Reading, promise, share, unpaid, wanted

_UNPROVEN, _PROVEN = subsidies.PromiseState.UNPROVEN, subsidies.PromiseState.WAITING


def quote(
    db: Session, weighing: Weighing, readings: Sequence[Reading], *, first: int, at: datetime
) -> list[WeighingLine]:
    """Price readings and hold what they promise: the household's ceiling first, then the budgets.

    To what a programme cannot pay, its own rule at the cap applies, and the line says so.

    :param first: the number of the first new line
    :raises ScaleRetired: the scale is retired
    :raises ScaleOutOfUse: it failed its newest check
    :raises ScaleNotCertified: its certificate has run out
    :raises ScaleCannotRead: the scale cannot show such a weight
    :raises MaterialNotAccepted: the price list does not take a material
    """
    if not readings:
        return []
    _check_scale(db, weighing, readings, on=city_day(at))
    rates = catalogue.published(db, weighing.district, weighing.price_list).rates
    factors = carbon.factor_set_by_id(db, weighing.factor_set)
    for reading in readings:
        if reading.material not in rates or not rates[reading.material].accepted:
            raise MaterialNotAccepted(material=reading.material)
    shares = share(readings, _grant(db, weighing, readings, rates))
    terms = _terms(db, weighing, [rates[reading.material] for reading in readings])
    holds: dict[UUID, UUID] = {}

    def hold(prices: Sequence[Price]) -> UUID | None:
        holds.clear()
        holds.update({one.reading.id: new_id(at) for one in prices if one.held_fen})
        return _hold(db, weighing, prices, holds, at=at)

    prices = promise(readings, rates, factors, shares=shares, terms=terms, hold=hold)
    _give_back(db, weighing, unpaid(prices, shares))
    rows = [
        _row(weighing, first + place, one, holds.get(one.reading.id), at=at)
        for place, one in enumerate(prices)
    ]
    db.add_all(rows)
    tape.write(db, weighing, rows, kind=tape.QUOTED, at=at)
    return rows


def release(
    db: Session, weighing: Weighing, lines: Sequence[WeighingLine], *, kind: str, key: str, at: datetime
) -> None:
    """Free what lines had promised: the ceilings, then the holds."""
    _give_back(db, weighing, _subsidised(lines))
    holds = [line.hold for line in lines if line.hold]
    if holds:
        accounts.entry_of(
            accounts.post(
                db,
                district=weighing.district,
                key=key,
                kind=kind,
                at=at,
                releases=holds,
                facts={"weighing": str(weighing.id)},
            )
        )
    tape.write(db, weighing, lines, kind=kind, at=at)


def promises(weighing: Weighing, lines: Sequence[WeighingLine], *, at: datetime) -> list[subsidies.Promise]:
    """Return what the lines' programmes promised of money that is still to come."""
    return [
        subsidies.Promise(
            id=line.id,
            programme=line.programme,
            weighing=weighing.id,
            household=weighing.household,
            operator=weighing.operator,
            material=line.material,
            period=subsidies.period_of(weighing.opened_at),
            planned_for=line.queued_for,
            subsidy_fen=line.queued_fen,
            operator_subsidy_fen=line.queued_operator_fen,
            points_months=weighing.points_months,
            state=_UNPROVEN if line.waits else _PROVEN,
            promised_at=at,
            paid_at=None,
            entry=None,
        )
        for line in lines
        if line.programme and line.queued_for and line.queued_fen + line.queued_operator_fen
    ]


def use_ceilings(db: Session, weighing: Weighing, lines: Sequence[WeighingLine]) -> None:
    """Count what was promised under the ceilings as paid."""
    if grams := _subsidised(lines):
        subsidy.use(
            db,
            district=weighing.district,
            household=weighing.household,
            month=subsidies.month_of(weighing.opened_at),
            grams=grams,
        )


def in_force(scale: network.ScalePassport) -> str:
    """Return the certificate that a scale is used under.

    :raises ScaleRetired: it is retired
    :raises ScaleOutOfUse: it failed its newest check
    :raises ScaleNotCertified: no certificate covers the day
    """
    if scale.standing == network.Standing.RETIRED:
        raise ScaleRetired
    if scale.standing == network.Standing.OUT_OF_USE:
        raise ScaleOutOfUse(serial=scale.serial)
    if scale.standing != network.Standing.IN_USE or scale.certificate is None:
        raise ScaleNotCertified(serial=scale.serial)
    return scale.certificate


def _check_scale(db: Session, weighing: Weighing, readings: Sequence[Reading], *, on: date) -> None:
    scale = network.scale(db, weighing.district, weighing.scale, on=on)
    assert scale is not None, "a scale is never taken out of the register"
    in_force(scale)
    for reading in readings:
        if not scale.can_read(reading.gross_grams):
            raise ScaleCannotRead(
                least=scale.min_grams,
                most=scale.max_grams,
                interval=scale.interval_grams,
                gross=reading.gross_grams,
            )


def _terms(
    db: Session, weighing: Weighing, rates: Sequence[catalogue.Rate]
) -> dict[UUID | None, subsidies.Terms]:
    """Ask what each programme pays now; it stays so until this is quoted."""
    programmes = {rate.programme for rate in rates if rate.programme is not None}
    period = subsidies.period_of(weighing.opened_at)
    found = subsidies.terms_now(db, weighing.district, programmes=programmes, period=period)
    nobody: dict[UUID | None, subsidies.Terms] = {None: subsidies.Terms()}
    return nobody | dict(found.items())


def _grant(
    db: Session, weighing: Weighing, readings: Sequence[Reading], rates: Mapping[str, catalogue.Rate]
) -> dict[str, int]:
    """Ask how much of each subsidised material is still under the household's ceiling, and keep it."""
    return subsidy.grant(
        db,
        district=weighing.district,
        household=weighing.household,
        month=subsidies.month_of(weighing.opened_at),
        wants={
            material: (grams, rates[material].ceiling_grams)
            for material, grams in wanted(readings, rates).items()
        },
    )


def _hold(
    db: Session, weighing: Weighing, prices: Sequence[Price], holds: Mapping[UUID, UUID], *, at: datetime
) -> UUID | None:
    """Hold what is promised on the budgets, all or nothing.

    :returns: the programme that cannot pay, if one cannot
    """
    period = subsidies.period_of(weighing.opened_at)
    reserves = {
        one.reading.id: reserved(one, hold=holds[one.reading.id], period=period)
        for one in prices
        if one.reading.id in holds
    }
    if not reserves:
        return None
    outcome = accounts.post(
        db,
        district=weighing.district,
        key=f"weighing/{weighing.id}/quote/{weighing.revision}",
        kind="quote.held",
        at=at,
        reserves=list(reserves.values()),
        facts={"weighing": str(weighing.id), "revision": weighing.revision},
    )
    if not isinstance(outcome, Refused):
        return None
    short = next(
        one for one in prices if (held := reserves.get(one.reading.id)) and held.account == outcome.about
    )
    return short.programme


def _give_back(db: Session, weighing: Weighing, grams: Mapping[str, int]) -> None:
    if grams:
        subsidy.give_back(
            db,
            district=weighing.district,
            household=weighing.household,
            month=subsidies.month_of(weighing.opened_at),
            grams=grams,
        )


def _subsidised(lines: Sequence[WeighingLine]) -> dict[str, int]:
    grams: dict[str, int] = {}
    for line in lines:
        if line.subsidised_grams:
            grams[line.material] = grams.get(line.material, 0) + line.subsidised_grams
    return grams


def _row(weighing: Weighing, no: int, one: Price, hold: UUID | None, *, at: datetime) -> WeighingLine:
    return WeighingLine(
        district=weighing.district,
        id=one.reading.id,
        weighing=weighing.id,
        no=no,
        material=one.reading.material,
        gross_grams=one.reading.gross_grams,
        tare_grams=one.reading.tare_grams,
        weighed_at=at,
        market_fen=one.market_fen,
        subsidised_grams=one.subsidised_grams,
        subsidy_fen=one.subsidy_fen,
        operator_subsidy_fen=one.operator_subsidy_fen,
        saved_co2e_grams=one.saved_co2e_grams,
        programme=one.programme,
        cap=one.cap,
        paid_percent=one.paid_percent,
        queued_fen=one.queued_fen,
        queued_operator_fen=one.queued_operator_fen,
        queued_for=one.queued_for,
        hold=hold,
        weight_from=one.reading.weight_from,
        needs_answer=one.needs_answer,
        evidence=one.evidence,
    )
