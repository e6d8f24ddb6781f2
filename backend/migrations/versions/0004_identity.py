"""Persons with their logins, sessions and roles; households and who belongs to them."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register, raise_walls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vault_key", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_last4", sa.Text(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(phone_index is null) = (phone_sealed is null)", name=op.f("ck_person_phone_is_sealed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_person_phone_index")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('password', 'pin')", name=op.f("ck_credential_kind")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_credential_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("kind", "login", name=op.f("uq_credential_kind_login")),
    )
    op.create_index(op.f("ix_credential_person"), "credential", ["person"])
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.Uuid(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("access_hash", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_refresh_hash", sa.LargeBinary(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'newcomer') = (district is null)", name=op.f("ck_session_district_but_for_newcomers")
        ),
        sa.CheckConstraint(
            "(role = 'resident') = (household is not null)", name=op.f("ck_session_household_of_residents")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("access_hash", name=op.f("uq_session_access_hash")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("vault_key", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(op.f("ix_one_time_code_created_at"), "one_time_code", ["created_at"])
    op.create_index("ix_one_time_code_phone_index_created_at", "one_time_code", ["phone_index", "created_at"])
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role in ('collector', 'till')) = (organisation is not null)",
            name=op.f("ck_assignment_organisation_where_needed"),
        ),
        sa.CheckConstraint(
            "role in ('resident', 'collector', 'till', 'district_admin', 'approver', 'auditor')",
            name=op.f("ck_assignment_role"),
        ),
        sa.ForeignKeyConstraint(["district"], ["division.code"], name=op.f("fk_assignment_district")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_assignment_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "ix_assignment_district_role",
        "assignment",
        ["district", "role"],
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index(
        "uq_assignment_one_home",
        "assignment",
        ["person"],
        unique=True,
        postgresql_where=sa.text("role = 'resident' and ended_at is null"),
    )
    op.create_index(
        "uq_assignment_standing",
        "assignment",
        ["person", "district", "role", "organisation"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_consent_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("person", "what", "version", name=op.f("uq_consent_person_what_version")),
    )
    op.create_table(
        "household",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("vault_key", sa.LargeBinary(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community"], ["division.code"], name=op.f("fk_household_community")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_household")),
    )
    op.create_table(
        "membership",
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district", "household"],
            ["household.district", "household.id"],
            name=op.f("fk_membership_district_household"),
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_membership_person")),
        sa.PrimaryKeyConstraint("district", "id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_district_household", "membership", ["district", "household"])
    op.create_index(
        "uq_membership_one_home",
        "membership",
        ["district", "person"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    city_register(op, "person", "credential", "session", "one_time_code", "assignment", "consent")
    raise_walls(op, "household", "membership")
