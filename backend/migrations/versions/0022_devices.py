"""Count one-time codes by the device that asks, too, where it says which it is."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count them."""
    op.add_column("one_time_code", sa.Column("device", sa.LargeBinary(), nullable=True))
    op.create_index("ix_one_time_code_device_created_at", "one_time_code", ["device", "created_at"])
