"""Where a notice stands in the bell

Revision ID: 0004
Revises: 0003
"""

from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('notifications', sa.Column('rung', sa.BigInteger(), nullable=True))
    op.execute('UPDATE notifications SET rung = seq')
    op.alter_column('notifications', 'rung', nullable=False)
    op.create_index('ix_notifications_list', 'notifications', ['user_id', 'rung'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_notifications_list', table_name='notifications')
    op.drop_column('notifications', 'rung')
