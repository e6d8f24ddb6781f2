"""What a programme pays at a moment: its own rule at the cap, as pure decisions that a replay makes too."""

from dataclasses import dataclass, replace
from enum import StrEnum

from backend.subsidy.errors import TaperIncomplete
from backend.subsidy.rules.periods import next_period
from backend.subsidy.rules.values import BudgetState


class CapRule(StrEnum):
    """What happens when a budget comes to its end."""

    STOP = "stop"
    TAPER = "taper"
    QUEUE = "queue"


class Bar(StrEnum):
    """Why a programme pays nothing now."""

    BUDGET = "budget"
    """All of its money is spent or promised."""
    QUEUED = "queued"
    """So it is, and what it cannot pay is promised from the money that comes next."""
    FROZEN = "frozen"
    CLOSED = "closed"


class Standing(StrEnum):
    """What a household can expect of a programme before it hands anything over."""

    PAYING = "paying"
    TAPERED = "tapered"
    EXHAUSTED = "exhausted"
    QUEUEING = "queueing"
    FROZEN = "frozen"
    CLOSED = "closed"


@dataclass(frozen=True)
class Terms:
    """What a programme pays at one moment."""

    percent: int = 100
    """The share of the rates."""
    bar: Bar | None = None
    queue_for: str | None = None
    """The period from whose money it pays what it cannot pay now, if it queues."""

    def exhausted(self) -> "Terms":
        """Return what applies to what its money does not suffice for."""
        return replace(self, bar=Bar.BUDGET if self.queue_for is None else Bar.QUEUED)

    @property
    def pays(self) -> bool:
        """Tell whether it pays anything, now or later."""
        return self.bar in (None, Bar.QUEUED)


def check_cap(cap_rule: str, taper_below_fen: int | None, taper_percent: int | None) -> None:
    """Refuse a rule that says too little, or too much.

    :raises TaperIncomplete: a taper lacks its threshold or share, or another rule has one
    """
    wanted = cap_rule == CapRule.TAPER
    if (taper_below_fen is not None) != wanted or (taper_percent is not None) != wanted:
        raise TaperIncomplete


def percent_paid(cap_rule: str, *, left_fen: int, below_fen: int | None, percent: int | None) -> int:
    """Return the share of its rates that a programme pays while so much is left and not promised.

    A taper pays the lower share to the whole of a bag that comes when less than its threshold is left.
    """
    if cap_rule != CapRule.TAPER or below_fen is None or percent is None or left_fen >= below_fen:
        return 100
    return percent


def terms(cap_rule: str, *, state: str | None, closed: bool, percent: int, period: str) -> Terms:
    """Tell what a programme pays now.

    :param state: of its budget; None where it never had money for this period
    :param closed: whether the programme as a whole is
    """
    if closed:
        return Terms(bar=Bar.CLOSED)
    if state == BudgetState.FROZEN:
        return Terms(bar=Bar.FROZEN)
    found = Terms(percent=percent, queue_for=next_period(period) if cap_rule == CapRule.QUEUE else None)
    return found if state == BudgetState.OPEN else found.exhausted()


def standing(now: Terms, *, left_fen: int) -> Standing:
    """Say in a word what a household can expect."""
    bar = now.bar if now.bar is not None or left_fen > 0 else now.exhausted().bar
    if bar is None:
        return Standing.PAYING if now.percent == 100 else Standing.TAPERED
    return {
        Bar.BUDGET: Standing.EXHAUSTED,
        Bar.QUEUED: Standing.QUEUEING,
        Bar.FROZEN: Standing.FROZEN,
        Bar.CLOSED: Standing.CLOSED,
    }[bar]


_SAID = {
    Standing.PAYING: ("按标准发放补贴。", "The whole rate is paid."),
    Standing.TAPERED: (
        "预算所剩不多，按标准的 {percent}% 发放。",
        "Little money is left: {percent}% of the rate is paid.",
    ),
    Standing.EXHAUSTED: (
        "本期预算已用完或已全部承诺，暂无补贴。",
        "The money of this period is spent or promised: nothing is subsidised.",
    ),
    Standing.QUEUEING: (
        "本期预算已用完，新的补贴排队，下一笔预算到位时首先支付，计划在 {period} 年。",
        "The money of this period is used up: new subsidies are queued and paid first from the money that"
        " comes next, planned for {period}.",
    ),
    Standing.FROZEN: ("暂停承诺新的补贴。", "Nothing new is promised for now."),
    Standing.CLOSED: ("项目已结束。", "The programme is closed."),
}


def said(found: Standing, now: Terms) -> tuple[str, str]:
    """Say what a household can expect, in Chinese and in English."""
    zh, en = _SAID[found]
    facts = {"percent": now.percent, "period": now.queue_for}
    return zh.format(**facts), en.format(**facts)
