"""Checks for drift and what they found, rows that rest because a part is down, and a notice for administrators

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = "'match', 'summary', 'wanted', 'done', 'pool_broken'"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("postponed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_outbox_dead", "outbox", ["entity_id"], postgresql_where=sa.text("dead_at is not null"))
    op.create_index("ix_candidates_updated_at", "candidates", ["updated_at", "id"])
    op.drop_constraint(op.f("ck_notifications_kind"), "notifications", type_="check")
    op.create_check_constraint(op.f("ck_notifications_kind"), "notifications", f"kind in ({KINDS}, 'drift')")
    moment = sa.DateTime(timezone=True)
    nowhere = sa.text("'00000000-0000-0000-0000-000000000000'::uuid")
    op.create_table(
        "checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("repair", sa.Boolean(), nullable=False),
        sa.Column("repair_most", sa.Integer(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), server_default=sa.text("'changed'"), nullable=False),
        sa.Column("changed_from", moment, nullable=True),
        sa.Column("changed_from_id", sa.Uuid(), server_default=nowhere, nullable=False),
        sa.Column("next_from", moment, nullable=False),
        sa.Column("people_after", sa.Uuid(), server_default=nowhere, nullable=False),
        sa.Column("people_up_to", sa.Uuid(), nullable=True),
        sa.Column("pools_after", sa.Uuid(), server_default=nowhere, nullable=False),
        sa.Column("pools_up_to", sa.Uuid(), nullable=True),
        sa.Column("round_began_at", moment, nullable=False),
        sa.Column("news", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "report", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.CheckConstraint("kind in ('full', 'share')", name=op.f("ck_checks_kind")),
        sa.CheckConstraint("step in ('changed', 'people', 'pools', 'done')", name=op.f("ck_checks_step")),
        sa.ForeignKeyConstraint(["requested_by"], ["users.id"], name=op.f("fk_checks_requested_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index("ix_checks_created_at", "checks", ["created_at"])
    op.create_table(
        "drift_finds",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("first_found_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("last_found_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("what", "place", "thing", name=op.f("pk_drift_finds")),
    )


def downgrade() -> None:
    op.drop_table("drift_finds")
    op.drop_table("checks")
    op.execute("DELETE FROM notifications WHERE kind = 'drift'")
    op.drop_constraint(op.f("ck_notifications_kind"), "notifications", type_="check")
    op.create_check_constraint(op.f("ck_notifications_kind"), "notifications", f"kind in ({KINDS})")
    op.drop_index("ix_candidates_updated_at", table_name="candidates")
    op.drop_index("ix_outbox_dead", table_name="outbox")
    op.drop_column("outbox", "postponed")
