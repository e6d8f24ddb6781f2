"""The ledger: its own schema, installed by the library itself."""

from alembic import op

from backend.kit.db import driver_of
from ledger.store import install

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Install the ledger; the walls on its tables come with the accounts."""
    install(driver_of(op.get_bind()))
