"""That households were told of points that lapse."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "lapse_notice",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district", "household", "lapses_at", name=op.f("pk_lapse_notice")),
    )
    raise_walls(op, "lapse_notice")
