"""The list of this room as a spreadsheet."""

from backend.kit.sheets import Column, Kind, Layout

_KINDS = {"recycling": "交投可回收物 recyclables", "shop": "核销兑换券 vouchers"}
OUTLETS = Layout(
    "outlets",
    "网点",
    "Outlets",
    (
        Column("name_zh", "名称（中文）", "Name (Chinese)", width=32),
        Column("name_en", "名称（英文）", "Name (English)", width=32),
        Column("kind", "用途", "Kind", width=28, words=_KINDS),
        Column("merchant.name_zh", "商户", "Merchant", width=32),
        Column("address", "地址", "Address", width=40),
        Column("hours", "开放时间", "Opening hours", width=28),
        Column("position.latitude_microdegrees", "纬度（微度）", "Latitude (microdegrees)", Kind.INTEGER),
        Column("position.longitude_microdegrees", "经度（微度）", "Longitude (microdegrees)", Kind.INTEGER),
        Column("position.datum", "坐标系", "Datum"),
        Column("closed_at", "关闭时间", "Closed", Kind.MOMENT, width=20),
        Column("closed_reason", "关闭原因", "Reason", width=40),
        Column("id", "编号", "Id", width=40),
    ),
)
