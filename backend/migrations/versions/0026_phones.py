"""Phones that the collectors of an operator share, and the sessions on them."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "phone",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_by", sa.Uuid(), nullable=True),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_by", sa.Uuid(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(bound_at is null) = (bound_by is null)", name=op.f("ck_phone_bound_by_somebody")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_phone_made_by")),
        sa.ForeignKeyConstraint(["bound_by"], ["person.id"], name=op.f("fk_phone_bound_by")),
        sa.ForeignKeyConstraint(["last_by"], ["person.id"], name=op.f("fk_phone_last_by")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_phone")),
        sa.UniqueConstraint("district", "code_hash", name=op.f("uq_phone_district_code_hash")),
    )
    raise_walls(op, "phone")
    op.add_column("session", sa.Column("phone", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_session_phone",
        "session",
        ["phone"],
        postgresql_where=sa.text("phone is not null and revoked_at is null"),
    )
