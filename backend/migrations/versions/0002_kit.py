"""The tables of the kit: remembered answers, the outbox, and the claims of the clock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import city_register

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Two statements in one function see two snapshots: the answer of a twin that committed while we
# waited for nothing is found, and all of it costs one round trip.
CLAIM = """
create function idempotency_claim(
    p_caller uuid, p_key text, out free boolean, out fingerprint bytea, out answer bytea
)
language plpgsql as $$
begin
    free := pg_try_advisory_xact_lock(hashtextextended(p_caller || '/' || p_key, 0));
    if free then
        select kept.fingerprint, kept.answer into fingerprint, answer
        from idempotency as kept
        where kept.caller = p_caller and kept.key = p_key;
    end if;
end
$$
"""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        postgresql_where=sa.text("done_at is null and dead_at is null"),
    )
    op.create_table(
        "clock_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_clock_run")),
    )
    op.execute(CLAIM)
    city_register(op, "idempotency", "outbox", "clock_run")
