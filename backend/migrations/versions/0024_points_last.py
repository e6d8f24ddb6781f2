"""How long points last: a rule of a district, and a promise of each quote."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; where nothing is said, points last for ever."""
    op.add_column("service_area", sa.Column("points_months", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_service_area_points_last"), "service_area", "points_months between 1 and 120"
    )
    op.add_column("weighing", sa.Column("points_months", sa.BigInteger(), nullable=True))
