"""The lists of this room as spreadsheets; a draft's rates are a file of their own, out and in."""

from backend.kit.drafts.tables import DRAFT
from backend.kit.sheets import Column, Kind, Layout

VERSIONS = Layout(
    "price-lists",
    "价目",
    "Price lists",
    (
        Column("number", "版本", "Version", Kind.INTEGER),
        Column("effective_at", "生效", "In force from", Kind.MOMENT, width=20),
        Column("effective_until", "至", "Until", Kind.MOMENT, width=20),
        Column("published_at", "发布时间", "Published", Kind.MOMENT, width=20),
        Column("note", "说明", "Note", width=40),
        Column("approval.by", "批准人", "Approved by", width=40),
        Column("approval.draft", "草案", "Draft", width=40),
        Column("approval.simulation", "试算", "Simulation", width=40),
    ),
)
DRAFTS = Layout("price-list-drafts", "价目草案", "Price list drafts", DRAFT)
RATES = Layout(
    "rates",
    "价目明细",
    "Rates",
    (
        Column("material", "品类代码", "Material"),
        Column("name_zh", "品类", "Name (Chinese)"),
        Column("name_en", "品类（英文）", "Name", width=28),
        Column("accepted", "回收", "Taken"),
        Column("market_fen_per_kg", "市场价（分/公斤）", "Market price (fen/kg)", Kind.RATE),
        Column("subsidy_fen_per_kg", "居民补贴（分/公斤）", "Subsidy to residents (fen/kg)", Kind.RATE),
        Column("operator_fen_per_tonne", "运营补贴（分/吨）", "Subsidy to operators (fen/t)", Kind.RATE),
        Column("ceiling_grams", "每户每月上限（克）", "Ceiling (g)", Kind.INTEGER),
        Column("needs_verified_scale", "须检定秤", "Verified scale"),
        Column("needs_confirmation", "须居民确认", "Confirmation"),
        Column("market_basis.zh", "市场价依据", "Basis of the market price", width=40),
        Column("subsidy_basis.zh", "补贴依据", "Basis of the subsidy", width=40),
        Column("programme", "补贴项目", "Programme", width=40),
    ),
)
