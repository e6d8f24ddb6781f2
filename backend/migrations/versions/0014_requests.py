"""A one-time code counts only on the device that asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bind codes to their requests; those on their way are asked for anew."""
    op.execute("delete from one_time_code")
    op.add_column("one_time_code", sa.Column("request_hash", sa.LargeBinary(), nullable=False))
    op.create_unique_constraint(op.f("uq_one_time_code_request_hash"), "one_time_code", ["request_hash"])
