"""Booking: pickups and the steps they took."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "pickup",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("collector", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_list", sa.Uuid(), nullable=False),
        sa.Column("materials", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('requested', 'assigned', 'accepted', 'arrived', 'weighed',"
            " 'completed', 'cancelled', 'returned', 'missed')",
            name=op.f("ck_pickup_state"),
        ),
        sa.CheckConstraint("window_start < window_end", name=op.f("ck_pickup_window")),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_pickup_district_household"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_pickup")),
    )
    op.create_index("ix_pickup_day", "pickup", ["district", "collector", "window_start"])
    op.create_index("ix_pickup_household", "pickup", ["district", "household", "id"])
    op.create_index(
        "uq_pickup_open",
        "pickup",
        ["district", "household"],
        unique=True,
        postgresql_where=sa.text("state in ('requested', 'assigned', 'accepted', 'arrived', 'weighed')"),
    )
    op.create_table(
        "pickup_step",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("pickup", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "pickup"],
            ["pickup.district", "pickup.id"],
            name=op.f("fk_pickup_step_district_pickup"),
        ),
        sa.PrimaryKeyConstraint("district", "pickup", "state", name=op.f("pk_pickup_step")),
    )
    raise_walls(op, "pickup", "pickup_step")
