"""Whenever the worker is killed, each webhook arrives; twice only if it died between its leaving and noting that."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text

from notifications.webhook_courier import send_due
from records.database import session
from tests.api.answers import ok
from tests.installation import Installation
from tests.notifications.killing import Way, killed, say
from tests.notifications.receiver import receiver

# By one endpoint, one after the other.
DELIVERIES = 2


def happens(world: Installation, number: int) -> None:
    """So many commits have something to tell, and nothing else waits."""
    with session() as db:
        db.execute(text("DELETE FROM webhook_deliveries"))
        db.commit()
    for each in range(DELIVERIES):
        world.candidate(f"Test Person {number} {each}", ["Rust"])
        world.work()


def states() -> dict[uuid.UUID, str]:
    """Of all deliveries."""
    with session() as db:
        return {row.id: row.state for row in db.execute(text("SELECT id, state FROM webhook_deliveries"))}


def the_next_one_works() -> None:
    """After the lease of whoever was killed."""
    with session() as db:
        db.execute(
            text("UPDATE webhook_deliveries SET taken_until = NULL, due_at = clock_timestamp() WHERE state = 'waiting'")
        )
        db.execute(text("UPDATE webhooks SET paused_until = NULL"))
        db.commit()
    send_due()


def kills(seed: int, times: int, world: Installation) -> Counter[str]:
    """Kill a worker so many times, each between two other steps; what came of it."""
    world.skills("Rust")
    world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    world.settle()
    with receiver() as far:
        made = ok(world.administrator.post("/v1/webhooks", json={"url": f"{far.address}/hook"}), 201)
        far.secrets.append(made["secret"])

        def holds(at_death: dict[uuid.UUID, str], where: str) -> None:
            assert set(at_death) == set(states()), f"they stood before anything was sent: {where}"
            assert all(each.signed_with == far.secrets for each in far.arrived)

        way = Way(
            name="webhooks",
            each=DELIVERIES,
            happens=lambda number: happens(world, number),
            arrived=lambda: [(uuid.UUID(each.id), json.dumps(each.content)) for each in list(far.arrived)],
            states=states,
            the_next_one_works=the_next_one_works,
            holds=holds,
        )
        return killed(way, seed, times)


def test_a_killed_worker_loses_no_webhook(
    world: Installation, loopback: None, record_property: Callable[[str, object], None]
) -> None:
    say(record_property, "webhooks", kills(7, 12, world))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_worker_killed_at_many_steps_loses_no_webhook(
    seed: int, world: Installation, loopback: None, record_property: Callable[[str, object], None]
) -> None:
    say(record_property, "webhooks", kills(seed, 100, world))
