"""What people call materials, and how words are compared."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# Width, case, blanks, hyphens and middle dots make no other word: 'Milk-Tea  Cup' is 'milkteacup'.
PLAIN_WORD = r"""
create function plain_word(word text) returns text
language sql immutable strict parallel safe as $$
    select regexp_replace(lower(normalize(word, NFKC)), '[\s\-‐‑‒–—―−·・•]+', '', 'g')
$$
"""


def upgrade() -> None:
    """Make them."""
    op.execute(PLAIN_WORD)
    op.create_table(
        "synonym",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("plain = plain_word(word) and plain <> ''", name=op.f("ck_synonym_plain")),
        sa.CheckConstraint("language in ('zh', 'en')", name=op.f("ck_synonym_language")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_synonym_withdrawn")
        ),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_synonym_material")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
    )
    op.create_index(
        "uq_synonym_material_plain",
        "synonym",
        ["material", "plain"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    city_register(op, "synonym")
