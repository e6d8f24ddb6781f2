"""A household's weighings are listed by when they were begun."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find the newest without sorting all of them."""
    op.execute("drop index ix_weighing_household")
    op.execute("create index ix_weighing_household on weighing (district, household, opened_at, id)")
