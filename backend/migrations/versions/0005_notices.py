"""What people are told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "notice",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_notice_person")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_district_person_id", "notice", ["district", "person", "id"])
    op.create_index(
        "ix_notice_unread", "notice", ["district", "person"], postgresql_where=sa.text("read_at is null")
    )
    raise_walls(op, "notice")
