"""A simulation as a spreadsheet: what it does not know, what it comes to, and every group."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from backend.kit.sheets import Column, Kind, Layout, Sheet, Value, write
from backend.simulation.rules import Group, Simulation

_FEN = ("market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen")
_NAMES = {
    "lines": ("行数", "Lines"),
    "net_grams": ("净重（克）", "Net grams"),
    "market_fen": ("市场价值（元）", "Market value (yuan)"),
    "subsidy_fen": ("居民补贴（元）", "Subsidy to residents (yuan)"),
    "operator_subsidy_fen": ("企业补贴（元）", "Subsidy to operators (yuan)"),
    "queued_fen": ("排队待付（元）", "Queued (yuan)"),
    "cost_fen": ("补贴成本（元）", "Cost (yuan)"),
    "cost_per_tonne_fen": ("每吨成本（元）", "Cost per tonne (yuan)"),
    "points": ("入账绿分", "Points credited"),
    "promised_points": ("报价中的绿分", "Points of open quotes"),
}
_KINDS = {
    "material": ("品类", "Materials"),
    "community": ("社区", "Communities"),
    "community_material": ("社区与品类", "Communities and materials"),
    "day": ("按日", "Days"),
}
_NOTES = Layout(
    "notes",
    "说明",
    "Notes",
    (Column("zh", "中文", "Chinese", width=70), Column("en", "英文", "English", width=90)),
)
_SUMMARY = Layout(
    "summary",
    "汇总",
    "Summary",
    (
        Column("figure", "指标", "Figure", width=42),
        Column("in_force", "现行标准", "In force", Kind.RATE),
        Column("proposed", "拟议标准", "Proposed", Kind.RATE),
        Column("difference", "差额", "Difference", Kind.RATE),
    ),
)
_BUDGETS = Layout(
    "budgets",
    "预算",
    "Budgets",
    (
        Column("programme", "项目", "Programme", width=40),
        Column("period", "年度", "Period"),
        Column("left_in_force", "现行：余额（元）", "In force: left (yuan)", Kind.FEN),
        Column("out_in_force", "现行：首次不足", "In force: first short", Kind.MOMENT),
        Column("left_proposed", "拟议：余额（元）", "Proposed: left (yuan)", Kind.FEN),
        Column("out_proposed", "拟议：首次不足", "Proposed: first short", Kind.MOMENT),
    ),
)


def workbook(found: Simulation, groups: Sequence[Group]) -> bytes:
    """Write a simulation that is done as a spreadsheet."""
    assert found.summary is not None, "it is done"
    sheets = [
        Sheet(_NOTES, _notes(found)),
        Sheet(_SUMMARY, _summary(found)),
        Sheet(_BUDGETS, _budgets(found)),
    ]
    for kind, (zh, en) in _KINDS.items():
        rows = [_row(group) for group in groups if group.kind == kind]
        sheets.append(Sheet(Layout(kind, zh, en, _columns(zh, en)), rows))
    return write(sheets, at=found.ended_at or found.requested_at)


def _notes(found: Simulation) -> Iterator[Sequence[Value]]:
    since, until = found.since.isoformat(), found.until.isoformat()
    yield f"期间：{since} 至 {until}", f"Period: {since} to {until}"
    yield f"方案摘要：{found.digest}", f"Digest of the proposal: {found.digest}"
    for said in found.does_not_know:
        yield said["zh"], said["en"]


def _summary(found: Simulation) -> Iterator[Sequence[Value]]:
    assert found.summary is not None, "it is done"
    sides = [found.summary[side] for side in ("in_force", "proposed", "difference")]
    for name, (zh, en) in _NAMES.items():
        yield (f"{zh} {en}", *(_yuan(name, side[name]) for side in sides))


def _yuan(name: str, value: int) -> Value:
    """Return a figure of a mixed column: money in yuan, everything else as it is."""
    return Decimal(value).scaleb(-2) if name.endswith("_fen") else Decimal(value)


def _budgets(found: Simulation) -> Iterator[Sequence[Value]]:
    assert found.summary is not None, "it is done"
    for budget in found.summary["budgets"]:
        sides = [budget[side] for side in ("in_force", "proposed")]
        figures = [(side["left_fen"], _moment(side["ran_out_at"])) for side in sides]
        yield (budget["programme"], budget["period"], *figures[0], *figures[1])


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _columns(zh: str, en: str) -> tuple[Column, ...]:
    return (
        Column("key", zh, en, width=34),
        *_figures("in_force", "现行", "In force"),
        *_figures("proposed", "拟议", "Proposed"),
        Column("households", "户数", "Households", Kind.INTEGER),
        Column("winners", "受益户数", "Winners", Kind.INTEGER),
        Column("losers", "受损户数", "Losers", Kind.INTEGER),
        Column("gained_points", "增加的绿分", "Points gained", Kind.INTEGER),
        Column("lost_points", "减少的绿分", "Points lost", Kind.INTEGER),
    )


def _figures(side: str, zh: str, en: str) -> Iterable[Column]:
    for name in ("lines", "net_grams", *_FEN):
        kind = Kind.FEN if name in _FEN else Kind.INTEGER
        yield Column(f"{side}_{name}", f"{zh}：{_NAMES[name][0]}", f"{en}: {_NAMES[name][1]}", kind)


def _row(group: Group) -> list[Value]:
    figures = [
        side[name] for side in (group.in_force, group.proposed) for name in ("lines", "net_grams", *_FEN)
    ]
    moved = (group.households, group.winners, group.losers, group.gained_points, group.lost_points)
    return [group.key, *figures, *moved]
