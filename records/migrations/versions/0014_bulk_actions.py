"""What was done to many people at once

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("kind in ('tag', 'untag', 'share', 'reject', 'apply')", name=op.f("ck_bulk_actions_kind")),
        sa.CheckConstraint(
            "(undone_at is null) = (undone is null)", name=op.f("ck_bulk_actions_undoing_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["users.id"], name=op.f("fk_bulk_actions_done_by_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["users.id"], name=op.f("fk_bulk_actions_undone_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
    )
    op.create_index("ix_bulk_actions_done_by", "bulk_actions", ["done_by", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_bulk_actions_done_by", "bulk_actions")
    op.drop_table("bulk_actions")
