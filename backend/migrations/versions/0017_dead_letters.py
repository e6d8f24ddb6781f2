"""Find what was given up in a district without reading the whole outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_outbox_dead", "outbox", ["district", "id"], postgresql_where=sa.text("dead_at is not null")
    )
