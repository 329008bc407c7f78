"""Who was erased, keys of repeated requests as digests, and no samples of what people wrote in the statistics

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# ANALYZE keeps the commonest values and some between them; nothing is looked up by these columns.
PERSONAL = {
    "candidates": ("name", "email", "phone", "headline", "cv_text", "languages"),
    "applications": ("rejection_note",),
    "application_notes": ("text",),
    "notifications": ("remark",),
    "outbox": ("error",),
}


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_unlisted", "erasures", ["candidate_id"], postgresql_where=sa.text("listed_at is null")
    )
    op.create_index(
        "ix_erasures_uncleared", "erasures", ["candidate_id"], postgresql_where=sa.text("cleared_at is null")
    )
    # Whoever was deleted until now was erased; what they left beside the tombstone goes with the first clearing.
    op.execute(
        "INSERT INTO erasures (candidate_id, version, erased_at)"
        " SELECT id, version, deleted_at FROM candidates WHERE deleted_at IS NOT NULL"
    )
    op.execute("UPDATE candidates SET batch_id = NULL WHERE deleted_at IS NOT NULL")
    op.add_column("registry", sa.Column("bell_floor", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("idempotency_keys", sa.Column("key_digest", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE idempotency_keys SET key_digest = sha256(convert_to(key, 'UTF8'))")
    op.drop_constraint("pk_idempotency_keys", "idempotency_keys")
    op.drop_column("idempotency_keys", "key")
    op.create_primary_key("pk_idempotency_keys", "idempotency_keys", ["user_id", "key_digest"])
    for table, columns in PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
            # In the schema of this connection, whatever it is called.
            op.execute(
                f"SELECT pg_clear_attribute_stats(current_schema()::text, '{table}', '{column}', false)"
            )


def downgrade() -> None:
    for table, columns in PERSONAL.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS DEFAULT")
    # A digest is no key, but it is as good as one until its day is over.
    op.drop_constraint("pk_idempotency_keys", "idempotency_keys")
    op.add_column("idempotency_keys", sa.Column("key", sa.Text(), nullable=True))
    op.execute("UPDATE idempotency_keys SET key = encode(key_digest, 'hex')")
    op.drop_column("idempotency_keys", "key_digest")
    op.create_primary_key("pk_idempotency_keys", "idempotency_keys", ["user_id", "key"])
    op.drop_column("registry", "bell_floor")
    op.drop_index("ix_erasures_uncleared", "erasures")
    op.drop_index("ix_erasures_unlisted", "erasures")
    op.drop_table("erasures")
