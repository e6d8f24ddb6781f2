"""The walls between districts, and who may enter at all."""

from alembic.operations import Operations

SEEN = "(select string_to_array(nullif(current_setting('lv.districts', true), ''), ','))::text[]"
"""The districts of this transaction; after its first use, an unset list reads as an empty string."""


def raise_walls(op: Operations, *tables: str) -> None:
    """Give tables that a district owns to the platform, each transaction seeing its own districts."""
    for table in tables:
        raise_wall(op, table, "district")
    city_register(op, *tables)


def raise_wall(op: Operations, table: str, column: str) -> None:
    """Lay row security on a table, its owner included; a column names the district."""
    op.execute(f"alter table {table} enable row level security, force row level security")
    op.execute(f"create policy districts on {table} using ({column} = any ({SEEN}))")


def let_past(op: Operations, table: str, role: str) -> None:
    """Let a role through the wall of a table; without a condition it costs a statement nothing."""
    op.execute(f"create policy {role} on {table} to {role} using (true)")


def city_register(op: Operations, *tables: str) -> None:
    """Give tables to the platform, and let auditors read them."""
    for table in tables:
        op.execute(f"grant select, insert, update, delete on {table} to lv_app")
        op.execute(f"grant select on {table} to lv_auditor")
