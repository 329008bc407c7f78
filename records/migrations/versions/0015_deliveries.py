"""What leaves the house for whom, and what people chose to hear of where

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_pauses",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_pauses")),
    )
    op.create_table(
        "house_choices",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'push', 'slack')", name=op.f("ck_house_choices_channel")),
        sa.CheckConstraint("rhythm in ('off', 'instant', 'daily', 'weekly')", name=op.f("ck_house_choices_rhythm")),
        sa.PrimaryKeyConstraint("event", "channel", name=op.f("pk_house_choices")),
    )
    op.create_table(
        "house_secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_secrets")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel in ('email', 'push', 'slack')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("rhythm in ('instant', 'daily', 'weekly')", name=op.f("ck_deliveries_rhythm")),
        sa.CheckConstraint("state in ('waiting', 'sent', 'failed', 'withdrawn')", name=op.f("ck_deliveries_state")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_deliveries_of_user", "deliveries", ["user_id", "channel", "created_at"], unique=False)
    op.create_index(
        "uq_deliveries_open",
        "deliveries",
        ["user_id", "channel", "rhythm", "topic"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting' and attempts = 0"),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_devices_endpoint")),
    )
    op.create_index("ix_devices_user_id", "devices", ["user_id"], unique=False)
    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'push', 'slack')", name=op.f("ck_notice_choices_channel")),
        sa.CheckConstraint("rhythm in ('off', 'instant', 'daily', 'weekly')", name=op.f("ck_notice_choices_rhythm")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notice_choices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "event", "channel", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "reading_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("working_days", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("digest_at", sa.SmallInteger(), nullable=False),
        sa.Column("digest_day", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "working_days <@ '{0,1,2,3,4,5,6}' and cardinality(working_days) > 0",
            name=op.f("ck_reading_hours_days_are_days"),
        ),
        sa.CheckConstraint(
            "(quiet_from is null) = (quiet_until is null)", name=op.f("ck_reading_hours_quiet_is_whole")
        ),
        sa.CheckConstraint("digest_at between 0 and 1439", name=op.f("ck_reading_hours_digest_is_a_time")),
        sa.CheckConstraint("digest_day between 0 and 6", name=op.f("ck_reading_hours_digest_is_a_day")),
        sa.CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_until between 0 and 1439",
            name=op.f("ck_reading_hours_quiet_is_a_time"),
        ),
        sa.CheckConstraint(
            "quiet_from is distinct from quiet_until or quiet_from is null", name=op.f("ck_reading_hours_quiet_ends")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reading_hours_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_hours")),
        sa.UniqueConstraint("user_id", name=op.f("uq_reading_hours_user_id"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "slack_members",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("slack_id", sa.Text(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_slack_members_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_slack_members")),
    )
    op.create_table(
        "slack_workspaces",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("bot_token", sa.Text(), nullable=False),
        sa.Column("signing_secret", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("connected_by", sa.Uuid(), nullable=True),
        sa.Column(
            "connected_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_slack_workspaces_only_one")),
        sa.ForeignKeyConstraint(["connected_by"], ["users.id"], name=op.f("fk_slack_workspaces_connected_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_workspaces")),
    )
    op.create_table(
        "unreachable",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("channel in ('email', 'push', 'slack')", name=op.f("ck_unreachable_channel")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_unreachable_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_unreachable")),
    )
    op.create_table(
        "pool_choices",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.CheckConstraint("channel in ('email', 'push', 'slack')", name=op.f("ck_pool_choices_channel")),
        sa.CheckConstraint("rhythm in ('off', 'instant', 'daily', 'weekly')", name=op.f("ck_pool_choices_rhythm")),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["pools.id"], name=op.f("fk_pool_choices_pool_id_pools"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_pool_choices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "pool_id", "channel", name=op.f("pk_pool_choices")),
    )
    op.create_table(
        "delivery_notices",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("up_to_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_delivery_notices_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.id"],
            name=op.f("fk_delivery_notices_notification_id_notifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "notification_id", name=op.f("pk_delivery_notices")),
    )
    op.create_index("ix_delivery_notices_notification_id", "delivery_notices", ["notification_id"], unique=False)
    op.add_column(
        "notification_matches", sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "notifications", sa.Column("routed_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("notifications", sa.Column("share_batch", sa.Uuid(), nullable=True))
    op.add_column("shares", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.create_index("ix_shares_batch_id", "shares", ["batch_id"])
    # What rang before is nothing new.
    op.execute("UPDATE notifications SET routed_seq = rung")
    op.drop_constraint(op.f("ck_notifications_kind"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_kind"),
        "notifications",
        "kind in ('match', 'summary', 'wanted', 'done', 'shared', 'pool_broken', 'drift')",
    )
    op.create_index(
        "ix_notifications_unrouted",
        "notifications",
        ["id"],
        unique=False,
        postgresql_where=sa.text("rung > routed_seq"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM notifications WHERE kind = 'shared'")
    op.drop_constraint(op.f("ck_notifications_kind"), "notifications")
    op.create_check_constraint(
        op.f("ck_notifications_kind"),
        "notifications",
        "kind in ('match', 'summary', 'wanted', 'done', 'pool_broken', 'drift')",
    )
    op.drop_index("ix_shares_batch_id", table_name="shares")
    op.drop_column("shares", "batch_id")
    op.drop_index(
        "ix_notifications_unrouted", table_name="notifications", postgresql_where=sa.text("rung > routed_seq")
    )
    op.drop_column("notifications", "share_batch")
    op.drop_column("notifications", "routed_seq")
    op.drop_column("notification_matches", "seq")
    op.drop_index("ix_delivery_notices_notification_id", table_name="delivery_notices")
    op.drop_table("delivery_notices")
    op.drop_table("pool_choices")
    op.drop_table("unreachable")
    op.drop_table("slack_workspaces")
    op.drop_table("slack_members")
    op.drop_table("reading_hours")
    op.drop_table("notice_choices")
    op.drop_index("ix_devices_user_id", table_name="devices")
    op.drop_table("devices")
    op.drop_index(
        "uq_deliveries_open", table_name="deliveries", postgresql_where=sa.text("state = 'waiting' and attempts = 0")
    )
    op.drop_index("ix_deliveries_of_user", table_name="deliveries")
    op.drop_index("ix_deliveries_due", table_name="deliveries", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("deliveries")
    op.drop_table("house_secrets")
    op.drop_table("house_choices")
    op.drop_table("channel_pauses")
