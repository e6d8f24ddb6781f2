"""The network: divisions and operators of the city, service, coverage and scales of its districts."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register, raise_walls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "division",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("population", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('district', 'street', 'community')", name=op.f("ck_division_kind")),
        sa.ForeignKeyConstraint(["parent"], ["division.code"], name=op.f("fk_division_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_parent"), "division", ["parent"])
    op.create_index(op.f("ix_division_district"), "division", ["district"])
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
    )
    op.create_table(
        "service_area",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("promise_minutes", sa.BigInteger(), nullable=False),
        sa.Column("serves_holidays", sa.Boolean(), nullable=False),
        sa.Column("answer_hours", sa.BigInteger(), nullable=False),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_service_area_opens_before_it_closes")),
        sa.CheckConstraint("promise_minutes between 1 and 1440", name=op.f("ck_service_area_promise")),
        sa.CheckConstraint("answer_hours between 1 and 168", name=op.f("ck_service_area_answer")),
        sa.ForeignKeyConstraint(["district"], ["division.code"], name=op.f("fk_service_area_district")),
        sa.PrimaryKeyConstraint("district", name=op.f("pk_service_area")),
    )
    op.create_table(
        "coverage",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["division.code"], name=op.f("fk_coverage_community")),
        sa.ForeignKeyConstraint(["operator"], ["operator.id"], name=op.f("fk_coverage_operator")),
        sa.PrimaryKeyConstraint("district", "community", name=op.f("pk_coverage")),
    )
    op.create_table(
        "scale",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("accuracy_class", sa.Text(), nullable=False),
        sa.Column("min_grams", sa.BigInteger(), nullable=False),
        sa.Column("max_grams", sa.BigInteger(), nullable=False),
        sa.Column("interval_grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("accuracy_class in ('III', 'IIII')", name=op.f("ck_scale_accuracy_class")),
        sa.CheckConstraint(
            "0 < interval_grams and interval_grams <= min_grams and min_grams < max_grams",
            name=op.f("ck_scale_range"),
        ),
        sa.ForeignKeyConstraint(["operator"], ["operator.id"], name=op.f("fk_scale_operator")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_scale")),
        sa.UniqueConstraint("district", "serial", name=op.f("uq_scale_district_serial")),
    )
    op.create_table(
        "certificate",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("issued_on < expires_on", name=op.f("ck_certificate_runs_out")),
        sa.ForeignKeyConstraint(
            ["district", "scale"], ["scale.district", "scale.id"], name=op.f("fk_certificate_district_scale")
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("district", "scale", "number", name=op.f("uq_certificate_district_scale_number")),
    )
    city_register(op, "division", "operator")
    raise_walls(op, "service_area", "coverage", "scale", "certificate")
