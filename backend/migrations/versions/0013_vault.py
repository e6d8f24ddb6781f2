"""Who looked at what is personal to whom: written once, changed by nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("pickup", sa.Uuid(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("field in ('phone', 'name', 'address')", name=op.f("ck_access_field")),
        sa.CheckConstraint("(pickup is null) <> (reason_sealed is null)", name=op.f("ck_access_has_a_why")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_access_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
    )
    op.create_index("ix_access_person_id", "access", ["person", "id"])
    op.execute("grant select, insert on access to lv_app")
    op.execute("grant select on access to lv_auditor")
