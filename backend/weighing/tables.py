"""The list of evidence as a spreadsheet."""

from backend.kit.sheets import Column, Kind, Layout

_STATES = {"waiting": "待核定 waiting", "accepted": "已认可 accepted", "declined": "不认可 declined"}
_FROM = {"scale": "秤传来 from the scale", "typed": "手工输入 typed in"}
WEIGHTS = Layout(
    "evidence",
    "凭据",
    "Evidence",
    (
        Column("weighed_at", "称重时间", "Weighed", Kind.MOMENT, width=20),
        Column("material", "品类", "Material"),
        Column("net_grams", "净重（克）", "Net grams", Kind.INTEGER),
        Column("weight_from", "重量来源", "Weight from", width=24, words=_FROM),
        Column("needs_answer", "须居民确认", "Needs an answer"),
        Column("subsidy_fen", "居民补贴（元）", "Subsidy (yuan)", Kind.FEN),
        Column("operator_subsidy_fen", "运营补贴（元）", "Operator's (yuan)", Kind.FEN),
        Column("queued_fen", "排队待付（元）", "Queued (yuan)", Kind.FEN),
        Column("state", "状态", "State", words=_STATES),
        Column("decided_at", "核定时间", "Decided", Kind.MOMENT, width=20),
        Column("decided_by", "核定人", "By", width=40),
        Column("reason", "理由", "Reason", width=40),
        Column("weighing_id", "称重单", "Weighing", width=40),
        Column("entry_id", "分录编号", "Entry", width=40),
    ),
)
