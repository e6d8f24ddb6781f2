"""Drafts of sets of factors, which of them a set was, and what sets changed of past weighings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import city_register, raise_walls

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

STEPS = ("submitted", "approved", "rejected", "withdrawn", "published")
PAIRS = " and ".join(f"({step}_by is null) = ({step}_at is null)" for step in STEPS)
NAMING = (
    *("name", "name_zh", "name_en", "boundary_zh", "boundary_en", "baseline_zh", "baseline_en"),
    *("approved_by_zh", "approved_by_en", "note_zh", "note_en"),
)
LIVE = "state in ('queued', 'running')"

# As with price lists: what a draft would say changes only while it is being drafted.
FINAL = """
create function factor_of_open_draft() returns trigger
language plpgsql as $$
begin
    perform from factor_set_draft
    where id = coalesce(new.draft, old.draft) and state = 'drafted'
    for share;
    if not found or (tg_op = 'UPDATE' and new.draft <> old.draft) then
        raise exception 'draft_factor is final; edit its draft first' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;

create trigger final before update or delete on factor_set_draft
for each row when (old.state in ('published', 'withdrawn')) execute function refuse_change();
create trigger final_whole before truncate on factor_set_draft
for each statement execute function refuse_change();
create trigger final before insert or update or delete on draft_factor
for each row execute function factor_of_open_draft();
create trigger final_whole before truncate on draft_factor
for each statement execute function refuse_change();
create trigger final before update or delete on carbon_change
for each row execute function refuse_change();
create trigger final_whole before truncate on carbon_change
for each statement execute function refuse_change();

alter table factor_set_draft enable always trigger final;
alter table factor_set_draft enable always trigger final_whole;
alter table draft_factor enable always trigger final;
alter table draft_factor enable always trigger final_whole;
alter table carbon_change enable always trigger final;
alter table carbon_change enable always trigger final_whole
"""


def upgrade() -> None:
    """Make them; what was approved before has no draft."""
    op.create_table(
        "factor_set_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in NAMING),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("authors", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulation", sa.Uuid(), nullable=True),
        sa.Column("simulated_digest", sa.Text(), nullable=True),
        sa.Column("simulated_at", sa.DateTime(timezone=True), nullable=True),
        *(column for step in STEPS for column in _by_and_at(step)),
        sa.Column("reason", sa.Text(), nullable=True),
        *_draft_checks(),
        sa.CheckConstraint(
            "(state = 'published') = (valid_from is not null)", name=op.f("ck_factor_set_draft_valid")
        ),
        sa.ForeignKeyConstraint(["based_on"], ["factor_set.id"], name=op.f("fk_factor_set_draft_based_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_set_draft")),
    )
    op.create_index("ix_factor_set_draft_state_id", "factor_set_draft", ["state", "id"])
    _draft_factor()
    for name in ("draft", "simulation", "approver"):
        op.add_column("factor_set", sa.Column(name, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_factor_set_draft"), "factor_set", "factor_set_draft", ["draft"], ["id"])
    op.create_unique_constraint(op.f("uq_factor_set_draft"), "factor_set", ["draft"])
    op.create_check_constraint(
        op.f("ck_factor_set_approval"), "factor_set", "num_nonnulls(draft, simulation, approver) in (0, 3)"
    )
    op.create_index("ix_weighing_district_ended_at", "weighing", ["district", "ended_at"])
    _carbon_change()
    _factor_run()
    op.execute(FINAL)
    city_register(op, "factor_set_draft", "draft_factor")
    raise_walls(op, "carbon_change", "factor_run")


def _by_and_at(step: str) -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column(f"{step}_by", sa.Uuid(), nullable=True),
        sa.Column(f"{step}_at", sa.DateTime(timezone=True), nullable=True),
    )


def _draft_checks() -> list[sa.CheckConstraint]:
    checks = {
        "state": "state in ('drafted', 'submitted', 'approved', 'rejected', 'withdrawn', 'published')",
        "who_and_when": PAIRS,
        "own": "not approved_by = any (authors) and not published_by = any (authors)",
        "submitted": "state in ('drafted', 'withdrawn') or submitted_by is not null",
        "simulated": "state not in ('submitted', 'approved', 'published')"
        " or simulated_digest is not distinct from digest",
        "approved": "state not in ('approved', 'published') or approved_by is not null",
        "published": "(state = 'published') = (published_by is not null)",
        "withdrawn": "(state = 'withdrawn') = (withdrawn_by is not null)",
        "reason": "state not in ('rejected', 'withdrawn') or reason is not null",
    }
    return [sa.CheckConstraint(sql, name=op.f(f"ck_factor_set_draft_{name}")) for name, sql in checks.items()]


def _draft_factor() -> None:
    op.create_table(
        "draft_factor",
        sa.Column("draft", sa.Uuid(), nullable=False),
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
        sa.CheckConstraint("kg_per_kg between -100 and 100", name=op.f("ck_draft_factor_value")),
        sa.CheckConstraint("kg_per_kg <= upper_kg_per_kg", name=op.f("ck_draft_factor_lower_bound")),
        sa.CheckConstraint("grade in ('A', 'B', 'C', 'assumption')", name=op.f("ck_draft_factor_grade")),
        sa.CheckConstraint("(grade = 'assumption') = (source is null)", name=op.f("ck_draft_factor_source")),
        sa.ForeignKeyConstraint(["draft"], ["factor_set_draft.id"], name=op.f("fk_draft_factor_draft")),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_draft_factor_material")),
        sa.PrimaryKeyConstraint("draft", "material", name=op.f("pk_draft_factor")),
    )


def _carbon_change() -> None:
    op.create_table(
        "carbon_change",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("weighing", sa.Uuid(), nullable=False),
        sa.Column("factor_set", sa.Uuid(), nullable=False),
        sa.Column("delta_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("taken_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "taken_co2e_grams between 0 and greatest(-delta_co2e_grams, 0)",
            name=op.f("ck_carbon_change_taken"),
        ),
        sa.CheckConstraint("delta_co2e_grams <> 0", name=op.f("ck_carbon_change_something")),
        sa.ForeignKeyConstraint(
            ["district", "weighing"],
            ["weighing.district", "weighing.id"],
            name=op.f("fk_carbon_change_district_weighing"),
        ),
        sa.ForeignKeyConstraint(["factor_set"], ["factor_set.id"], name=op.f("fk_carbon_change_factor_set")),
        sa.PrimaryKeyConstraint("district", "weighing", "factor_set", name=op.f("pk_carbon_change")),
    )


def _factor_run() -> None:
    op.create_table(
        "factor_run",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft", sa.Uuid(), nullable=True),
        sa.Column("factor_set", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weighings", sa.BigInteger(), nullable=False),
        sa.Column("weighings_done", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("found", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("added_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("taken_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("short_co2e_grams", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind in ('simulation', 'recomputation')", name=op.f("ck_factor_run_kind")),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'cancelled', 'failed')", name=op.f("ck_factor_run_state")
        ),
        sa.CheckConstraint("since < until and until <= requested_at", name=op.f("ck_factor_run_past")),
        sa.CheckConstraint(f"({LIVE}) = (ended_at is null)", name=op.f("ck_factor_run_ended")),
        sa.CheckConstraint(
            "(kind = 'simulation') = (draft is not null) and num_nonnulls(draft, factor_set) = 1",
            name=op.f("ck_factor_run_what"),
        ),
        sa.CheckConstraint(
            "(kind = 'simulation' and state = 'done') = (found is not null)", name=op.f("ck_factor_run_found")
        ),
        sa.ForeignKeyConstraint(["draft"], ["factor_set_draft.id"], name=op.f("fk_factor_run_draft")),
        sa.ForeignKeyConstraint(["factor_set"], ["factor_set.id"], name=op.f("fk_factor_run_factor_set")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_factor_run")),
    )
    op.create_index(
        "uq_factor_run_live",
        "factor_run",
        ["district", "draft", "factor_set"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text(LIVE),
    )
