"""The catalogue: the city's materials, and price lists that the database itself keeps from changing."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register, raise_walls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GRADES = "('A', 'B', 'C', 'assumption')"

# What is published is final for everybody, the owner and a replica's session too. A rate may be written
# only while its version is a draft; the lock makes a publisher wait for it, so nothing slips in.
FINAL = """
create function refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception '% is final; publish a new version instead', tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create function rate_of_draft() returns trigger
language plpgsql as $$
begin
    perform from catalogue_version
    where district = coalesce(new.district, old.district)
      and id = coalesce(new.version, old.version)
      and published_at is null
    for share;
    if not found or (tg_op = 'UPDATE' and (new.district, new.version) <> (old.district, old.version)) then
        raise exception 'rate is final; publish a new version instead' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;

create trigger final before update or delete on catalogue_version
for each row when (old.published_at is not null) execute function refuse_change();
create trigger final_whole before truncate on catalogue_version
for each statement execute function refuse_change();
create trigger final before insert or update or delete on rate
for each row execute function rate_of_draft();
create trigger final_whole before truncate on rate
for each statement execute function refuse_change();

alter table catalogue_version enable always trigger final;
alter table catalogue_version enable always trigger final_whole;
alter table rate enable always trigger final;
alter table rate enable always trigger final_whole
"""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "material",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("refusal_zh", sa.Text(), nullable=True),
        sa.Column("refusal_en", sa.Text(), nullable=True),
        sa.Column("goes_to", sa.Text(), nullable=True),
        sa.Column("hint_zh", sa.Text(), nullable=False),
        sa.Column("hint_en", sa.Text(), nullable=False),
        sa.Column("low_value", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z0-9_]{1,40}$'", name=op.f("ck_material_key")),
        sa.CheckConstraint(
            "accepted = (refusal_zh is null) and accepted = (refusal_en is null)",
            name=op.f("ck_material_reason"),
        ),
        sa.CheckConstraint(f"grade in {GRADES}", name=op.f("ck_material_grade")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_material")),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(number = 1) = (supersedes is null) and number > 0", name=op.f("ck_catalogue_version_chain")
        ),
        sa.CheckConstraint("published_at <= effective_at", name=op.f("ck_catalogue_version_not_back_dated")),
        sa.CheckConstraint(
            "(published_at is null) = (published_by is null)", name=op.f("ck_catalogue_version_published")
        ),
        sa.ForeignKeyConstraint(
            ["district", "supersedes"],
            ["catalogue_version.district", "catalogue_version.id"],
            name=op.f("fk_catalogue_version_district"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_catalogue_version")),
        sa.UniqueConstraint("district", "number", name=op.f("uq_catalogue_version_district_number")),
    )
    op.create_table(
        "rate",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("market_fen_per_kg", sa.Numeric(), nullable=False),
        sa.Column("subsidy_fen_per_kg", sa.Numeric(), nullable=False),
        sa.Column("operator_fen_per_tonne", sa.Numeric(), nullable=False),
        sa.Column("ceiling_grams", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.Uuid(), nullable=True),
        sa.Column("market_grade", sa.Text(), nullable=False),
        sa.Column("market_source", sa.Text(), nullable=True),
        sa.Column("market_basis_zh", sa.Text(), nullable=False),
        sa.Column("market_basis_en", sa.Text(), nullable=False),
        sa.Column("subsidy_grade", sa.Text(), nullable=True),
        sa.Column("subsidy_source", sa.Text(), nullable=True),
        sa.Column("subsidy_basis_zh", sa.Text(), nullable=True),
        sa.Column("subsidy_basis_en", sa.Text(), nullable=True),
        sa.CheckConstraint("market_fen_per_kg between 0 and 100000", name=op.f("ck_rate_market")),
        sa.CheckConstraint("subsidy_fen_per_kg between 0 and 100000", name=op.f("ck_rate_subsidy")),
        sa.CheckConstraint("operator_fen_per_tonne between 0 and 100000000", name=op.f("ck_rate_operator")),
        sa.CheckConstraint("ceiling_grams >= 0", name=op.f("ck_rate_ceiling")),
        sa.CheckConstraint(
            "accepted or (market_fen_per_kg = 0 and subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name=op.f("ck_rate_refused_earns_nothing"),
        ),
        sa.CheckConstraint(
            "(programme is null) = (subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name=op.f("ck_rate_payer"),
        ),
        sa.CheckConstraint(
            f"market_grade in {GRADES} and subsidy_grade in {GRADES}", name=op.f("ck_rate_grade")
        ),
        sa.CheckConstraint(
            "num_nonnulls(programme, subsidy_grade, subsidy_basis_zh, subsidy_basis_en) in (0, 4)",
            name=op.f("ck_rate_basis"),
        ),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_rate_material")),
        sa.ForeignKeyConstraint(
            ["district", "version"],
            ["catalogue_version.district", "catalogue_version.id"],
            name=op.f("fk_rate_district"),
        ),
        sa.PrimaryKeyConstraint("district", "version", "material", name=op.f("pk_rate")),
    )
    op.execute(FINAL)
    city_register(op, "material")
    raise_walls(op, "catalogue_version", "rate")
