"""Shares: who took one back, and looked up by what they give; what analysts were answered

Revision ID: 0008
Revises: 0007
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('shares', sa.Column('revoked_by', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_shares_revoked_by_users'), 'shares', 'users', ['revoked_by'], ['id'])
    op.create_index('ix_shares_application_id', 'shares', ['application_id'], unique=False,
                    postgresql_where=sa.text('application_id is not null'))
    op.create_index('ix_shares_position_id', 'shares', ['position_id'], unique=False,
                    postgresql_where=sa.text('position_id is not null'))
    op.create_table('counted_rejections',
    sa.Column('number', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_counted_rejections')),
    sa.UniqueConstraint('application_id', name=op.f('uq_counted_rejections_application_id'))
    )
    op.create_index(op.f('ix_counted_rejections_candidate_id'), 'counted_rejections', ['candidate_id'], unique=False)
    op.create_table('rejection_answers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('shown', sa.LargeBinary(), nullable=False),
    sa.Column('question', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_rejection_answers_asked_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rejection_answers')),
    sa.UniqueConstraint('digest', name=op.f('uq_rejection_answers_digest'))
    )


def downgrade() -> None:
    op.drop_table('rejection_answers')
    op.drop_index(op.f('ix_counted_rejections_candidate_id'), table_name='counted_rejections')
    op.drop_table('counted_rejections')
    op.drop_index('ix_shares_position_id', table_name='shares')
    op.drop_index('ix_shares_application_id', table_name='shares')
    op.drop_constraint(op.f('fk_shares_revoked_by_users'), 'shares', type_='foreignkey')
    op.drop_column('shares', 'revoked_by')
