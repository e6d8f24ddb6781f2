"""What the spreadsheets of drafts have in common."""

from backend.kit.sheets import Column, Kind

_STATES = {
    "drafted": "起草中 drafted",
    "submitted": "待批准 submitted",
    "approved": "已批准 approved",
    "rejected": "已驳回 rejected",
    "withdrawn": "已撤回 withdrawn",
    "published": "已发布 published",
}
DRAFT = (
    Column("title", "名称", "Title", width=32),
    Column("state", "状态", "State", width=24, words=_STATES),
    Column("note", "说明", "Note", width=40),
    Column("is_simulated", "已试算", "Simulated"),
    Column("drafted_at", "起草时间", "Drafted", Kind.MOMENT, width=20),
    Column("drafted_by", "起草人", "Drafted by", width=40),
    Column("submitted_at", "提交时间", "Submitted", Kind.MOMENT, width=20),
    Column("approved_at", "批准时间", "Approved", Kind.MOMENT, width=20),
    Column("approved_by", "批准人", "Approved by", width=40),
    Column("published_at", "发布时间", "Published", Kind.MOMENT, width=20),
    Column("reason", "理由", "Reason", width=40),
    Column("id", "编号", "Id", width=40),
)
