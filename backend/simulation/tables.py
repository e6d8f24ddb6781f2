"""The lists of this room as spreadsheets; what one simulation says is another workbook."""

from backend.kit.sheets import Column, Kind, Layout

_STATES = {
    "queued": "排队中 queued",
    "running": "进行中 running",
    "done": "已完成 done",
    "cancelled": "已停止 stopped",
    "failed": "失败 failed",
}
_ASKED = (
    Column("state", "状态", "State", width=20, words=_STATES),
    Column("since", "自", "Since", Kind.MOMENT, width=20),
    Column("until", "至", "Until", Kind.MOMENT, width=20),
    Column("requested_at", "提交时间", "Asked for", Kind.MOMENT, width=20),
    Column("requested_by", "提交人", "By", width=40),
    Column("ended_at", "结束时间", "Ended", Kind.MOMENT, width=20),
)
SIMULATIONS = Layout(
    "simulations",
    "试算",
    "Simulations",
    (
        *_ASKED,
        Column("lines", "称重条数", "Weighed lines", Kind.INTEGER),
        Column("summary.in_force.cost_fen", "现行成本（元）", "Cost in force (yuan)", Kind.FEN),
        Column("summary.proposed.cost_fen", "拟议成本（元）", "Cost proposed (yuan)", Kind.FEN),
        Column("summary.cost_difference_fen", "差额（元）", "Difference (yuan)", Kind.FEN),
        Column("summary.winners", "受益户数", "Households gaining", Kind.INTEGER),
        Column("summary.losers", "受损户数", "Households losing", Kind.INTEGER),
        Column("draft", "草案", "Draft", width=40),
        Column("id", "编号", "Id", width=40),
    ),
)
_KINDS = {"simulation": "试算 simulation", "recomputation": "重算 recomputation"}
RUNS = Layout(
    "factor-runs",
    "因子试算与重算",
    "Factor runs",
    (
        Column("kind", "类别", "Kind", width=28, words=_KINDS),
        *_ASKED,
        Column("weighings", "称重次数", "Weighings", Kind.INTEGER),
        Column("found.change_co2e_grams", "减碳变化（克）", "Change (g CO2e)", Kind.INTEGER),
        Column("posted", "入账笔数", "Entries posted", Kind.INTEGER),
        Column("added_co2e_grams", "补记（克）", "Added (g CO2e)", Kind.INTEGER),
        Column("taken_co2e_grams", "扣减（克）", "Taken (g CO2e)", Kind.INTEGER),
        Column("id", "编号", "Id", width=40),
    ),
)
RUN = Layout(
    "factor-run",
    "按品类",
    "By material",
    (
        Column("material", "品类", "Material"),
        Column("lines", "称重条数", "Weighed lines", Kind.INTEGER),
        Column("net_grams", "净重（克）", "Net grams", Kind.INTEGER),
        Column("credited_co2e_grams", "已计入（克）", "Credited (g CO2e)", Kind.INTEGER),
        Column("saved_co2e_grams", "按这套因子（克）", "By these factors (g CO2e)", Kind.INTEGER),
        Column("change_co2e_grams", "变化（克）", "Change (g CO2e)", Kind.INTEGER),
        Column("households", "户数", "Households", Kind.INTEGER),
    ),
)
