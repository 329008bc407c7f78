"""Frozen folders, and who tracks a pool found by its id

Revision ID: 0002
Revises: 0001
"""

from alembic import op
import sqlalchemy as sa

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pools', sa.Column('frozen', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.execute('UPDATE pools SET frozen = true WHERE broken_reason IS NOT NULL AND live_generation > 0')
    op.create_index('ix_tracking_pool_id', 'tracking', ['pool_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_tracking_pool_id', table_name='tracking')
    op.drop_column('pools', 'frozen')
