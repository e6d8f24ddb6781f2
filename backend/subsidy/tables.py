"""The lists of this room as spreadsheets."""

from backend.kit.sheets import Column, Kind, Layout

_KINDS = {
    "fund": "拨款 fund",
    "cut": "削减 cut",
    "carry_over": "结转 carry over",
    "close": "关闭 close",
}
_DECISIONS = {
    "drafted": "待批准 drafted",
    "approved": "已批准 approved",
    "rejected": "已驳回 rejected",
    "withdrawn": "已撤回 withdrawn",
}
ORDERS = Layout(
    "budget-orders",
    "资金调拨单",
    "Transfers of funds",
    (
        Column("drafted_at", "起草时间", "Drafted", Kind.MOMENT, width=20),
        Column("kind", "类别", "Kind", words=_KINDS),
        Column("period", "年度", "Period"),
        Column("fen", "金额（元）", "Amount (yuan)", Kind.FEN),
        Column("source", "来源", "Source"),
        Column("to_period", "结转至", "To period"),
        Column("state", "状态", "State", width=24, words=_DECISIONS),
        Column("decided_at", "决定时间", "Decided", Kind.MOMENT, width=20),
        Column("drafted_by", "起草人", "Drafted by", width=40),
        Column("decided_by", "决定人", "Decided by", width=40),
        Column("reason", "理由", "Reason", width=40),
        Column("basis_zh", "依据（中文）", "Basis (Chinese)", width=40),
        Column("basis_en", "依据（英文）", "Basis", width=40),
        Column("programme", "补贴项目", "Programme", width=40),
        Column("entry_id", "分录编号", "Entry", width=40),
    ),
)
_STATES = {
    "open": "可用 open",
    "frozen": "已冻结 frozen",
    "ending": "只付已承诺的 only promises are paid",
    "carried_over": "已结转 carried over",
    "closed": "已关闭 closed",
}
BUDGETS = Layout(
    "budgets",
    "预算",
    "Budgets",
    (
        Column("programme.name_zh", "补贴项目", "Programme (Chinese)", width=40),
        Column("programme.name_en", "补贴项目（英文）", "Programme", width=40),
        Column("period", "年度", "Period"),
        Column("state", "状态", "State", width=36, words=_STATES),
        Column("funded_fen", "累计拨入（元）", "Funded in all (yuan)", Kind.FEN),
        Column("drawn_fen", "已付（元）", "Paid (yuan)", Kind.FEN),
        Column("held_fen", "已承诺（元）", "Promised (yuan)", Kind.FEN),
        Column("available_fen", "剩余（元）", "Left (yuan)", Kind.FEN),
    ),
)
