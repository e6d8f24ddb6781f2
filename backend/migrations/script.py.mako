"""${message}."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register, raise_walls

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    ${upgrades if upgrades else "pass"}
