"""The accounts have no tables of their own: walls on the ledger's, and who may use it."""

from alembic import op

from backend.kit.db import driver_of
from backend.migrations.walls import let_past, raise_wall
from ledger.store import entrust, grant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    *("chart", "account", "balance", "entry", "posting"),
    *("hold", "hold_event", "lot", "lot_event", "status_change"),
    *("unsealed", "log", "leaf", "snapshot", "audited", "tile", "salt", "checkpoint", "cosignature"),
)
BEHIND_ACCOUNTS = ("balance", "posting", "unsealed", "hold", "hold_event", "lot", "lot_event")
"""What a posting reaches only from an account or an entry, and those stand behind the walls for it too."""


def upgrade() -> None:
    """Raise them; the owner stands before them too."""
    for table in TABLES:
        raise_wall(op, f"ledger.{table}", "book")
    for table in BEHIND_ACCOUNTS:
        let_past(op, f"ledger.{table}", "lv_ledger")
    grant(driver_of(op.get_bind()), app="lv_app", auditor="lv_auditor")
    entrust(driver_of(op.get_bind()), keeper="lv_ledger")
