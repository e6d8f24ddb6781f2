"""What an entry is called on a statement, how long points last, and what a correction can take back."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from backend.kit.clock import CITY, city_day


@dataclass(frozen=True)
class Title:
    """An entry's kind in words."""

    zh: str
    en: str


TITLES: Final[Mapping[str, Title]] = {
    "balance.opened": Title("期初余额", "Opening balance"),
    "weighing.confirmed": Title("交投可回收物", "Recyclables handed over"),
    "award.corrected": Title("交投更正", "Correction"),
    "award.repaid": Title("抵还所欠绿积分", "Repaid what a correction could not take back"),
    "budget.funded": Title("预算拨款", "Budget funded"),
    "settlement.signed": Title("绿积分结算", "Points settled"),
    "settlement.paid": Title("结算款支付", "Settlement paid"),
    "carbon.recomputed": Title("减碳量重算", "Saved CO2e recomputed"),
    "points.expired": Title("绿积分到期失效", "Points lapsed"),
    "subsidy.accepted": Title("核实通过的补贴", "Subsidy paid after a check"),
    "subsidy.paid_late": Title("补发排队的补贴", "Queued subsidy paid"),
    "redemption.held": Title("兑换：绿积分已预留", "Redemption: points held"),
    "redemption.honoured": Title("兑换：券已使用", "Redemption: voucher used"),
    "redemption.cancelled": Title("兑换已取消", "Redemption cancelled"),
    "redemption.expired": Title("券已过期，绿积分已退回", "Voucher expired, points free again"),
}


@dataclass(frozen=True)
class Reference:
    """The business fact behind an entry, such as a weighing."""

    noun: str
    id: str


@dataclass(frozen=True)
class Backing:
    """What stands behind the points of a district."""

    household_points: int
    merchant_points: int
    fund_fen: int
    operators_owe_fen: int
    """The part of the fund that operators have not paid yet."""
    owed_points: int
    """What corrections could not take back from households."""
    owing_points: int
    """The other side of that, as a negative balance."""

    @property
    def is_exact(self) -> bool:
        """Tell whether every point is backed by a fen, and every fen backs a point."""
        return self.household_points + self.merchant_points == self.fund_fen

    @property
    def owes_exactly(self) -> bool:
        """Tell whether what households owe is what the district counts on."""
        return self.owed_points + self.owing_points == 0


@dataclass(frozen=True)
class Recovery:
    """How a correction gets points back that should not have been awarded."""

    taken: int
    """From what the household has."""
    expired: int
    """These had lapsed: the treasury has their fen."""
    owed: int
    """These were spent or are held: the treasury pays for now, and later awards repay it."""


def recovery(points: int, *, expired_points: int, available_points: int) -> Recovery:
    """Tell how to get points back: first those that lapsed and harm nobody, then what is there, then owed.

    :param points: that should not have been awarded
    :param expired_points: of the award that have lapsed
    :param available_points: of the household
    """
    expired = min(points, expired_points)
    taken = min(points - expired, available_points)
    return Recovery(taken, expired, points - expired - taken)


def title(kind: str) -> Title:
    """Say an entry's kind in words; one that nobody has named keeps its own."""
    return TITLES.get(kind, Title(kind, kind))


def reference(key: str) -> Reference:
    """Read which fact an entry's key was made from: `weighing/<id>/confirmed` tells of a weighing."""
    noun, _, rest = key.partition("/")
    return Reference(noun, rest.partition("/")[0])


def lapses_at(at: datetime, months: int | None) -> datetime | None:
    """Tell when points lapse: when the same day so many months later is over, on the city's clocks.

    A month that has no such day ends them with its last. None is never.
    """
    if months is None:
        return None
    first = city_day(at)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    last = date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
    return datetime.combine(last + timedelta(days=1), time(), CITY)
