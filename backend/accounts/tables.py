"""The list of sheets as a spreadsheet; what stands on one is another workbook."""

from backend.kit.sheets import Column, Kind, Layout

STATES = {
    "drawn_up": "待签字 drawn up",
    "signed": "待复签 signed once",
    "countersigned": "已复签 countersigned",
    "paid": "已付款 paid",
    "withdrawn": "已撤回 withdrawn",
}
_PARTIES = {"operator": "运营单位 operator", "merchant": "商户 merchant", "programme": "补贴项目 programme"}
SHEETS = Layout(
    "settlement-sheets",
    "结算单",
    "Settlement sheets",
    (
        Column("month", "月份", "Month"),
        Column("party_kind", "结算对象类别", "Kind of party", width=28, words=_PARTIES),
        Column("party_zh", "结算对象（中文）", "Party (Chinese)", width=32),
        Column("party_en", "结算对象（英文）", "Party", width=32),
        Column("state", "状态", "State", width=28, words=STATES),
        Column("differences", "未解释差异", "Unexplained", Kind.INTEGER),
        Column("amounts.dues_fen", "应缴市场价值（元）", "Owes for market value (yuan)", Kind.FEN),
        Column("amounts.payable_fen", "应付（元）", "Payable (yuan)", Kind.FEN),
        Column("amounts.points", "绿积分", "Points", Kind.INTEGER),
        Column("lines", "笔数", "Lines", Kind.INTEGER),
        Column("drawn_up_at", "生成时间", "Drawn up", Kind.MOMENT, width=20),
        Column("signed_at", "第一签", "Signed", Kind.MOMENT, width=20),
        Column("countersigned_at", "复签", "Countersigned", Kind.MOMENT, width=20),
        Column("paid_at", "付款时间", "Paid", Kind.MOMENT, width=20),
        Column("paid_reference", "银行凭证号", "Reference", width=28),
        Column("digest", "摘要", "Digest", width=68),
        Column("id", "编号", "Id", width=40),
    ),
)
