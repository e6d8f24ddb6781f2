"""Settlement sheets and their lines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_walls

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# What a sheet says is final as it is drawn up, and all of it once it is paid or withdrawn; a line is only
# ever added. That holds for the owner and for a replica's session too.
FINAL = """
create function settlement_is_final() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' or tg_table_name = 'settlement_line'
       or old.state in ('paid', 'withdrawn')
       or (old.state = 'countersigned' and new.state <> 'paid')
       or (old.district, old.id, old.month, old.party_kind, old.party, old.party_zh, old.party_en, old.size,
           old.seen, old.accounts, old.amounts, old.backing, old.lines, old.differences, old.digest,
           old.drawn_up_at, old.drawn_up_by)
          is distinct from
          (new.district, new.id, new.month, new.party_kind, new.party, new.party_zh, new.party_en, new.size,
           new.seen, new.accounts, new.amounts, new.backing, new.lines, new.differences, new.digest,
           new.drawn_up_at, new.drawn_up_by)
    then
        raise exception '% is final; withdraw the sheet and draw it up anew', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$
"""


def _signature(prefix: str, *more: sa.Column) -> tuple[sa.Column, ...]:
    return (
        sa.Column(f"{prefix}_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(f"{prefix}_by", sa.Uuid(), nullable=True),
        *more,
    )


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=True)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "settlement_sheet",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("party_kind", sa.Text(), nullable=False),
        sa.Column("party", sa.Uuid(), nullable=False),
        sa.Column("party_zh", sa.Text(), nullable=False),
        sa.Column("party_en", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("accounts", postgresql.JSONB(), nullable=False),
        sa.Column("amounts", postgresql.JSONB(), nullable=False),
        sa.Column("backing", postgresql.JSONB(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_up_by", sa.Uuid(), nullable=False),
        *_signature("signed", _text("signed_reason")),
        *_signature("countersigned", _text("countersigned_reason")),
        sa.Column("settled_entry", sa.Uuid(), nullable=True),
        *_signature("paid", _text("paid_reference"), sa.Column("paid_entry", sa.Uuid(), nullable=True)),
        *_signature("withdrawn", _text("withdrawn_reason")),
        sa.CheckConstraint(
            "state in ('drawn_up', 'signed', 'countersigned', 'paid', 'withdrawn')",
            name=op.f("ck_settlement_sheet_state"),
        ),
        sa.CheckConstraint(
            "party_kind in ('operator', 'merchant', 'programme')", name=op.f("ck_settlement_sheet_party_kind")
        ),
        sa.CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name=op.f("ck_settlement_sheet_month")),
        sa.CheckConstraint("0 <= seen and seen <= size", name=op.f("ck_settlement_sheet_size")),
        sa.CheckConstraint("signed_by <> countersigned_by", name=op.f("ck_settlement_sheet_two_people")),
        sa.CheckConstraint(
            "(state in ('countersigned', 'paid')) = (countersigned_at is not null)",
            name=op.f("ck_settlement_sheet_countersigned"),
        ),
        sa.CheckConstraint(
            "(countersigned_at is not null) <= (signed_at is not null)",
            name=op.f("ck_settlement_sheet_signed_first"),
        ),
        sa.CheckConstraint("(state = 'paid') = (paid_at is not null)", name=op.f("ck_settlement_sheet_paid")),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_entry is not null)",
            name=op.f("ck_settlement_sheet_a_payment_is_an_entry"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null)", name=op.f("ck_settlement_sheet_withdrawn")
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_settlement_sheet")),
    )
    op.create_index(
        "uq_settlement_sheet_stands",
        "settlement_sheet",
        ["district", "month", "party_kind", "party"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index("ix_settlement_sheet_party", "settlement_sheet", ["district", "party", "month"])
    op.create_table(
        "settlement_line",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "difference in ('no_fact', 'no_entry', 'amount_differs', 'turnover_differs')",
            name=op.f("ck_settlement_line_difference"),
        ),
        sa.CheckConstraint(
            "(entry is null) <= (difference is not null)",
            name=op.f("ck_settlement_line_a_line_names_its_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["district", "sheet"],
            ["settlement_sheet.district", "settlement_sheet.id"],
            name=op.f("fk_settlement_line_district_sheet"),
        ),
        sa.PrimaryKeyConstraint("district", "sheet", "no", name=op.f("pk_settlement_line")),
    )
    raise_walls(op, "settlement_sheet", "settlement_line")
    op.execute("revoke update, delete on settlement_line from lv_app")
    op.execute("revoke delete on settlement_sheet from lv_app")
    op.execute(FINAL)
    for table in ("settlement_sheet", "settlement_line"):
        op.execute(
            f"create trigger is_final before update or delete on {table}"
            " for each row execute function settlement_is_final()"
        )
        op.execute(f"alter table {table} enable always trigger is_final")
