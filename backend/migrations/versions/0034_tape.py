"""The tape of quotes: in which order they were made, and what was removed again."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_wall

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_READ = ("weighing", "weighing_line")
# Lines of one quote were weighed at one moment; of what was removed before, nothing is known.
_RECONSTRUCT = """
    with quoted as (
        select district, weighing, 'quote.held' as kind, weighed_at as at
          from weighing_line group by district, weighing, weighed_at
    ), step as (
        select *, row_number() over (order by at, kind, weighing) as seq from (
            select * from quoted
            union all
            select w.district, w.id, 'quote.returned', w.ended_at from weighing w
             where w.state = 'returned' and exists (select from quoted q where q.weighing = w.id)
        ) as happened
    )
    insert into quote_step
           (district, seq, line, kind, weighing, no, at, material, net_grams, market_fen, subsidised_grams,
            subsidy_fen, operator_subsidy_fen, saved_co2e_grams, programme, queued_fen,
            queued_operator_fen, reconstructed)
    select s.district, s.seq, l.id, s.kind, s.weighing, l.no, s.at, l.material, l.gross_grams - l.tare_grams,
           l.market_fen, l.subsidised_grams, l.subsidy_fen, l.operator_subsidy_fen, l.saved_co2e_grams,
           l.programme, l.queued_fen, l.queued_operator_fen, true
      from step s
      join weighing_line l on l.district = s.district and l.weighing = s.weighing
       and (s.kind = 'quote.returned' or l.weighed_at = s.at)
"""


def upgrade() -> None:
    """Make it, and write down what can still be known of older quotes."""
    op.execute(sa.schema.CreateSequence(sa.Sequence("quote_step_seq")))
    op.create_table(
        "quote_step",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weighing", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("net_grams", sa.BigInteger(), nullable=False),
        sa.Column("market_fen", sa.BigInteger(), nullable=False),
        sa.Column("subsidised_grams", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("operator_subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("saved_co2e_grams", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Uuid(), nullable=True),
        sa.Column("queued_fen", sa.BigInteger(), nullable=False),
        sa.Column("queued_operator_fen", sa.BigInteger(), nullable=False),
        sa.Column("reconstructed", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "kind in ('quote.held', 'quote.line_removed', 'quote.returned', 'subsidy.declined')",
            name=op.f("ck_quote_step_kind"),
        ),
        sa.CheckConstraint(
            "0 <= subsidised_grams and subsidised_grams <= net_grams", name=op.f("ck_quote_step_grams")
        ),
        sa.ForeignKeyConstraint(
            ["district", "weighing"],
            ["weighing.district", "weighing.id"],
            name=op.f("fk_quote_step_district_weighing"),
        ),
        sa.PrimaryKeyConstraint("district", "seq", "line", name=op.f("pk_quote_step")),
    )
    op.create_index("ix_quote_step_district_weighing", "quote_step", ["district", "weighing"])
    op.create_index(
        "ix_quote_step_given_back",
        "quote_step",
        ["district", "line"],
        postgresql_where=sa.text("kind <> 'quote.held'"),
    )
    op.create_index("ix_weighing_district_opened_at", "weighing", ["district", "opened_at"])
    for table in _READ:
        op.execute(f"alter table {table} no force row level security")
    op.execute(_RECONSTRUCT)
    for table in _READ:
        op.execute(f"alter table {table} force row level security")
    op.execute("select setval('quote_step_seq', (select coalesce(max(seq), 0) + 1 from quote_step), false)")
    raise_wall(op, "quote_step", "district")
    op.execute("grant select, insert on quote_step to lv_app")
    op.execute("grant usage on sequence quote_step_seq to lv_app")
    op.execute("grant select on quote_step to lv_auditor")
