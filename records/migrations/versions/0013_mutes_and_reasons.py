"""Pools that a bell says nothing of, what happened to reasons, and requests found by who asked and who was asked

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    now = sa.text("clock_timestamp()")
    op.create_table(
        "mutes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mutes_user_id_users"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name=op.f("fk_mutes_pool_id_pools"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "pool_id", name=op.f("pk_mutes")),
    )
    op.create_index(
        "ix_notifications_asked_by",
        "notifications",
        ["actor_id"],
        postgresql_where=sa.text("kind in ('wanted', 'done')"),
    )
    op.create_index(
        "ix_notifications_asked_of", "notifications", ["user_id"], postgresql_where=sa.text("kind = 'wanted'")
    )
    op.add_column("rejection_reasons", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_rejection_reasons_merged_into_rejection_reasons"),
        "rejection_reasons",
        "rejection_reasons",
        ["merged_into"],
        ["id"],
    )
    op.create_table(
        "reason_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("applications", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", moment, server_default=now, nullable=False),
        sa.CheckConstraint(
            "what in ('renamed', 'retired', 'brought_back', 'merged')", name=op.f("ck_reason_changes_what")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["rejection_reasons.id"], name=op.f("fk_reason_changes_reason_id_rejection_reasons")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_reason_changes_changed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_changes")),
    )
    op.create_index("ix_reason_changes_reason_id_changed_at", "reason_changes", ["reason_id", "changed_at"])


def downgrade() -> None:
    op.drop_table("reason_changes")
    op.drop_constraint(
        op.f("fk_rejection_reasons_merged_into_rejection_reasons"), "rejection_reasons", type_="foreignkey"
    )
    op.drop_column("rejection_reasons", "merged_into")
    op.drop_index("ix_notifications_asked_of", table_name="notifications")
    op.drop_index("ix_notifications_asked_by", table_name="notifications")
    op.drop_table("mutes")
