"""The trail of staff, to which lines are added and from which nobody takes any; managers of operators."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.walls import raise_wall

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# ENABLE ALWAYS: neither the owner nor a session that plays a replica passes. After its term a line may go.
GUARD = """
create function refuse_rewriting() returns trigger
language plpgsql as $$
begin
    if tg_level = 'ROW' then
        if old.at < now() - interval '3 years' then
            return old;
        end if;
    end if;
    raise exception '% is append-only: % is refused', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end
$$;
create trigger append_only before update or truncate on trail
    for each statement execute function refuse_rewriting();
create trigger kept_for_its_term before delete on trail
    for each row execute function refuse_rewriting();
alter table trail enable always trigger append_only, enable always trigger kept_for_its_term;
"""


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "trail",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("circumstances", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_trail")),
    )
    for column in ("actor", "kind", "subject"):
        op.create_index(f"ix_trail_district_{column}_id", "trail", ["district", column, "id"])
    op.drop_constraint(op.f("ck_assignment_role"), "assignment")
    op.create_check_constraint(
        op.f("ck_assignment_role"),
        "assignment",
        "role in ('resident', 'collector', 'till', 'operator_manager', 'district_admin', 'approver',"
        " 'auditor')",
    )
    op.drop_constraint(op.f("ck_assignment_organisation_where_needed"), "assignment")
    op.create_check_constraint(
        op.f("ck_assignment_organisation_where_needed"),
        "assignment",
        "(role in ('collector', 'till', 'operator_manager')) = (organisation is not null)",
    )
    raise_wall(op, "trail", "district")
    op.execute("grant select, insert, delete on trail to lv_app")
    op.execute("grant select on trail to lv_auditor")
    op.execute(GUARD)
