"""Budgets: what happens to them, orders that two people sign, rules at the cap, and the queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# The gate of a programme. Whoever quotes shares it, so a freeze, an edit of the rule at the cap or a movement
# of money waits for the quotes under way, and the quotes after it see what it did. A taper is one quote after
# the other, as each must know what the one before has left. The locks come before what is read: a function's
# statements each see what was committed when they begin.
_TERMS = """
create function budget_terms(p_district text, p_programmes uuid[], p_period text)
returns table (
    programme uuid, cap_rule text, taper_below_fen bigint, taper_percent bigint, closed boolean, state text
)
language plpgsql as $$
#variable_conflict use_column
declare
    one uuid;
begin
    foreach one in array (select array_agg(p order by p) from unnest(p_programmes) as p) loop
        perform pg_advisory_xact_lock_shared(hashtextextended('budget/' || p_district || '/' || one, 0));
    end loop;
    for one in select id from programme
                where district = p_district and id = any (p_programmes) and cap_rule = 'taper'
                order by id loop
        perform pg_advisory_xact_lock(hashtextextended('taper/' || p_district || '/' || one, 0));
    end loop;
    return query
        select p.id, p.cap_rule, p.taper_below_fen, p.taper_percent, p.closed_at is not null, b.state
          from programme p
          left join budget b on b.district = p.district and b.programme = p.id and b.period = p_period
         where p.district = p_district and p.id = any (p_programmes);
end
$$
"""


def upgrade() -> None:
    """Make them; a budget that was funded before is open, and its payments are its first events."""
    _cap_rules()
    op.create_table(
        "budget",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("period ~ '^[0-9]{4}$'", name=op.f("ck_budget_period")),
        sa.CheckConstraint(
            "state in ('open', 'frozen', 'carried_over', 'closed')", name=op.f("ck_budget_state")
        ),
        sa.ForeignKeyConstraint(
            ["district", "programme"], ["programme.district", "programme.id"], name=op.f("fk_budget_district")
        ),
        sa.PrimaryKeyConstraint("district", "programme", "period", name=op.f("pk_budget")),
    )
    op.create_table(
        "budget_event",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("order", sa.Uuid(), nullable=True),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district", "programme"],
            ["programme.district", "programme.id"],
            name=op.f("fk_budget_event_district"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_budget_event")),
    )
    op.create_index("ix_budget_event_programme", "budget_event", ["district", "programme", "period", "at"])
    _orders()
    _queue()
    _lines()
    _from_fundings()
    raise_walls(op, "budget", "budget_event", "budget_order", "subsidy_promise")
    op.execute(_TERMS)


def _cap_rules() -> None:
    op.add_column("programme", sa.Column("taper_below_fen", sa.BigInteger(), nullable=True))
    op.add_column("programme", sa.Column("taper_percent", sa.BigInteger(), nullable=True))
    op.drop_constraint(op.f("ck_programme_cap_rule"), "programme")
    op.create_check_constraint(
        op.f("ck_programme_cap_rule"), "programme", "cap_rule in ('stop', 'taper', 'queue')"
    )
    op.create_check_constraint(
        op.f("ck_programme_taper"),
        "programme",
        "num_nonnulls(taper_below_fen, taper_percent) = case cap_rule when 'taper' then 2 else 0 end",
    )
    op.create_check_constraint(
        op.f("ck_programme_taper_bounds"),
        "programme",
        "taper_below_fen > 0 and taper_percent between 1 and 99",
    )


def _orders() -> None:
    op.create_table(
        "budget_order",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("to_period", sa.Text(), nullable=True),
        sa.Column("fen", sa.BigInteger(), nullable=True),
        sa.Column("basis_zh", sa.Text(), nullable=False),
        sa.Column("basis_en", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('fund', 'cut', 'carry_over', 'close')", name=op.f("ck_budget_order_kind")
        ),
        sa.CheckConstraint(
            "state in ('drafted', 'approved', 'rejected', 'withdrawn')", name=op.f("ck_budget_order_state")
        ),
        sa.CheckConstraint("source in ('bank', 'treasury')", name=op.f("ck_budget_order_source")),
        sa.CheckConstraint(
            "(kind = 'fund') = (source is not null)", name=op.f("ck_budget_order_funds_come_from_somewhere")
        ),
        sa.CheckConstraint(
            "(kind = 'carry_over') = (to_period is not null)", name=op.f("ck_budget_order_carried_somewhere")
        ),
        sa.CheckConstraint(
            "kind in ('carry_over', 'close') or fen is not null", name=op.f("ck_budget_order_amount")
        ),
        sa.CheckConstraint("fen > 0", name=op.f("ck_budget_order_fen")),
        sa.CheckConstraint("to_period > period", name=op.f("ck_budget_order_carried_forward")),
        sa.CheckConstraint(
            "(state = 'drafted') = (decided_by is null) and (decided_by is null) = (decided_at is null)",
            name=op.f("ck_budget_order_decided"),
        ),
        sa.CheckConstraint(
            "state not in ('approved', 'rejected') or decided_by <> drafted_by",
            name=op.f("ck_budget_order_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "programme"],
            ["programme.district", "programme.id"],
            name=op.f("fk_budget_order_district"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_budget_order")),
    )
    op.create_index("ix_budget_order_state", "budget_order", ["district", "state", "id"])


def _queue() -> None:
    op.create_table(
        "subsidy_promise",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=False),
        sa.Column("weighing", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("planned_for", sa.Text(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("operator_subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("points_months", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold", sa.Uuid(), nullable=True),
        sa.Column("paid_from", sa.Text(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('unproven', 'waiting', 'funded', 'paid', 'declined')",
            name=op.f("ck_subsidy_promise_state"),
        ),
        sa.CheckConstraint(
            "subsidy_fen >= 0 and operator_subsidy_fen >= 0 and subsidy_fen + operator_subsidy_fen > 0",
            name=op.f("ck_subsidy_promise_fen"),
        ),
        sa.CheckConstraint(
            "(state in ('funded', 'paid')) = (hold is not null)",
            name=op.f("ck_subsidy_promise_money_is_held"),
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at is not null) and (state = 'paid') = (entry is not null)",
            name=op.f("ck_subsidy_promise_paid"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "programme"],
            ["programme.district", "programme.id"],
            name=op.f("fk_subsidy_promise_district_programme"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_subsidy_promise_district_household"),
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_subsidy_promise")),
    )
    op.create_index(
        "ix_subsidy_promise_queue", "subsidy_promise", ["district", "programme", "state", "promised_at", "id"]
    )
    op.create_index("ix_subsidy_promise_household", "subsidy_promise", ["district", "household", "id"])


def _lines() -> None:
    """Let a line say which share was paid and what waits in the queue; so far all was paid in full."""
    for name, default in (("paid_percent", "100"), ("queued_fen", "0"), ("queued_operator_fen", "0")):
        op.add_column(
            "weighing_line", sa.Column(name, sa.BigInteger(), nullable=False, server_default=default)
        )
        op.alter_column("weighing_line", name, server_default=None)
    op.add_column("weighing_line", sa.Column("queued_for", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_weighing_line_percent"), "weighing_line", "paid_percent between 1 and 100"
    )
    op.create_check_constraint(
        op.f("ck_weighing_line_queued"),
        "weighing_line",
        "(cap is not distinct from 'queued') = (queued_for is not null)"
        " and queued_fen >= 0 and queued_operator_fen >= 0"
        " and (queued_for is not null or queued_fen + queued_operator_fen = 0)",
    )


def _from_fundings() -> None:
    for table in ("funding", "programme"):
        op.execute(f"alter table {table} no force row level security")
    op.execute("insert into budget select distinct district, programme, period, 'open' from funding")
    op.execute(
        'insert into budget_event (district, id, programme, period, happened, fen, at, "by", reason, facts)'
        " select district, id, programme, period, 'funded', fen, funded_at, funded_by, basis_zh, '{}'"
        " from funding"
    )
    for table in ("funding", "programme"):
        op.execute(f"alter table {table} force row level security")
