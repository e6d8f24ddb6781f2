"""Second factors, first secrets that must be changed, and wrong ones counted by where they come from."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.drop_column("credential", "failures")
    op.drop_column("credential", "locked_until")
    op.add_column(
        "credential", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("credential", "must_change", server_default=None)
    op.add_column("session", sa.Column("next_step", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_session_next_step"),
        "session",
        "next_step in ('second_factor', 'new_secret', 'second_factor_enrolment')",
    )
    op.create_table(
        "guess",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.Uuid(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["credential"], ["credential.id"], name=op.f("fk_guess_credential")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guess")),
        sa.UniqueConstraint("credential", "source", name=op.f("uq_guess_credential_source")),
    )
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_second_factor_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
    )
    op.create_index(op.f("ix_second_factor_person"), "second_factor", ["person"])
    op.create_index(
        "uq_second_factor_in_use",
        "second_factor",
        ["person"],
        unique=True,
        postgresql_where=sa.text("confirmed_at is not null and ended_at is null"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_recovery_code_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person", "hash", name=op.f("uq_recovery_code_person_hash")),
    )
    city_register(op, "guess", "second_factor", "recovery_code")
