"""Drafts of price lists, and which of them a published version was."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

GRADES = "('A', 'B', 'C', 'assumption')"
STEPS = ("submitted", "approved", "rejected", "withdrawn", "published")
PAIRS = " and ".join(f"({step}_by is null) = ({step}_at is null)" for step in STEPS)

# What was published or withdrawn stays as it was. What a draft would pay changes only while it is being
# drafted, so that nobody approves one thing and publishes another; the lock makes a submission wait for it.
FINAL = """
create function rate_of_open_draft() returns trigger
language plpgsql as $$
begin
    perform from price_list_draft
    where district = coalesce(new.district, old.district)
      and id = coalesce(new.draft, old.draft)
      and state = 'drafted'
    for share;
    if not found or (tg_op = 'UPDATE' and (new.district, new.draft) <> (old.district, old.draft)) then
        raise exception 'draft_rate is final; edit its draft first' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;

create trigger final before update or delete on price_list_draft
for each row when (old.state in ('published', 'withdrawn')) execute function refuse_change();
create trigger final_whole before truncate on price_list_draft
for each statement execute function refuse_change();
create trigger final before insert or update or delete on draft_rate
for each row execute function rate_of_open_draft();
create trigger final_whole before truncate on draft_rate
for each statement execute function refuse_change();

alter table price_list_draft enable always trigger final;
alter table price_list_draft enable always trigger final_whole;
alter table draft_rate enable always trigger final;
alter table draft_rate enable always trigger final_whole
"""


def upgrade() -> None:
    """Make them; what was published before has no draft."""
    op.create_table(
        "price_list_draft",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint(
            "state in ('drafted', 'submitted', 'approved', 'rejected', 'withdrawn', 'published')",
            name=op.f("ck_price_list_draft_state"),
        ),
        sa.CheckConstraint(PAIRS, name=op.f("ck_price_list_draft_who_and_when")),
        sa.CheckConstraint(
            "not approved_by = any (authors) and not published_by = any (authors)",
            name=op.f("ck_price_list_draft_own"),
        ),
        sa.CheckConstraint(
            "state in ('drafted', 'withdrawn') or submitted_by is not null",
            name=op.f("ck_price_list_draft_submitted"),
        ),
        sa.CheckConstraint(
            "state not in ('submitted', 'approved', 'published')"
            " or simulated_digest is not distinct from digest",
            name=op.f("ck_price_list_draft_simulated"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'published') or approved_by is not null",
            name=op.f("ck_price_list_draft_approved"),
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_by is not null)", name=op.f("ck_price_list_draft_published")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_by is not null)", name=op.f("ck_price_list_draft_withdrawn")
        ),
        sa.CheckConstraint(
            "state not in ('rejected', 'withdrawn') or reason is not null",
            name=op.f("ck_price_list_draft_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'published') = (effective_at is not null)", name=op.f("ck_price_list_draft_effective")
        ),
        sa.ForeignKeyConstraint(
            ["district", "based_on"],
            ["catalogue_version.district", "catalogue_version.id"],
            name=op.f("fk_price_list_draft_district_based_on"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_price_list_draft")),
    )
    op.create_index("ix_price_list_draft_district_state_id", "price_list_draft", ["district", "state", "id"])
    _draft_rate()
    for name in ("draft", "simulation", "approved_by"):
        op.add_column("catalogue_version", sa.Column(name, sa.Uuid(), nullable=True))
    # The rows that are there are held against the new reference, and walls would hide them from it.
    op.execute("alter table catalogue_version no force row level security")
    op.create_foreign_key(
        op.f("fk_catalogue_version_district_draft"),
        "catalogue_version",
        "price_list_draft",
        ["district", "draft"],
        ["district", "id"],
    )
    op.execute("alter table catalogue_version force row level security")
    op.create_unique_constraint(
        op.f("uq_catalogue_version_district_draft"), "catalogue_version", ["district", "draft"]
    )
    op.create_check_constraint(
        op.f("ck_catalogue_version_approval"),
        "catalogue_version",
        "num_nonnulls(draft, simulation, approved_by) in (0, 3)",
    )
    op.execute(FINAL)
    raise_walls(op, "price_list_draft", "draft_rate")


def _by_and_at(step: str) -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column(f"{step}_by", sa.Uuid(), nullable=True),
        sa.Column(f"{step}_at", sa.DateTime(timezone=True), nullable=True),
    )


def _draft_rate() -> None:
    op.create_table(
        "draft_rate",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("draft", sa.Uuid(), nullable=False),
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
        sa.Column("needs_verified_scale", sa.Boolean(), nullable=False),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=False),
        sa.CheckConstraint("market_fen_per_kg between 0 and 100000", name=op.f("ck_draft_rate_market")),
        sa.CheckConstraint("subsidy_fen_per_kg between 0 and 100000", name=op.f("ck_draft_rate_subsidy")),
        sa.CheckConstraint(
            "operator_fen_per_tonne between 0 and 100000000", name=op.f("ck_draft_rate_operator")
        ),
        sa.CheckConstraint("ceiling_grams >= 0", name=op.f("ck_draft_rate_ceiling")),
        sa.CheckConstraint(
            "accepted or (market_fen_per_kg = 0 and subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name=op.f("ck_draft_rate_refused_earns_nothing"),
        ),
        sa.CheckConstraint(
            "(programme is null) = (subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name=op.f("ck_draft_rate_payer"),
        ),
        sa.CheckConstraint(
            f"market_grade in {GRADES} and subsidy_grade in {GRADES}", name=op.f("ck_draft_rate_grade")
        ),
        sa.CheckConstraint(
            "num_nonnulls(programme, subsidy_grade, subsidy_basis_zh, subsidy_basis_en) in (0, 4)",
            name=op.f("ck_draft_rate_basis"),
        ),
        sa.CheckConstraint(
            "programme is not null or not (needs_verified_scale or needs_confirmation)",
            name=op.f("ck_draft_rate_conditions"),
        ),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_draft_rate_material")),
        sa.ForeignKeyConstraint(
            ["district", "draft"],
            ["price_list_draft.district", "price_list_draft.id"],
            name=op.f("fk_draft_rate_district_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "programme"],
            ["programme.district", "programme.id"],
            name=op.f("fk_draft_rate_district_programme"),
        ),
        sa.PrimaryKeyConstraint("district", "draft", "material", name=op.f("pk_draft_rate")),
    )
