"""Matches and tags of people are written without checks of what is never removed

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('fk_matches_candidate_id_candidates'), 'matches', type_='foreignkey')
    op.drop_constraint(op.f('fk_matches_pool_id_pools'), 'matches', type_='foreignkey')
    op.drop_constraint(op.f('fk_candidate_tags_candidate_id_candidates'), 'candidate_tags', type_='foreignkey')
    op.drop_constraint(op.f('fk_candidate_tags_added_by_users'), 'candidate_tags', type_='foreignkey')


def downgrade() -> None:
    op.create_foreign_key(
        op.f('fk_candidate_tags_added_by_users'), 'candidate_tags', 'users', ['added_by'], ['id']
    )
    op.create_foreign_key(
        op.f('fk_candidate_tags_candidate_id_candidates'), 'candidate_tags', 'candidates', ['candidate_id'], ['id'],
        ondelete='CASCADE',
    )
    op.create_foreign_key(
        op.f('fk_matches_pool_id_pools'), 'matches', 'pools', ['pool_id'], ['id'], ondelete='CASCADE'
    )
    op.create_foreign_key(
        op.f('fk_matches_candidate_id_candidates'), 'matches', 'candidates', ['candidate_id'], ['id'],
        ondelete='CASCADE',
    )
