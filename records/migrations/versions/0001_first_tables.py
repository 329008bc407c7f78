"""The first tables

Revision ID: 0001
Revises: nothing
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('CREATE SEQUENCE pool_generations')
    op.create_table('live_indexes',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("kind in ('candidates', 'pools')", name=op.f('ck_live_indexes_kind')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_live_indexes'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.Uuid(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('batch_id', sa.Uuid(), nullable=True),
    sa.Column('notices', sa.Text(), server_default='each', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('attempts', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('candidate', 'pool')", name=op.f('ck_outbox_kind')),
    sa.CheckConstraint("notices in ('each', 'summary', 'silent')", name=op.f('ck_outbox_notices')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_due', 'outbox', ['kind', 'notices', 'due_at', 'id'], unique=False, postgresql_where=sa.text('dead_at is null'))
    op.create_index('ix_outbox_entity_id', 'outbox', ['entity_id'], unique=False)
    op.create_table('registry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool_epoch', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_registry_single_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry'))
    )
    op.create_table('rejection_reasons',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('said_by', sa.Text(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("said_by in ('us', 'candidate')", name=op.f('ck_rejection_reasons_said_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rejection_reasons')),
    sa.UniqueConstraint('key', name=op.f('uq_rejection_reasons_key')),
    sa.UniqueConstraint('name', name=op.f('uq_rejection_reasons_name'))
    )
    op.create_table('tags',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('lineage', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("kind in ('skill', 'location', 'language', 'label', 'internal')", name=op.f('ck_tags_kind')),
    sa.CheckConstraint('parent_id <> id', name=op.f('ck_tags_no_self_parent')),
    sa.ForeignKeyConstraint(['parent_id'], ['tags.id'], name=op.f('fk_tags_parent_id_tags')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tags')),
    sa.UniqueConstraint('key', name=op.f('uq_tags_key'))
    )
    op.create_index(op.f('ix_tags_parent_id'), 'tags', ['parent_id'], unique=False)
    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('bell_seq', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("role in ('administrator', 'recruiter', 'hiring_manager', 'analyst')", name=op.f('ck_users_role')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_users_email_is_lower')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_table('api_tokens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_tokens_digest'))
    )
    op.create_index(op.f('ix_api_tokens_user_id'), 'api_tokens', ['user_id'], unique=False)
    op.create_table('idempotency_keys',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('request_digest', sa.LargeBinary(), nullable=False),
    sa.Column('receipt', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_idempotency_keys_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_table('import_batches',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('notices', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("notices in ('each', 'summary', 'silent')", name=op.f('ck_import_batches_notices')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_import_batches_created_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batches'))
    )
    op.create_table('pools',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('ancestors', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('criteria', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('generation', sa.BigInteger(), server_default=sa.text("nextval('pool_generations')"), nullable=False),
    sa.Column('generation_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('live_generation', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('broken_reason', sa.Text(), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('live_generation <= generation', name=op.f('ck_pools_live_is_not_ahead')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_pools_created_by_users')),
    sa.ForeignKeyConstraint(['parent_id'], ['pools.id'], name=op.f('fk_pools_parent_id_pools')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pools'))
    )
    op.create_index('ix_pools_ancestors', 'pools', ['ancestors'], unique=False, postgresql_using='gin')
    op.create_index('ix_pools_live_generation', 'pools', ['live_generation'], unique=False)
    op.create_index(op.f('ix_pools_parent_id'), 'pools', ['parent_id'], unique=False)
    op.create_index('uq_pools_generation', 'pools', ['generation'], unique=True)
    op.create_table('positions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), server_default='open', nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("status in ('open', 'closed')", name=op.f('ck_positions_status')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_positions_created_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_positions'))
    )
    op.create_table('tag_labels',
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('tag_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.CheckConstraint("role in ('key', 'name', 'synonym')", name=op.f('ck_tag_labels_role')),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_tag_labels_tag_id_tags'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('folded', name=op.f('pk_tag_labels'))
    )
    op.create_index(op.f('ix_tag_labels_tag_id'), 'tag_labels', ['tag_id'], unique=False)
    op.create_table('candidates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('headline', sa.Text(), server_default='', nullable=False),
    sa.Column('cv_text', sa.Text(), server_default='', nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('years_experience', sa.SmallInteger(), nullable=True),
    sa.Column('languages', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('years_experience between 0 and 80', name=op.f('ck_candidates_years_experience')),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batches.id'], name=op.f('fk_candidates_batch_id_import_batches')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_candidates_created_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidates'))
    )
    op.create_index('ix_candidates_live', 'candidates', ['id'], unique=False, postgresql_where=sa.text('deleted_at is null'))
    op.create_table('tracking',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_tracking_created_by_users')),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_tracking_pool_id_pools'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_tracking_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'pool_id', name=op.f('pk_tracking'))
    )
    op.create_table('applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('position_id', sa.Uuid(), nullable=False),
    sa.Column('stage', sa.Text(), server_default='new', nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('rejected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rejection_reason_id', sa.Uuid(), nullable=True),
    sa.Column('rejection_note', sa.Text(), nullable=True),
    sa.Column('rejected_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(rejected_at is null) = (rejection_reason_id is null)', name=op.f('ck_applications_rejection_is_whole')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_applications_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['position_id'], ['positions.id'], name=op.f('fk_applications_position_id_positions')),
    sa.ForeignKeyConstraint(['rejected_by'], ['users.id'], name=op.f('fk_applications_rejected_by_users')),
    sa.ForeignKeyConstraint(['rejection_reason_id'], ['rejection_reasons.id'], name=op.f('fk_applications_rejection_reason_id_rejection_reasons')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications'))
    )
    op.create_index('ix_applications_candidate_id', 'applications', ['candidate_id'], unique=False)
    op.create_index('ix_applications_position_id', 'applications', ['position_id'], unique=False)
    op.create_table('candidate_progress',
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('matched_version', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_candidate_progress_candidate_id_candidates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('candidate_id', name=op.f('pk_candidate_progress'))
    )
    op.create_table('candidate_tags',
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('tag_id', sa.Uuid(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("origin in ('person', 'import', 'form', 'rule', 'api')", name=op.f('ck_candidate_tags_origin')),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_candidate_tags_added_by_users')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_candidate_tags_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_candidate_tags_tag_id_tags')),
    sa.PrimaryKeyConstraint('candidate_id', 'tag_id', name=op.f('pk_candidate_tags'))
    )
    op.create_index('ix_candidate_tags_tag_id', 'candidate_tags', ['tag_id'], unique=False)
    op.create_table('matches',
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.Column('generation', sa.BigInteger(), nullable=False),
    sa.Column('candidate_version', sa.BigInteger(), nullable=False),
    sa.Column('arrived', sa.Boolean(), nullable=False),
    sa.Column('matched_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_matches_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_matches_pool_id_pools'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('candidate_id', 'pool_id', 'generation', name=op.f('pk_matches'))
    )
    op.create_index('ix_matches_folder', 'matches', ['pool_id', 'generation', 'matched_at', 'candidate_id'], unique=False)
    op.create_table('notifications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('group_key', sa.Text(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=True),
    sa.Column('pool_id', sa.Uuid(), nullable=True),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('match', 'summary', 'wanted', 'done', 'pool_broken')", name=op.f('ck_notifications_kind')),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_notifications_actor_id_users')),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_notifications_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_notifications_pool_id_pools'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notifications_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications')),
    sa.UniqueConstraint('user_id', 'group_key', name=op.f('uq_notifications_user_id_group_key'))
    )
    op.create_index('ix_notifications_bell', 'notifications', ['user_id', 'seq'], unique=False)
    op.create_index(op.f('ix_notifications_candidate_id'), 'notifications', ['candidate_id'], unique=False)
    op.create_table('application_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_application_notes_application_id_applications'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_application_notes_author_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_notes'))
    )
    op.create_index(op.f('ix_application_notes_application_id'), 'application_notes', ['application_id'], unique=False)
    op.create_table('notification_matches',
    sa.Column('notification_id', sa.Uuid(), nullable=False),
    sa.Column('candidate_id', sa.Uuid(), nullable=False),
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_notification_matches_candidate_id_candidates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['notification_id'], ['notifications.id'], name=op.f('fk_notification_matches_notification_id_notifications'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_notification_matches_pool_id_pools'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('notification_id', 'candidate_id', 'pool_id', name=op.f('pk_notification_matches'))
    )
    op.create_index('ix_notification_matches_match', 'notification_matches', ['candidate_id', 'pool_id'], unique=False)
    op.create_table('shares',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=True),
    sa.Column('position_id', sa.Uuid(), nullable=True),
    sa.Column('granted_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('num_nonnulls(application_id, position_id) = 1', name=op.f('ck_shares_one_target')),
    sa.ForeignKeyConstraint(['application_id'], ['applications.id'], name=op.f('fk_shares_application_id_applications'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['granted_by'], ['users.id'], name=op.f('fk_shares_granted_by_users')),
    sa.ForeignKeyConstraint(['position_id'], ['positions.id'], name=op.f('fk_shares_position_id_positions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_shares_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shares'))
    )
    op.create_index('uq_shares_user_application', 'shares', ['user_id', 'application_id'], unique=True, postgresql_where=sa.text('revoked_at is null and application_id is not null'))
    op.create_index('uq_shares_user_position', 'shares', ['user_id', 'position_id'], unique=True, postgresql_where=sa.text('revoked_at is null and position_id is not null'))
    op.execute('INSERT INTO registry (id) VALUES (1)')


def downgrade() -> None:
    op.drop_index('uq_shares_user_position', table_name='shares', postgresql_where=sa.text('revoked_at is null and position_id is not null'))
    op.drop_index('uq_shares_user_application', table_name='shares', postgresql_where=sa.text('revoked_at is null and application_id is not null'))
    op.drop_table('shares')
    op.drop_index('ix_notification_matches_match', table_name='notification_matches')
    op.drop_table('notification_matches')
    op.drop_index(op.f('ix_application_notes_application_id'), table_name='application_notes')
    op.drop_table('application_notes')
    op.drop_index(op.f('ix_notifications_candidate_id'), table_name='notifications')
    op.drop_index('ix_notifications_bell', table_name='notifications')
    op.drop_table('notifications')
    op.drop_index('ix_matches_folder', table_name='matches')
    op.drop_table('matches')
    op.drop_index('ix_candidate_tags_tag_id', table_name='candidate_tags')
    op.drop_table('candidate_tags')
    op.drop_table('candidate_progress')
    op.drop_index('ix_applications_position_id', table_name='applications')
    op.drop_index('ix_applications_candidate_id', table_name='applications')
    op.drop_table('applications')
    op.drop_table('tracking')
    op.drop_index('ix_candidates_live', table_name='candidates', postgresql_where=sa.text('deleted_at is null'))
    op.drop_table('candidates')
    op.drop_index(op.f('ix_tag_labels_tag_id'), table_name='tag_labels')
    op.drop_table('tag_labels')
    op.drop_table('positions')
    op.drop_index('uq_pools_generation', table_name='pools')
    op.drop_index(op.f('ix_pools_parent_id'), table_name='pools')
    op.drop_index('ix_pools_live_generation', table_name='pools')
    op.drop_index('ix_pools_ancestors', table_name='pools', postgresql_using='gin')
    op.drop_table('pools')
    op.drop_table('import_batches')
    op.drop_table('idempotency_keys')
    op.drop_index(op.f('ix_api_tokens_user_id'), table_name='api_tokens')
    op.drop_table('api_tokens')
    op.drop_table('users')
    op.drop_index(op.f('ix_tags_parent_id'), table_name='tags')
    op.drop_table('tags')
    op.drop_table('rejection_reasons')
    op.drop_table('registry')
    op.drop_index('ix_outbox_entity_id', table_name='outbox')
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where=sa.text('dead_at is null'))
    op.drop_table('outbox')
    op.drop_table('live_indexes')
    op.execute('DROP SEQUENCE pool_generations')
