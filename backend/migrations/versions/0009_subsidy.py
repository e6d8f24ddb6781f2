"""Subsidies: programmes, the money that came in, and each household's ceilings."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "programme",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("cap_rule", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cap_rule in ('stop')", name=op.f("ck_programme_cap_rule")),
        sa.CheckConstraint("period in ('year')", name=op.f("ck_programme_period")),
        sa.CheckConstraint("opened_at <= closed_at", name=op.f("ck_programme_closed_after_opened")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_programme")),
    )
    op.create_table(
        "funding",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.Column("funded_by", sa.Uuid(), nullable=False),
        sa.Column("funded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fen > 0", name=op.f("ck_funding_fen")),
        sa.CheckConstraint("period ~ '^[0-9]{4}$'", name=op.f("ck_funding_period")),
        sa.ForeignKeyConstraint(
            ["district", "programme"],
            ["programme.district", "programme.id"],
            name=op.f("fk_funding_district"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_funding")),
    )
    op.create_table(
        "ceiling",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("held_grams", sa.BigInteger(), nullable=False),
        sa.Column("used_grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held_grams >= 0", name=op.f("ck_ceiling_held")),
        sa.CheckConstraint("used_grams >= 0", name=op.f("ck_ceiling_used")),
        sa.CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name=op.f("ck_ceiling_month")),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_ceiling_district"),
        ),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_ceiling_material")),
        sa.PrimaryKeyConstraint("district", "household", "month", "material", name=op.f("pk_ceiling")),
    )
    raise_walls(op, "programme", "funding", "ceiling")
