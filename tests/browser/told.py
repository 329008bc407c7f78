"""What left the house beside the bell, for pages that show it: messages that arrived and that did not, a workspace, a
webhook.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import text

from records.database import session
from records.models import Delivery, DeliveryNotice, Role, WebhookDelivery
from records.repositories import slack
from tests.api.answers import ok
from tests.installation import Installation


def tell(world: Installation, pool: uuid.UUID, person: uuid.UUID) -> uuid.UUID:
    """Have all of it; returns the webhook."""
    manager, recruiter = world.id_of(Role.HIRING_MANAGER), world.id_of(Role.RECRUITER)
    hook = uuid.UUID(
        ok(world.administrator.post("/v1/webhooks", json={"url": "https://ats.example.com/hooks/pools"}), 201)["id"]
    )
    now = datetime.now(UTC)
    with session() as db:
        slack.connect(
            db,
            bot_token="xoxb-test",
            signing_secret="test",
            team_id="T1",
            team_name="Modrý Most",
            by=world.id_of(Role.ADMINISTRATOR),
        )
        heard = db.execute(
            text("SELECT id, rung FROM notifications WHERE user_id = :user AND kind = 'summary'"), {"user": manager}
        ).one()
        arrived = Delivery(
            user_id=manager, channel="email", rhythm="daily", topic="digest", state="sent", people=5, due_at=now
        )
        db.add(arrived)
        db.flush()
        db.add(DeliveryNotice(delivery_id=arrived.id, notification_id=heard.id, after_seq=0, up_to_seq=heard.rung))
        db.add_all(
            Delivery(user_id=user, channel=channel, rhythm="instant", topic=f"pool:{pool}", due_at=now, **how)
            for user, channel, how in (
                (manager, "push", {"state": "sent", "people": 1}),
                (manager, "slack", {"attempts": 2, "reason": "rate_limited", "said": "ratelimited"}),
                (manager, "email", {"state": "failed", "reason": "not_accepted", "said": "554 5.7.1 Rejected"}),
                (recruiter, "slack", {"state": "failed", "reason": "account_closed", "said": "account_inactive"}),
            )
        )
        # Three that entered, as the endpoint was told, is being told, and was not told.
        db.execute(text("DELETE FROM webhook_deliveries"))
        db.add_all(
            WebhookDelivery(webhook_id=hook, event="pool.entered", candidates=[person], pools=[pool], **how)
            for how in (
                {"state": "sent", "attempts": 1, "said": "200"},
                {"attempts": 3, "reason": "try_later", "said": "503"},
                {"state": "failed", "attempts": 12, "reason": "server_away", "said": "TimeoutError"},
            )
        )
        db.flush()
        db.execute(text("UPDATE deliveries SET ended_at = created_at WHERE state <> 'waiting'"))
        db.execute(text("UPDATE webhook_deliveries SET ended_at = created_at WHERE state <> 'waiting'"))
        db.commit()
    return hook
