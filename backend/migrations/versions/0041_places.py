"""Communities and outlets come onto the map, put there by people."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

PLACED = "num_nonnulls(latitude_microdegrees, longitude_microdegrees) in (0, 2)"


def upgrade() -> None:
    """Make them; nothing is on the map yet."""
    op.create_table(
        "community_place",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        *_position(),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(PLACED, name=op.f("ck_community_place_placed")),
        sa.ForeignKeyConstraint(["community"], ["division.code"], name=op.f("fk_community_place_community")),
        sa.PrimaryKeyConstraint("district", "community", name=op.f("pk_community_place")),
    )
    op.create_table(
        "outlet",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant", sa.Uuid(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        *_position(),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(PLACED, name=op.f("ck_outlet_placed")),
        sa.CheckConstraint(
            "num_nonnulls(closed_at, closed_by, closed_reason) in (0, 3)", name=op.f("ck_outlet_closed")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_outlet_merchant")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_outlet")),
    )
    op.create_index("ix_outlet_district_name_zh_id", "outlet", ["district", "name_zh", "id"])
    raise_walls(op, "community_place", "outlet")


def _position() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("latitude_microdegrees", sa.BigInteger(), nullable=True),
        sa.Column("longitude_microdegrees", sa.BigInteger(), nullable=True),
    )
