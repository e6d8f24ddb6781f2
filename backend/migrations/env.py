"""What Alembic runs around our migrations: one transaction, as the owner, one at a time."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, text

from backend.kit.db import dialect
from backend.migrations import metadata
from backend.settings import settings


def migrate(connection: Connection) -> None:
    """Run the missing migrations, all or none."""
    context.configure(connection=connection, target_metadata=metadata())
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(hashtext('lvzhang migrations'))"))
        # Where row security would hide rows from a migration, it now fails instead of changing none.
        connection.execute(text("set local row_security = off"))
        context.run_migrations()
        connection.execute(text("grant select on alembic_version to lv_app, lv_auditor"))


owner_url = context.config.attributes.get("owner_url") or settings().database_owner_url
if owner_url is None:
    raise SystemExit("Migrations need DATABASE_OWNER_URL.")
with create_engine(dialect(owner_url), poolclass=NullPool).connect() as connection:
    migrate(connection)
