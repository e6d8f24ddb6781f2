"""Count one-time codes by the line that asks and by the block of numbers; each text message costs money."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count them; those on their way are asked for anew."""
    op.execute("delete from one_time_code")
    for name in ("source", "prefix"):
        op.add_column("one_time_code", sa.Column(name, sa.LargeBinary(), nullable=False))
        op.create_index(f"ix_one_time_code_{name}_created_at", "one_time_code", [name, "created_at"])
