"""Numbers that the network gave to somebody new, and the word of collectors and staff for who is who."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import raise_walls

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep them."""
    op.add_column("person", sa.Column("reissued_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("ck_access_field", "access")
    op.create_check_constraint("field", "access", "field in ('phone', 'name', 'address', 'sign_in')")
    op.create_table(
        "vouch",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_vouch_district_household"),
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_vouch_person")),
        sa.ForeignKeyConstraint(["used_by"], ["person.id"], name=op.f("fk_vouch_used_by")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_vouch")),
    )
    op.create_index(
        "uq_vouch_open",
        "vouch",
        ["district", "household"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    raise_walls(op, "vouch")
