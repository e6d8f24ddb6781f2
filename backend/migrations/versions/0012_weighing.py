"""Weighing: bags on scales, line by line."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "weighing",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pickup", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("collector", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Uuid(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("price_list", sa.Uuid(), nullable=False),
        sa.Column("factor_set", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (entry is not null)", name=op.f("ck_weighing_confirmed_is_posted")
        ),
        sa.CheckConstraint(
            "(state = 'quoted') <= (answer_by is not null)", name=op.f("ck_weighing_a_quote_has_a_deadline")
        ),
        sa.CheckConstraint(
            "state in ('open', 'quoted', 'confirmed', 'returned')", name=op.f("ck_weighing_state")
        ),
        sa.ForeignKeyConstraint(
            ["district", "pickup"], ["pickup.district", "pickup.id"], name=op.f("fk_weighing_district_pickup")
        ),
        sa.ForeignKeyConstraint(
            ["district", "scale"], ["scale.district", "scale.id"], name=op.f("fk_weighing_district_scale")
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_weighing")),
        sa.UniqueConstraint("district", "pickup", name=op.f("uq_weighing_district_pickup")),
    )
    op.create_index("ix_weighing_household", "weighing", ["district", "household", "id"])
    op.create_table(
        "weighing_line",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("weighing", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("gross_grams", sa.BigInteger(), nullable=False),
        sa.Column("tare_grams", sa.BigInteger(), nullable=False),
        sa.Column("weighed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("market_fen", sa.BigInteger(), nullable=False),
        sa.Column("subsidised_grams", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("operator_subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("saved_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=True),
        sa.Column("cap", sa.Text(), nullable=True),
        sa.Column("hold", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(hold is null) = (subsidy_fen + operator_subsidy_fen = 0)",
            name=op.f("ck_weighing_line_what_is_promised_is_held"),
        ),
        sa.CheckConstraint(
            "0 <= market_fen and 0 <= subsidy_fen and 0 <= operator_subsidy_fen",
            name=op.f("ck_weighing_line_fen"),
        ),
        sa.CheckConstraint("0 <= saved_co2e_grams", name=op.f("ck_weighing_line_saved")),
        sa.CheckConstraint("0 <= tare_grams and tare_grams < gross_grams", name=op.f("ck_weighing_line_net")),
        sa.CheckConstraint(
            "subsidised_grams between 0 and gross_grams - tare_grams",
            name=op.f("ck_weighing_line_subsidised"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "weighing"],
            ["weighing.district", "weighing.id"],
            name=op.f("fk_weighing_line_district_weighing"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_weighing_line")),
        sa.UniqueConstraint("district", "weighing", "no", name=op.f("uq_weighing_line_district_weighing_no")),
    )
    raise_walls(op, "weighing", "weighing_line")
