"""The lists of this room as spreadsheets."""

from backend.kit.sheets import Column, Kind, Layout

_ROLES = {
    "collector": "收集员 collector",
    "till": "收银台 till",
    "operator_manager": "运营管理员 operator's manager",
    "district_admin": "区管理员 district administrator",
    "approver": "审批人 approver",
    "auditor": "审计员 auditor",
    "system": "平台 the platform",
}
COLLEAGUES = Layout(
    "colleagues",
    "人员",
    "Colleagues",
    (
        Column("name", "姓名", "Name"),
        Column("role", "角色", "Role", width=32, words=_ROLES),
        Column("organisation", "所属单位", "Organisation", width=40),
        Column("since", "自", "Since", Kind.MOMENT, width=20),
        Column("until", "至", "Until", Kind.MOMENT, width=20),
        Column("id", "编号", "Id", width=40),
    ),
)
INVITATIONS = Layout(
    "invitations",
    "邀请",
    "Invitations",
    (
        Column("name", "姓名", "Name"),
        Column("role", "角色", "Role", width=32, words=_ROLES),
        Column("organisation", "所属单位", "Organisation", width=40),
        Column("made_by", "邀请人", "Invited by", width=40),
        Column("made_at", "邀请时间", "Invited", Kind.MOMENT, width=20),
        Column("expires_at", "有效至", "Good until", Kind.MOMENT, width=20),
    ),
)
TRAIL = Layout(
    "trail",
    "审计记录",
    "Audit trail",
    (
        Column("at", "时间", "Time", Kind.MOMENT, width=20),
        Column("actor", "操作人", "Who", width=40),
        Column("role", "角色", "Role", width=32, words=_ROLES),
        Column("kind", "事项", "What", width=28),
        Column("subject", "对象", "To what", width=52),
        Column("before", "之前", "Before", width=52),
        Column("after", "之后", "After", width=52),
        Column("reason", "原因", "Reason", width=40),
        Column("address", "来源网络", "Network"),
        Column("device", "设备", "Device", width=28),
        Column("request_id", "请求编号", "Request", width=36),
    ),
)
