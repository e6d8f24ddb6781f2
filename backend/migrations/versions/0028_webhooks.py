"""Endpoints of operators, and what is delivered to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_because", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vault_key", sa.LargeBinary(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('active', 'paused', 'ended')", name=op.f("ck_webhook_endpoint_state")),
        sa.CheckConstraint(
            "paused_because in ('manager', 'failing', 'gone')",
            name=op.f("ck_webhook_endpoint_paused_because"),
        ),
        sa.CheckConstraint(
            "(state = 'paused') = (paused_at is not null) and (paused_at is null) = (paused_because is null)",
            name=op.f("ck_webhook_endpoint_a_pause_has_a_cause"),
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (vault_key is null) and (vault_key is null) = (secret_sealed is null)",
            name=op.f("ck_webhook_endpoint_an_ended_one_has_no_secret"),
        ),
        sa.CheckConstraint(
            "(old_secret_sealed is null) = (old_secret_until is null)",
            name=op.f("ck_webhook_endpoint_overlap"),
        ),
        sa.ForeignKeyConstraint(["operator"], ["operator.id"], name=op.f("fk_webhook_endpoint_operator")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index("ix_webhook_endpoint_operator", "webhook_endpoint", ["district", "operator"])
    op.create_table(
        "webhook_delivery",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("event", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("history", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'delivered', 'failed', 'held')", name=op.f("ck_webhook_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["district", "endpoint"],
            ["webhook_endpoint.district", "webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_district_endpoint"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_endpoint", "webhook_delivery", ["district", "endpoint", "id"])
    op.create_index("ix_webhook_delivery_age", "webhook_delivery", ["district", "occurred_at"])
    raise_walls(op, "webhook_endpoint", "webhook_delivery")
