"""Simulations, how far they are, and what they found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_LIVE = "state in ('queued', 'running')"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "simulation",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposal", postgresql.JSONB(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=True),
        sa.Column("lines_done", sa.BigInteger(), nullable=False),
        sa.Column("summary", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_simulation_state")
        ),
        sa.CheckConstraint("since < until and until <= requested_at", name=op.f("ck_simulation_past")),
        sa.CheckConstraint("(state = 'done') = (summary is not null)", name=op.f("ck_simulation_found")),
        sa.CheckConstraint(f"({_LIVE}) = (ended_at is null)", name=op.f("ck_simulation_ended")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_simulation")),
    )
    op.create_index(
        "uq_simulation_live",
        "simulation",
        ["district", "digest"],
        unique=True,
        postgresql_where=sa.text(_LIVE),
    )
    of_simulation = ["district", "simulation"], ["simulation.district", "simulation.id"]
    op.create_table(
        "simulation_checkpoint",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("simulation", sa.Uuid(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("reconstructed", sa.BigInteger(), nullable=False),
        sa.Column("pair", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(*of_simulation, name=op.f("fk_simulation_checkpoint_district_simulation")),
        sa.PrimaryKeyConstraint("district", "simulation", name=op.f("pk_simulation_checkpoint")),
    )
    op.create_table(
        "simulation_group",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("simulation", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("in_force", postgresql.JSONB(), nullable=False),
        sa.Column("proposed", postgresql.JSONB(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("winners", sa.BigInteger(), nullable=False),
        sa.Column("losers", sa.BigInteger(), nullable=False),
        sa.Column("gained_points", sa.BigInteger(), nullable=False),
        sa.Column("lost_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind in ('material', 'community', 'community_material', 'day')",
            name=op.f("ck_simulation_group_kind"),
        ),
        sa.CheckConstraint("audience in ('staff', 'open')", name=op.f("ck_simulation_group_audience")),
        sa.CheckConstraint(
            "audience = 'staff' or households >= 10",
            name=op.f("ck_simulation_group_nobody_is_singled_out"),
        ),
        sa.ForeignKeyConstraint(*of_simulation, name=op.f("fk_simulation_group_district_simulation")),
        sa.PrimaryKeyConstraint(
            "district", "simulation", "audience", "kind", "key", name=op.f("pk_simulation_group")
        ),
    )
    raise_walls(op, "simulation", "simulation_checkpoint", "simulation_group")
