"""What is shown of a pool as a question, and when a profile changed

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "candidates",
        sa.Column(
            "profile_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
    )
    op.execute("UPDATE candidates SET profile_at = created_at")
    op.add_column(
        "pools",
        sa.Column(
            "live_chain",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
    )
    # Of a pool that is being changed right now the newer criteria: it goes live with them in a moment.
    op.execute(
        """
        UPDATE pools p SET live_chain = (
            SELECT jsonb_agg(a.criteria ORDER BY array_position(p.live_ancestors, a.id))
            FROM pools a WHERE a.id = ANY(p.live_ancestors))
        WHERE p.live_generation > 0
        """
    )


def downgrade() -> None:
    op.drop_column("pools", "live_chain")
    op.drop_column("candidates", "profile_at")
