"""The register of scales is kept by people: certificates put on record and withdrawn, checks, retirement."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# What was put on record stays as it is; a certificate can only be withdrawn, and that once.
FINAL = """
create trigger final before update on certificate
for each row when (
    old.withdrawn_at is not null
    or (old.district, old.id, old.scale, old.number, old.issuer, old.issued_on, old.expires_on, old.note,
        old.recorded_at, old.recorded_by)
       is distinct from
       (new.district, new.id, new.scale, new.number, new.issuer, new.issued_on, new.expires_on, new.note,
        new.recorded_at, new.recorded_by)
) execute function refuse_change();
create trigger final_row before delete on certificate
for each row execute function refuse_change();
create trigger final_whole before truncate on certificate
for each statement execute function refuse_change();
create trigger final before update or delete on scale_check
for each row execute function refuse_change();
create trigger final_whole before truncate on scale_check
for each statement execute function refuse_change();

alter table certificate enable always trigger final;
alter table certificate enable always trigger final_row;
alter table certificate enable always trigger final_whole;
alter table scale_check enable always trigger final;
alter table scale_check enable always trigger final_whole
"""


def upgrade() -> None:
    """Make what is new; of older certificates nobody knows who put them on record."""
    for name in ("checked_at", "out_of_use_since"):
        op.add_column("scale", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _three("scale", "retired")
    op.add_column("certificate", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("certificate", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("certificate", sa.Column("recorded_by", sa.Uuid(), nullable=True))
    _three("certificate", "withdrawn")
    op.drop_constraint(op.f("uq_certificate_district_scale_number"), "certificate")
    op.create_index(
        "uq_certificate_district_issuer_number",
        "certificate",
        ["district", "issuer", "number"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index(
        "ix_certificate_district_scale_issued_on", "certificate", ["district", "scale", "issued_on"]
    )
    op.create_table(
        "scale_check",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Uuid(), nullable=False),
        sa.Column("nominal_grams", sa.BigInteger(), nullable=False),
        sa.Column("read_grams", sa.BigInteger(), nullable=False),
        sa.Column("permissible_milligrams", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("nominal_grams > 0 and read_grams >= 0", name=op.f("ck_scale_check_grams")),
        sa.CheckConstraint("permissible_milligrams > 0", name=op.f("ck_scale_check_permissible")),
        sa.ForeignKeyConstraint(
            ["district", "scale"], ["scale.district", "scale.id"], name=op.f("fk_scale_check_district_scale")
        ),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_scale_check")),
    )
    op.create_index("ix_scale_check_district_scale_id", "scale_check", ["district", "scale", "id"])
    op.execute(FINAL)
    raise_walls(op, "scale_check")


def _three(table: str, what: str) -> None:
    """Say of a row who did something to it, when and why, or nothing of it."""
    op.add_column(table, sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(table, sa.Column(f"{what}_by", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column(f"{what}_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f(f"ck_{table}_{what}"),
        table,
        f"num_nonnulls({what}_at, {what}_by, {what}_reason) in (0, 3)",
    )
