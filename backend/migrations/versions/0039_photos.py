"""What materials look like."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.walls import city_register

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "picture",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("digest = encode(sha256(content), 'hex')", name=op.f("ck_picture_digest")),
        sa.CheckConstraint("octet_length(content) <= 2097152", name=op.f("ck_picture_bytes")),
        sa.CheckConstraint("width between 1 and 1280", name=op.f("ck_picture_width")),
        sa.CheckConstraint("height between 1 and 1280", name=op.f("ck_picture_height")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_picture")),
    )
    # WebP is packed already: what cannot shrink is not tried again.
    op.execute("alter table picture alter column content set storage external")
    op.execute("grant select, insert on picture to lv_app")
    op.execute("grant select on picture to lv_auditor")
    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("small", sa.Text(), nullable=False),
        sa.Column("large", sa.Text(), nullable=False),
        sa.Column("alt_zh", sa.Text(), nullable=False),
        sa.Column("alt_en", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("alt_zh <> '' and alt_en <> ''", name=op.f("ck_photo_alt")),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)", name=op.f("ck_photo_withdrawn")
        ),
        sa.ForeignKeyConstraint(["material"], ["material.key"], name=op.f("fk_photo_material")),
        sa.ForeignKeyConstraint(["small"], ["picture.digest"], name=op.f("fk_photo_small")),
        sa.ForeignKeyConstraint(["large"], ["picture.digest"], name=op.f("fk_photo_large")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(
        "uq_photo_material_large",
        "photo",
        ["material", "large"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    city_register(op, "photo")
