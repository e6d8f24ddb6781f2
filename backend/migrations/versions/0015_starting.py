"""Which districts are a demo, so that production refuses them."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "demo_district",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("planted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_demo_district")),
    )
    city_register(op, "demo_district")
