"""What a subsidy needs to be paid at once: a verified scale, or the resident's agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what was published before demands neither."""
    for name in ("needs_verified_scale", "needs_confirmation"):
        op.add_column("rate", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column("rate", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_rate_conditions"),
        "rate",
        "programme is not null or not (needs_verified_scale or needs_confirmation)",
    )
