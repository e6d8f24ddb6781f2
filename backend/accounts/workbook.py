"""A settlement sheet as a spreadsheet: what is unexplained first, then what it comes to, then every line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from backend.accounts.chart import GREEN
from backend.accounts.reckoning import Sheet, SheetLine
from backend.accounts.rules import title
from backend.accounts.tables import STATES
from backend.kit.clock import CITY
from backend.kit.sheets import Column, Kind, Layout, Value, write
from backend.kit.sheets import Sheet as Page

_LINE = (
    Column("no", "序号", "No", Kind.INTEGER, width=8),
    Column("at", "时间", "Time", Kind.MOMENT, width=20),
    Column("what", "事项", "What", width=28),
    Column("account", "账户", "Account", width=52),
    Column("fen", "金额（元）", "Amount (yuan)", Kind.FEN),
    Column("points", "绿积分", "Points", Kind.INTEGER),
    Column("late", "前期补记", "Of a month before"),
    Column("key", "业务凭证", "Fact", width=58),
    Column("entry", "分录编号", "Entry", width=40),
)
LINES = Layout("lines", "明细", "Lines", _LINE)
DIFFERENCES = Layout(
    "differences",
    "未解释差异",
    "Unexplained",
    (
        *_LINE,
        Column("why", "差异", "Difference", width=40),
        Column("expected_fen", "应为（元）", "Expected (yuan)", Kind.FEN),
        Column("expected_points", "应为绿积分", "Expected points", Kind.INTEGER),
    ),
)
SUMMARY = Layout(
    "summary",
    "汇总",
    "Summary",
    (
        Column("zh", "项目", "Item (Chinese)", width=44),
        Column("en", "项目（英文）", "Item", width=52),
        Column("fen", "金额（元）", "Amount (yuan)", Kind.FEN),
        Column("points", "绿积分", "Points", Kind.INTEGER),
        Column("text", "内容", "Content", width=70),
    ),
)
_WHY = {
    "no_fact": "无对应业务事实 no fact is known",
    "no_entry": "账簿缺少此笔 the book has no entry",
    "amount_differs": "金额不符 the amounts differ",
    "turnover_differs": "明细与发生额不符 the lines differ from the turnover",
}
_AMOUNTS = {
    "operator": (
        ("dues_fen", "运营单位应缴市场价值", "The operator owes for market value"),
        ("payable_fen", "应付运营单位补贴", "The operator is owed in subsidies"),
    ),
    "merchant": (("payable_fen", "应付商户款", "The merchant is owed"),),
    "programme": (
        ("funded_fen", "拨入", "Funded"),
        ("drawn_fen", "已付", "Paid"),
        ("held_fen", "已承诺", "Promised"),
        ("left_fen", "剩余（含已承诺）", "Left, promises included"),
    ),
}


def workbook(sheet: Sheet, lines: Sequence[SheetLine]) -> bytes:
    """Write it; the same sheet in the same state is the same file."""
    numbered = [_line(no, line) for no, line in enumerate(lines, start=1)]
    unexplained = [
        (*row, _WHY[line.difference], *_amount(line.asset, line.expected))
        for row, line in zip(numbered, lines, strict=True)
        if line.difference is not None
    ]
    pages = [Page(DIFFERENCES, unexplained), Page(SUMMARY, list(_summary(sheet))), Page(LINES, numbered)]
    return write(pages, at=sheet.drawn_up_at)


def _line(no: int, line: SheetLine) -> tuple[Value, ...]:
    named = title(line.kind)
    late = "是 yes" if line.is_late else None
    entry = None if line.entry is None else str(line.entry)
    what = f"{named.zh} {named.en}" if named.zh != named.en else named.zh
    return no, line.at, what, line.account, *_amount(line.asset, line.amount), late, line.key, entry


def _amount(asset: str, amount: int | None) -> tuple[int | None, int | None]:
    """Return an amount in the column of money or in that of points."""
    return (None, amount) if asset == GREEN else (amount, None)


def _summary(sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    yield "结算对象", "Party", None, None, f"{sheet.party_zh} {sheet.party_en} ({sheet.party})"
    yield "月份", "Month", None, None, sheet.month
    yield "状态", "State", None, None, STATES[sheet.state]
    yield "未解释差异（处）", "Unexplained differences", None, None, str(sheet.differences)
    for name, zh, en in _AMOUNTS[sheet.party_kind]:
        yield zh, en, getattr(sheet.amounts, name), None, None
    if sheet.party_kind == "operator":
        yield (
            "收运量（吨）",
            "Handed over (tonnes)",
            None,
            None,
            str(Decimal(sheet.amounts.net_grams).scaleb(-6)),
        )
    if sheet.party_kind == "merchant":
        yield "已收绿积分", "Points taken", None, sheet.amounts.points, None
    for one in sheet.accounts:
        for zh, en, amount in (
            ("期初", "Opening", one.opening),
            ("本月增加", "Came in", one.incoming),
            ("本月减少", "Went out", one.outgoing),
            ("期末", "Closing", one.closing),
            ("前期补记", "Late, of months before", one.late),
        ):
            yield zh, en, *_amount(one.asset, amount), one.account
    yield from _behind(sheet)
    yield "账簿位置", "As of the log's size", None, None, str(sheet.size)
    yield "摘要", "Digest", None, None, sheet.digest
    for zh, en, at, by, why in (
        ("生成", "Drawn up", sheet.drawn_up_at, sheet.drawn_up_by, None),
        ("第一签", "Signed", sheet.signed_at, sheet.signed_by, sheet.signed_reason),
        (
            *("复签", "Countersigned"),
            *(sheet.countersigned_at, sheet.countersigned_by, sheet.countersigned_reason),
        ),
        ("付款", "Paid", sheet.paid_at, sheet.paid_by, sheet.paid_reference),
        ("撤回", "Withdrawn", sheet.withdrawn_at, sheet.withdrawn_by, sheet.withdrawn_reason),
    ):
        yield zh, en, None, None, _signed(at, by, why)
    for zh, en, entry in (
        ("绿积分结算分录", "Entry that settled the points", sheet.settled_entry),
        ("付款分录", "Entry of the payment", sheet.paid_entry),
    ):
        yield zh, en, None, None, None if entry is None else str(entry)


def _behind(sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    backing = sheet.backing
    yield "居民绿积分合计", "Points of households", None, backing.household_points, None
    yield "商户绿积分合计", "Points of merchants", None, backing.merchant_points, None
    yield "备付金（每绿积分对应一分钱）", "The fund, a fen behind every point", backing.fund_fen, None, None
    yield "其中运营单位未付", "Of that, operators still owe", backing.operators_owe_fen, None, None
    yield "居民所欠绿积分", "Points that households owe", None, backing.owed_points, None
    exact = "相符 exact" if backing.is_exact else "不符 NOT exact"
    yield "绿积分与备付金", "Points and fund", None, None, exact


def _signed(at: datetime | None, by: UUID | None, why: str | None) -> str | None:
    if at is None:
        return None
    return f"{at.astimezone(CITY).isoformat(timespec='seconds')} {by}" + (f": {why}" if why else "")
