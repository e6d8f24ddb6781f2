"""How a weight was taken, and what became of the evidence for a subsidy."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; nothing says that a scale sent a weight by itself so far, and no subsidy demanded that."""
    op.add_column(
        "weighing_line", sa.Column("weight_from", sa.Text(), nullable=False, server_default="typed")
    )
    op.add_column(
        "weighing_line", sa.Column("needs_answer", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name in ("weight_from", "needs_answer"):
        op.alter_column("weighing_line", name, server_default=None)
    op.add_column("weighing_line", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("weighing_line", sa.Column("evidence_by", sa.Uuid(), nullable=True))
    op.add_column("weighing_line", sa.Column("evidence_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("weighing_line", sa.Column("evidence_reason", sa.Text(), nullable=True))
    op.add_column("weighing_line", sa.Column("evidence_entry", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_weighing_line_weight_from"), "weighing_line", "weight_from in ('scale', 'typed')"
    )
    op.create_check_constraint(
        op.f("ck_weighing_line_evidence"),
        "weighing_line",
        "evidence in ('needed', 'waiting', 'accepted', 'declined')",
    )
    op.create_check_constraint(
        op.f("ck_weighing_line_evidence_decided"),
        "weighing_line",
        "num_nonnulls(evidence_by, evidence_at, evidence_reason)"
        " = case when evidence in ('accepted', 'declined') then 3 else 0 end",
    )
    op.create_index(
        "ix_weighing_line_evidence",
        "weighing_line",
        ["district", "evidence", "id"],
        postgresql_where=sa.text("evidence is not null"),
    )
