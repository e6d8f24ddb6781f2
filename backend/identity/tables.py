"""The lists of this room as spreadsheets."""

from backend.kit.sheets import Column, Kind, Layout

PHONES = Layout(
    "phones",
    "共用手机",
    "Shared phones",
    (
        Column("made_at", "绑定码生成", "Code made", Kind.MOMENT, width=20),
        Column("made_by", "生成人", "Made by", width=40),
        Column("bound_at", "绑定时间", "Bound", Kind.MOMENT, width=20),
        Column("bound_by", "绑定人", "Bound by", width=40),
        Column("last_at", "最近使用", "Last used", Kind.MOMENT, width=20),
        Column("last_by", "最近使用人", "Last used by", width=40),
        Column("id", "编号", "Id", width=40),
    ),
)
