"""Shares: who took one back, and who has an application or a position, looked up by it

Revision ID: 0008
Revises: 0006
"""

from alembic import op
import sqlalchemy as sa

revision = '0008'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('shares', sa.Column('revoked_by', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_shares_revoked_by_users'), 'shares', 'users', ['revoked_by'], ['id'])
    op.create_index('ix_shares_application_id', 'shares', ['application_id'], unique=False,
                    postgresql_where=sa.text('application_id is not null'))
    op.create_index('ix_shares_position_id', 'shares', ['position_id'], unique=False,
                    postgresql_where=sa.text('position_id is not null'))


def downgrade() -> None:
    op.drop_index('ix_shares_position_id', table_name='shares')
    op.drop_index('ix_shares_application_id', table_name='shares')
    op.drop_constraint(op.f('fk_shares_revoked_by_users'), 'shares', type_='foreignkey')
    op.drop_column('shares', 'revoked_by')
