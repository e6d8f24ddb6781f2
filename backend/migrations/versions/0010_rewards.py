"""Rewards: merchants of the city, the offers of its districts, and what was taken."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register, raise_walls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "merchant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
    )
    op.create_table(
        "offer",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merchant", sa.Uuid(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("price_points", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("per_household_limit", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voucher_days", sa.BigInteger(), nullable=False),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.CheckConstraint("price_points > 0", name=op.f("ck_offer_price")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_offer_stock")),
        sa.CheckConstraint("per_household_limit > 0", name=op.f("ck_offer_limit")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_offer_ends_after_it_starts")),
        sa.CheckConstraint("voucher_days between 1 and 366", name=op.f("ck_offer_voucher_days")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_offer_merchant")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_price", "offer", ["district", "price_points", "id"])
    op.create_table(
        "redemption",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("offer", sa.Uuid(), nullable=False),
        sa.Column("merchant", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("points > 0", name=op.f("ck_redemption_points")),
        sa.CheckConstraint(
            "state in ('held', 'honoured', 'cancelled', 'expired')", name=op.f("ck_redemption_state")
        ),
        sa.CheckConstraint("(state = 'held') = (ended_at is null)", name=op.f("ck_redemption_ends_once")),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_redemption_district_household"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "offer"], ["offer.district", "offer.id"], name=op.f("fk_redemption_district_offer")
        ),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.id"], name=op.f("fk_redemption_merchant")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_redemption")),
    )
    op.create_index("ix_redemption_household", "redemption", ["district", "household", "id"])
    city_register(op, "merchant")
    raise_walls(op, "offer", "redemption")
