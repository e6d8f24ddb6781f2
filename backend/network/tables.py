"""The lists of this room as spreadsheets."""

from backend.kit.sheets import Column, Kind, Layout

_STANDINGS = {
    "in_use": "在用 in use",
    "expired": "证书过期 certificate expired",
    "uncertified": "没有证书 no certificate",
    "out_of_use": "核查未通过 failed its check",
    "retired": "已停用 retired",
}
SCALES = Layout(
    "scales",
    "秤",
    "Scales",
    (
        Column("serial", "序列号", "Serial number"),
        Column("operator", "运营单位编号", "Operator", width=40),
        Column("accuracy_class", "准确度等级", "Accuracy class"),
        Column("min_grams", "最小称量（克）", "Minimum (g)", Kind.INTEGER),
        Column("max_grams", "最大称量（克）", "Maximum (g)", Kind.INTEGER),
        Column("interval_grams", "分度值（克）", "Interval (g)", Kind.INTEGER),
        Column("standing", "状态", "State", width=28, words=_STANDINGS),
        Column("certificate", "检定证书", "Certificate", width=24),
        Column("certified_until", "有效期至", "Certified until"),
        Column("checked_at", "最近核查", "Last check", Kind.MOMENT, width=20),
        Column("out_of_use_since", "停止使用自", "Out of use since", Kind.MOMENT, width=20),
        Column("retired_at", "停用时间", "Retired", Kind.MOMENT, width=20),
        Column("retired_reason", "停用原因", "Reason", width=40),
        Column("id", "编号", "Id", width=40),
    ),
)
CERTIFICATES = Layout(
    "certificates",
    "检定证书",
    "Certificates",
    (
        Column("number", "证书编号", "Number", width=24),
        Column("issuer", "检定机构", "Issuer", width=32),
        Column("issued_on", "检定日期", "Verified on"),
        Column("expires_on", "有效期至", "Valid until"),
        Column("note", "备注", "Note", width=40),
        Column("recorded_at", "登记时间", "Recorded", Kind.MOMENT, width=20),
        Column("recorded_by", "登记人", "By", width=40),
        Column("withdrawn_at", "撤回时间", "Withdrawn", Kind.MOMENT, width=20),
        Column("withdrawn_by", "撤回人", "Withdrawn by", width=40),
        Column("withdrawn_reason", "撤回原因", "Why", width=40),
    ),
)
CHECKS = Layout(
    "checks",
    "核查记录",
    "Checks",
    (
        Column("at", "时间", "Time", Kind.MOMENT, width=20),
        Column("nominal_grams", "砝码（克）", "Check weight (g)", Kind.INTEGER),
        Column("read_grams", "示值（克）", "Read (g)", Kind.INTEGER),
        Column("permissible_milligrams", "允许误差（毫克）", "Permitted error (mg)", Kind.INTEGER),
        Column("passed", "通过", "Passed"),
        Column("by", "核查人", "By", width=40),
    ),
)
COMMUNITIES = Layout(
    "communities",
    "社区",
    "Communities",
    (
        Column("code", "代码", "Code"),
        Column("name_zh", "名称", "Name", width=32),
        Column("street", "街道代码", "Street"),
        Column("position.latitude_microdegrees", "纬度（微度）", "Latitude (microdegrees)", Kind.INTEGER),
        Column("position.longitude_microdegrees", "经度（微度）", "Longitude (microdegrees)", Kind.INTEGER),
        Column("position.datum", "坐标系", "Datum"),
    ),
)
