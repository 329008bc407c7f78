"""Reindexing as a job, and what each index knows

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOBODY = sa.text("'00000000-0000-0000-0000-000000000000'::uuid")
_NOW = sa.text("clock_timestamp()")
_ZERO = sa.text("0")
_FALSE = sa.text("false")


def upgrade() -> None:
    op.create_table(
        "reindex_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.Text(), server_default="running", nullable=False),
        sa.Column("step", sa.Text(), server_default="making", nullable=False),
        sa.Column("started_by", sa.Uuid()),
        sa.Column("started_from", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("accept_differences", sa.Boolean(), server_default=_FALSE, nullable=False),
        sa.Column("old_candidates", sa.Text()),
        sa.Column("old_pools", sa.Text()),
        sa.Column("new_candidates", sa.Text()),
        sa.Column("new_pools", sa.Text()),
        sa.Column("reads_differently", sa.Boolean(), server_default=_FALSE, nullable=False),
        sa.Column("last_candidate", sa.Uuid(), server_default=_NOBODY, nullable=False),
        sa.Column("last_pool", sa.Uuid(), server_default=_NOBODY, nullable=False),
        sa.Column("people_done", sa.BigInteger(), server_default=_ZERO, nullable=False),
        sa.Column("people_total", sa.BigInteger(), server_default=_ZERO, nullable=False),
        sa.Column("pools_done", sa.BigInteger(), server_default=_ZERO, nullable=False),
        sa.Column("pools_total", sa.BigInteger(), server_default=_ZERO, nullable=False),
        sa.Column("rate", sa.Float()),
        sa.Column("idle_ms", sa.Float()),
        sa.Column("pause", sa.Float(), server_default=_ZERO, nullable=False),
        sa.Column("steps", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("findings", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.CheckConstraint(
            "state in ('running', 'failed', 'swapped', 'finished', 'rolled_back', 'abandoned')",
            name=op.f("ck_reindex_jobs_state"),
        ),
        sa.CheckConstraint(
            "step in ('making', 'filling', 'registering', 'settling', 'verifying', 'swapping', 'matching', 'kept',"
            " 'finishing', 'rolling_back', 'dropping_new', 'abandoning', 'ended')",
            name=op.f("ck_reindex_jobs_step"),
        ),
        sa.CheckConstraint("one = 1", name=op.f("ck_reindex_jobs_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reindex_jobs")),
    )
    op.create_index(
        "uq_reindex_jobs_open", "reindex_jobs", ["one"], unique=True, postgresql_where=sa.text("ended_at is null")
    )
    op.create_index("ix_reindex_jobs_started_at", "reindex_jobs", ["started_at"])
    op.add_column("live_indexes", sa.Column("fields", postgresql.JSONB()))
    # Which index serves is filled in when the place is made ready: only the engine knows.
    op.add_column("live_indexes", sa.Column("serving", sa.Boolean(), server_default=_FALSE, nullable=False))
    op.add_column("live_indexes", sa.Column("whole", sa.Boolean(), server_default=sa.text("true"), nullable=False))


def downgrade() -> None:
    for column in ("whole", "serving", "fields"):
        op.drop_column("live_indexes", column)
    op.drop_table("reindex_jobs")
