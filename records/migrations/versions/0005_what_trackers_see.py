"""What trackers see: coverage follows the live generation; changes of pools are written down

Revision ID: 0005
Revises: 0004
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pools', sa.Column('live_ancestors', postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.execute('UPDATE pools SET live_ancestors = ancestors')
    op.alter_column('pools', 'live_ancestors', nullable=False)
    op.create_table('pool_changes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.Column('changed_by', sa.Uuid(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['users.id'], name=op.f('fk_pool_changes_changed_by_users')),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_pool_changes_pool_id_pools')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_changes'))
    )
    op.create_index('ix_pool_changes_pool_id_changed_at', 'pool_changes', ['pool_id', 'changed_at'], unique=False)
    op.drop_constraint(op.f('ck_outbox_notices'), 'outbox', type_='check')
    op.create_check_constraint(
        op.f('ck_outbox_notices'), 'outbox', "notices in ('each', 'follow', 'summary', 'silent')"
    )


def downgrade() -> None:
    op.execute("UPDATE outbox SET notices = 'each' WHERE notices = 'follow'")
    op.drop_constraint(op.f('ck_outbox_notices'), 'outbox', type_='check')
    op.create_check_constraint(op.f('ck_outbox_notices'), 'outbox', "notices in ('each', 'summary', 'silent')")
    op.drop_index('ix_pool_changes_pool_id_changed_at', table_name='pool_changes')
    op.drop_table('pool_changes')
    op.drop_column('pools', 'live_ancestors')
