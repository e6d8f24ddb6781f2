"""The lists of this room as spreadsheets."""

from backend.kit.sheets import Column, Kind, Layout

_WHY = {"manager": "管理员暂停 by a manager", "failing": "屡次失败 failing", "gone": "已不存在 gone"}
ENDPOINTS = Layout(
    "endpoints",
    "推送地址",
    "Endpoints",
    (
        Column("url", "地址", "URL", width=52),
        Column("description", "说明", "Description", width=32),
        Column("event_types", "事件", "Events", width=52),
        Column("state", "状态", "State", words={"active": "启用 active", "paused": "暂停 paused"}),
        Column("paused_at", "暂停时间", "Paused", Kind.MOMENT, width=20),
        Column("paused_because", "暂停原因", "Why", width=28, words=_WHY),
        Column("created_at", "登记时间", "Registered", Kind.MOMENT, width=20),
        Column("id", "编号", "Id", width=40),
    ),
)
_STATES = {
    "waiting": "等待 waiting",
    "delivered": "已送达 delivered",
    "failed": "失败 failed",
    "held": "暂存 held",
}
DELIVERIES = Layout(
    "deliveries",
    "推送记录",
    "Deliveries",
    (
        Column("occurred_at", "事件时间", "Event", Kind.MOMENT, width=20),
        Column("type", "事件", "Type", width=28),
        Column("state", "状态", "State", words=_STATES),
        Column("tries", "尝试次数", "Tries", Kind.INTEGER),
        Column("history", "历次答复", "Answers", width=80),
        Column("id", "编号", "Id", width=40),
    ),
)
