"""What a till took on a day is found without reading what others took."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_redemption_till",
        "redemption",
        ["district", "merchant", "ended_at"],
        postgresql_where="state = 'honoured'",
    )
