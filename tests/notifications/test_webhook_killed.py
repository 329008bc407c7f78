"""Whenever the worker is killed, each webhook arrives; twice only if it died between its leaving and noting that."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text

from notifications.webhook_courier import send_due
from records.database import session
from tests.api.answers import ok
from tests.installation import Installation
from tests.notifications.receiver import Arrived, receiver
from tests.notifications.test_killed import worker

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


def states() -> dict[str, str]:
    """Of all deliveries."""
    with session() as db:
        return {str(row.id): row.state for row in db.execute(text("SELECT id, state FROM webhook_deliveries"))}


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
    came: Counter[str] = Counter()
    with receiver() as far, worker("webhooks") as mortal:
        made = ok(world.administrator.post("/v1/webhooks", json={"url": f"{far.address}/hook"}), 201)
        far.secrets.append(made["secret"])
        happens(world, 0)
        # The first time, things are made that are there from then on; the second time tells how many steps there are.
        mortal.works()
        happens(world, 0)
        lines, answered = mortal.works()
        came["steps"] = lines
        # One of them has the answer and did not note it yet: that delivery has to come twice.
        drawn = {answered, *random.Random(seed).sample(range(1, lines + 1), times - 1)}
        for number, last in enumerate(sorted(drawn), 1):
            happens(world, number)
            seen = len(far.arrived)
            mortal.works(last)
            at_death = states()
            the_next_one_works()
            arrived = far.arrived[seen:]
            told = Counter(each.id for each in arrived)
            assert set(states().values()) == {"sent"}, f"killed before step {last}"
            assert set(told) == set(states()) and len(told) == DELIVERIES, f"killed before step {last}"
            assert all(each.signed_with == far.secrets for each in arrived)
            assert len({_all_of(each) for each in arrived}) == len(told), "what comes twice is the same"
            for delivery, so_often in told.items():
                assert so_often <= (2 if at_death[delivery] == "waiting" else 1), f"killed before step {last}"
            twice = sum(so_often == 2 for so_often in told.values())
            assert twice <= 1, "only the one that was under way"
            assert twice == 1 or last != answered
            came["kills"] += 1
            came["deliveries"] += len(told)
            came["twice"] += twice
    return came


def _all_of(arrived: Arrived) -> tuple[uuid.UUID, str]:
    return uuid.UUID(arrived.id), json.dumps(arrived.content)


def _say(record: Callable[[str, object], None], came: Counter[str]) -> None:
    record(
        "notices",
        f"webhooks: {came['kills']} kills between {came['steps']} steps, {came['deliveries']} deliveries,"
        f" 0 lost, {came['twice']} came twice under the same id",
    )


def test_a_killed_worker_loses_no_webhook(
    world: Installation, loopback: None, record_property: Callable[[str, object], None]
) -> None:
    _say(record_property, kills(7, 12, world))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_worker_killed_at_many_steps_loses_no_webhook(
    seed: int, world: Installation, loopback: None, record_property: Callable[[str, object], None]
) -> None:
    _say(record_property, kills(seed, 100, world))
