"""The fields that pools ask.

Revision ID: 0003
Revises: 0002
"""

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asked_fields',
    sa.Column('field', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('field', name=op.f('pk_asked_fields'))
    )
    # Pools that are registered already may ask any of them; nothing is lost by percolating too much.
    op.execute(
        "INSERT INTO asked_fields SELECT unnest(ARRAY['tags', 'locations', 'tag_at', 'sources', 'experience',"
        " 'languages', 'rejections', 'never_rejected', 'created', 'text']) WHERE EXISTS (SELECT FROM pools)"
    )


def downgrade() -> None:
    op.drop_table('asked_fields')
