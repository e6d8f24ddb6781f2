"""Carbon: sets of factors for the whole city, which the database itself keeps from changing."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As with price lists: what is approved is final for everybody, and a factor is written only into a draft.
FINAL = """
create function factor_of_draft() returns trigger
language plpgsql as $$
begin
    perform from factor_set
    where id = coalesce(new.factor_set, old.factor_set) and approved_at is null
    for share;
    if not found or (tg_op = 'UPDATE' and new.factor_set <> old.factor_set) then
        raise exception 'factor is final; approve a new version instead' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;

create trigger final before update or delete on factor_set
for each row when (old.approved_at is not null) execute function refuse_change();
create trigger final_whole before truncate on factor_set
for each statement execute function refuse_change();
create trigger final before insert or update or delete on factor
for each row execute function factor_of_draft();
create trigger final_whole before truncate on factor
for each statement execute function refuse_change();

alter table factor_set enable always trigger final;
alter table factor_set enable always trigger final_whole;
alter table factor enable always trigger final;
alter table factor enable always trigger final_whole
"""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "factor_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("boundary_zh", sa.Text(), nullable=False),
        sa.Column("boundary_en", sa.Text(), nullable=False),
        sa.Column("baseline_zh", sa.Text(), nullable=False),
        sa.Column("baseline_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_zh", sa.Text(), nullable=False),
        sa.Column("approved_by_en", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_factor_set_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_set")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_factor_set_name_version")),
    )
    op.create_index(op.f("ix_factor_set_valid_from"), "factor_set", ["valid_from"])
    op.create_table(
        "factor",
        sa.Column("factor_set", sa.Uuid(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("kg_per_kg", sa.Numeric(), nullable=True),
        sa.Column("upper_kg_per_kg", sa.Numeric(), nullable=True),
        sa.Column("boundary", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.CheckConstraint("kg_per_kg between -100 and 100", name=op.f("ck_factor_value")),
        sa.CheckConstraint("kg_per_kg <= upper_kg_per_kg", name=op.f("ck_factor_lower_bound")),
        sa.CheckConstraint("grade in ('A', 'B', 'C', 'assumption')", name=op.f("ck_factor_grade")),
        sa.CheckConstraint("(grade = 'assumption') = (source is null)", name=op.f("ck_factor_source")),
        sa.ForeignKeyConstraint(["factor_set"], ["factor_set.id"], name=op.f("fk_factor_factor_set")),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_factor_material")),
        sa.PrimaryKeyConstraint("factor_set", "material", name=op.f("pk_factor")),
    )
    op.execute(FINAL)
    city_register(op, "factor_set", "factor")
