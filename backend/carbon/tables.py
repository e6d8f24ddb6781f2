"""The lists of this room as spreadsheets."""

from backend.kit.drafts.tables import DRAFT
from backend.kit.sheets import Column, Kind, Layout

SETS = Layout(
    "factor-sets",
    "因子集",
    "Factor sets",
    (
        Column("version", "版本", "Version", Kind.INTEGER),
        Column("name_zh", "名称（中文）", "Name (Chinese)", width=32),
        Column("name_en", "名称（英文）", "Name", width=32),
        Column("valid_from", "生效", "Valid from", Kind.MOMENT, width=20),
        Column("approved_at", "批准时间", "Approved", Kind.MOMENT, width=20),
        Column("approved_by_zh", "批准单位", "Authority", width=28),
        Column("boundary_zh", "核算边界", "Boundary", width=52),
        Column("baseline_zh", "基准情景", "Baseline", width=52),
        Column("note_zh", "说明", "Note", width=52),
        Column("id", "编号", "Id", width=40),
    ),
)
FACTORS = Layout(
    "factors",
    "因子",
    "Factors",
    (
        Column("material", "品类", "Material"),
        Column("credited_kg_per_kg", "计入（kg/kg）", "Credited (kg/kg)", Kind.RATE),
        Column("kg_per_kg", "下限（kg/kg）", "Lower (kg/kg)", Kind.RATE),
        Column("upper_kg_per_kg", "上限（kg/kg）", "Upper (kg/kg)", Kind.RATE),
        Column("none_found", "未找到因子", "None found"),
        Column("boundary", "核算边界", "Boundary", width=32),
        Column("source", "来源", "Source", width=40),
        Column("clause", "来源中的位置", "Where in the source", width=28),
        Column("grade", "等级", "Grade"),
        Column("note_zh", "说明（中文）", "Note (Chinese)", width=52),
        Column("note_en", "说明（英文）", "Note", width=52),
    ),
)
DRAFTS = Layout("factor-set-drafts", "因子集草案", "Factor set drafts", DRAFT)
