"""What a line is worth, and how a weighing may end. No database, no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backend.carbon.queries import FactorSet
from backend.catalogue.queries import Rate
from backend.subsidy.queries import Bar, Terms

CODE_TRIES = 5
_FULL = Terms()


class State(StrEnum):
    """Where a weighing stands."""

    OPEN = "open"
    QUOTED = "quoted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class WeightFrom(StrEnum):
    """How a weight came to the device."""

    SCALE = "scale"
    TYPED = "typed"


class Evidence(StrEnum):
    """What is to be made, or was made, of the evidence for a line's subsidies."""

    NEEDED = "needed"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


EVIDENCE_WORDS: Mapping[str, tuple[str, str]] = {
    Evidence.NEEDED: (
        "重量由人工录入，市场价值的绿积分在确认后到账，补贴部分在工作人员核实后发放。",
        "The weight was typed in: the points for market value come with your agreement, those of the subsidy"
        " once staff have looked at it.",
    ),
    Evidence.WAITING: (
        "补贴部分正在等待工作人员核实，核实通过后发放。",
        "The subsidy waits for staff to look at the evidence; it is paid once they accept it.",
    ),
    Evidence.ACCEPTED: (
        "工作人员已核实，补贴已发放。",
        "Staff have accepted it; the subsidy is paid.",
    ),
    Evidence.DECLINED: (
        "工作人员未认可证据，补贴不予发放。",
        "Staff have declined the evidence; the subsidy is not paid.",
    ),
}


def is_granted(evidence: str | None) -> bool:
    """Tell whether a line's subsidies wait for nobody."""
    return evidence in (None, Evidence.ACCEPTED)


LIVE = frozenset({State.OPEN, State.QUOTED})
"""The goods are with the collector and nothing is decided."""


@dataclass(frozen=True)
class Reading:
    """What the scale showed for one material."""

    id: UUID
    material: str
    gross_grams: int
    tare_grams: int
    weight_from: str = WeightFrom.TYPED

    @property
    def net_grams(self) -> int:
        """Return what the material itself weighs."""
        return self.gross_grams - self.tare_grams


@dataclass(frozen=True)
class Price:
    """What a reading is worth at a rate."""

    reading: Reading
    market_fen: int
    subsidised_grams: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    programme: UUID | None
    cap: str | None
    paid_percent: int = 100
    queued_fen: int = 0
    queued_operator_fen: int = 0
    queued_for: str | None = None
    needs_answer: bool = False
    """Whether its subsidies wait for staff if the resident is silent."""
    evidence: str | None = None

    @property
    def held_fen(self) -> int:
        """Return what the programme's budget must hold for it."""
        return self.subsidy_fen + self.operator_subsidy_fen


def price(
    reading: Reading, rate: Rate, factors: FactorSet, *, subsidised_grams: int, terms: Terms = _FULL
) -> Price:
    """Price one reading, each amount rounded by itself.

    :param subsidised_grams: how much of it is under the household's ceiling
    :param terms: what its programme pays now; at its cap the programme's own rule applies
    """
    counts = rate.is_subsidised and terms.pays
    grams = subsidised_grams if counts else 0
    queued = grams > 0 and terms.bar == Bar.QUEUED
    percent = 100 if queued or not grams else terms.percent
    household_fen, operator_fen = rate.subsidy_fen(grams, percent), rate.operator_subsidy_fen(grams, percent)
    promised = household_fen + operator_fen > 0
    return Price(
        reading=reading,
        market_fen=rate.market_fen(reading.net_grams),
        subsidised_grams=grams,
        subsidy_fen=0 if queued else household_fen,
        operator_subsidy_fen=0 if queued else operator_fen,
        saved_co2e_grams=factors.saved_co2e_grams(reading.material, reading.net_grams),
        programme=rate.programme,
        cap=_cap(reading, rate, terms, granted_grams=subsidised_grams),
        paid_percent=percent,
        queued_fen=household_fen if queued else 0,
        queued_operator_fen=operator_fen if queued else 0,
        queued_for=terms.queue_for if queued else None,
        needs_answer=rate.needs_confirmation and promised,
        evidence=Evidence.NEEDED if promised and _is_unproven(reading, rate) else None,
    )


def _is_unproven(reading: Reading, rate: Rate) -> bool:
    return rate.needs_verified_scale and reading.weight_from != WeightFrom.SCALE


def _cap(reading: Reading, rate: Rate, terms: Terms, *, granted_grams: int) -> str | None:
    """Say why less than the rate is paid now; what the ceiling leaves over asks nothing of a budget."""
    if not rate.is_subsidised:
        return None
    if not granted_grams:
        return "ceiling"
    if terms.bar is not None:
        return str(terms.bar)
    if terms.percent < 100:
        return "tapered"
    return "ceiling" if granted_grams < reading.net_grams else None


def share(readings: Sequence[Reading], granted: Mapping[str, int]) -> dict[UUID, int]:
    """Share what was granted for each material among its readings, first come first served."""
    left = dict(granted)
    shares: dict[UUID, int] = {}
    for reading in readings:
        part = min(reading.net_grams, left.get(reading.material, 0))
        shares[reading.id] = part
        left[reading.material] = left.get(reading.material, 0) - part
    return shares


def wanted(readings: Sequence[Reading], rates: Mapping[str, Rate]) -> dict[str, int]:
    """Return how much of each subsidised material a bag asks the household's ceilings for."""
    grams: dict[str, int] = {}
    for reading in readings:
        if rates[reading.material].is_subsidised:
            grams[reading.material] = grams.get(reading.material, 0) + reading.net_grams
    return grams


def promise(
    readings: Sequence[Reading],
    rates: Mapping[str, Rate],
    factors: FactorSet,
    *,
    shares: Mapping[UUID, int],
    terms: Mapping[UUID | None, Terms],
    hold: Callable[[Sequence[Price]], UUID | None],
) -> list[Price]:
    """Price a bag; of each programme that cannot pay for its part in it, by what applies at its cap.

    :param shares: how much of each reading is under the household's ceilings
    :param terms: what each programme pays now
    :param hold: takes what is promised from the budgets, all or nothing; names one that falls short
    """
    now = dict(terms)
    while True:
        prices = [
            price(
                reading,
                rates[reading.material],
                factors,
                subsidised_grams=shares[reading.id],
                terms=now[rates[reading.material].programme],
            )
            for reading in readings
        ]
        short = hold(prices)
        if short is None:
            return prices
        now[short] = now[short].exhausted()


def unpaid(prices: Sequence[Price], shares: Mapping[UUID, int]) -> dict[str, int]:
    """Return what the ceilings granted and a programme cannot pay, by material."""
    grams: dict[str, int] = {}
    for one in prices:
        left = shares[one.reading.id] - one.subsidised_grams
        if left and one.programme is not None:
            grams[one.reading.material] = grams.get(one.reading.material, 0) + left
    return grams


_CAPS = {
    "ceiling": (
        "本户本月这个品类的补贴已到上限，超出部分没有补贴。",
        "Your household's ceiling of the month for this material is reached; what is above it is not"
        " subsidised.",
    ),
    "budget": (
        "补贴项目的预算已用完或已全部承诺，这一项没有补贴。",
        "The programme's money is spent or promised, so this is not subsidised.",
    ),
    "tapered": (
        "补贴项目的预算所剩不多，按标准的 {percent}% 发放。",
        "Little of the programme's money is left, so {percent}% of the rate is paid.",
    ),
    "queued": (
        "补贴项目本期预算已用完，这一项的补贴已排队，下一笔预算到位时首先支付，计划在 {period} 年。",
        "The programme's money is used up; this subsidy is queued and paid first from the money that comes"
        " next, planned for {period}.",
    ),
    "frozen": (
        "补贴项目暂停承诺新的补贴，这一项没有补贴。",
        "The programme promises nothing new for now, so this is not subsidised.",
    ),
    "closed": ("补贴项目已结束，这一项没有补贴。", "The programme is closed, so this is not subsidised."),
}


def cap_words(cap: str | None, *, percent: int, period: str | None) -> tuple[str | None, str | None]:
    """Say why less than the rate is paid now, in Chinese and in English."""
    if cap is None:
        return None, None
    zh, en = _CAPS[cap]
    return zh.format(percent=percent, period=period), en.format(percent=percent, period=period)
