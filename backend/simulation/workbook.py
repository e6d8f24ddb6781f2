"""A simulation as a spreadsheet: what it does not know, what it comes to, and every group."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.kit.clock import CITY
from backend.kit.sheets import Column, Kind, Layout, Sheet, Value, write
from backend.simulation.rules import Group, Simulation

_FEN = ("market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen")
_NAMES = {
    "lines": ("称重条数", "Weighed lines"),
    "net_grams": ("净重（克）", "Net grams"),
    "market_fen": ("市场价值（元）", "Market value (yuan)"),
    "subsidy_fen": ("居民补贴（元）", "Subsidy to residents (yuan)"),
    "operator_subsidy_fen": ("运营补贴（元）", "Subsidy to operators (yuan)"),
    "queued_fen": ("排队待付（元）", "Queued (yuan)"),
    "cost_fen": ("补贴成本（元）", "Cost (yuan)"),
    "cost_per_tonne_fen": ("每吨成本（元）", "Cost per tonne (yuan)"),
    "points": ("入账的绿积分", "Points credited"),
    "promised_points": ("报价中的绿积分", "Points of open quotes"),
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
        Column("in_force", "现行", "In force", Kind.RATE),
        Column("proposed", "拟议", "Proposed", Kind.RATE),
        Column("difference", "差额", "Difference", Kind.RATE),
    ),
)
_MOVED = {
    "households": ("交投户数", "Households that handed something over"),
    "winners": ("受益户数", "Households gaining"),
    "losers": ("受损户数", "Households losing"),
    "gained_points": ("增加的绿积分", "Points gained"),
    "lost_points": ("减少的绿积分", "Points lost"),
    "not_taken_grams": ("按拟议不再收的净重（克）", "Net grams that would not have been taken"),
}
_CHECKED = {
    "lines": ("与账本不符的条数", "Lines that differ from the ledger"),
    "fen": ("与账本不符的金额（元）", "Differs from the ledger (yuan)"),
    "grams": ("与账本不符的克数", "Differs from the ledger (grams)"),
}
_OUTCOME = Layout(
    "outcome",
    "影响与核对",
    "Effect and check",
    (
        Column("figure", "指标", "Figure", width=60),
        Column("value", "数值", "Value", Kind.RATE),
    ),
)
_BUDGETS = Layout(
    "budgets",
    "预算",
    "Budgets",
    (
        Column("name", "补贴项目", "Programme", width=52),
        Column("programme", "补贴项目编号", "Id of the programme", width=40),
        Column("period", "年度", "Period"),
        Column("left_in_force", "现行：余额（元）", "In force: left (yuan)", Kind.FEN),
        Column("out_in_force", "现行：首次不足", "In force: first short", Kind.MOMENT),
        Column("left_proposed", "拟议：余额（元）", "Proposed: left (yuan)", Kind.FEN),
        Column("out_proposed", "拟议：首次不足", "Proposed: first short", Kind.MOMENT),
    ),
)


def workbook(found: Simulation, groups: Sequence[Group], names: Mapping[str, str]) -> bytes:
    """Write a simulation that is done as a spreadsheet.

    :param names: of materials, communities and programmes, in both languages
    """
    assert found.summary is not None, "it is done"
    sheets = [
        Sheet(_NOTES, _notes(found)),
        Sheet(_SUMMARY, _summary(found)),
        Sheet(_OUTCOME, _outcome(found.summary)),
        Sheet(_BUDGETS, _budgets(found.summary, names)),
    ]
    for kind, (zh, en) in _KINDS.items():
        rows = [_row(group, names) for group in groups if group.kind == kind]
        sheets.append(Sheet(Layout(kind, zh, en, _columns(zh, en)), rows))
    return write(sheets, at=found.ended_at or found.requested_at)


def _notes(found: Simulation) -> Iterator[Sequence[Value]]:
    since, until = (at.astimezone(CITY).isoformat(timespec="seconds") for at in (found.since, found.until))
    yield f"期间：{since} 至 {until}", f"Period: {since} to {until}"
    yield f"方案摘要：{found.digest}", f"Digest of the proposal: {found.digest}"
    if found.draft is not None:
        yield f"草案：{found.draft}", f"Draft: {found.draft}"
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


def _outcome(summary: Mapping[str, Any]) -> Iterator[Sequence[Value]]:
    for name, (zh, en) in _MOVED.items():
        yield f"{zh} {en}", Decimal(summary[name])
    for name, (zh, en) in _CHECKED.items():
        figure = Decimal(summary["unexplained"][name])
        yield f"{zh} {en}", figure.scaleb(-2) if name == "fen" else figure
    older = Decimal(summary["reconstructed_lines"])
    yield "先后由推断得出的行数 Lines whose order is inferred", older


def _budgets(summary: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Sequence[Value]]:
    for budget in summary["budgets"]:
        sides = [budget[side] for side in ("in_force", "proposed")]
        figures = [(side["left_fen"], _moment(side["ran_out_at"])) for side in sides]
        programme = budget["programme"]
        yield (names.get(programme), programme, budget["period"], *figures[0], *figures[1])


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _columns(zh: str, en: str) -> tuple[Column, ...]:
    return (
        Column("key", zh, en, width=34),
        Column("name", "名称", "Name", width=44),
        *_figures("in_force", "现行", "In force"),
        *_figures("proposed", "拟议", "Proposed"),
        Column("households", "户数", "Households", Kind.INTEGER),
        Column("winners", "受益户数", "Households gaining", Kind.INTEGER),
        Column("losers", "受损户数", "Households losing", Kind.INTEGER),
        Column("gained_points", "增加的绿积分", "Points gained", Kind.INTEGER),
        Column("lost_points", "减少的绿积分", "Points lost", Kind.INTEGER),
    )


def _figures(side: str, zh: str, en: str) -> Iterable[Column]:
    for name in ("lines", "net_grams", *_FEN):
        kind = Kind.FEN if name in _FEN else Kind.INTEGER
        yield Column(f"{side}_{name}", f"{zh}：{_NAMES[name][0]}", f"{en}: {_NAMES[name][1]}", kind)


def _row(group: Group, names: Mapping[str, str]) -> list[Value]:
    figures = [
        side[name] for side in (group.in_force, group.proposed) for name in ("lines", "net_grams", *_FEN)
    ]
    moved = (group.households, group.winners, group.losers, group.gained_points, group.lost_points)
    return [group.key, _called(group.key, names), *figures, *moved]


def _called(key: str, names: Mapping[str, str]) -> str | None:
    """Name a community, a material, or one in the other; a day is its own name."""
    known = [names.get(part) for part in key.split("/")]
    return " · ".join(name for name in known if name) or None
