"""A large import is one message and one line of the bell for each of many trackers; both tell of the right people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from notifications.courier import send_due
from notifications.routing import route
from records.database import session
from records.models import Delivery, Role
from records.repositories import deliveries, preferences
from tests.api.answers import ok
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.test_deliveries import let_time_pass

TRACKERS, POOLS, AT_ONCE = 50, 5, 500


def pools_of(tracker: int) -> set[int]:
    """Each tracks two of the pools."""
    return {tracker % POOLS, (tracker + 1) % POOLS}


def skills_of(person: int) -> set[int]:
    """One or two of them; so some people come into two pools of one tracker."""
    return {person % POOLS, person * 7 // 3 % POOLS}


def listed(client: TestClient, notice: str) -> list[str]:
    """Everybody a notice speaks of, page by page."""
    people: list[str] = []
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        page = ok(client.get(f"/v1/notifications/{notice}/candidates", params=query))
        people += [each["id"] for each in page["items"]]
        cursor = page.get("next")
        if cursor is None:
            return people


def imported(world: Installation, people: int) -> list[str]:
    """So many people come in by several requests of one import; notices are routed and couriers run in between."""
    ids: list[str] = []
    batch: dict[str, object] = {}
    for start in range(0, people, AT_ONCE):
        rows = [
            {"name": f"Test Person {number}", "tags": [f"Skill {skill}" for skill in sorted(skills_of(number))]}
            for number in range(start, min(start + AT_ONCE, people))
        ]
        body = {"name": "Spring fair", "candidates": rows, **batch}
        receipt = ok(world.recruiter.post("/v1/candidates/bulk", json=body), 201)
        batch = {"batch": {"id": receipt["id"]}}
        ids += receipt["ids"]
        world.work()
        while route():
            pass
        send_due("email")
    return ids


@pytest.mark.parametrize("people", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_an_import_is_one_message_for_each_of_fifty_trackers(
    people: int, world: Installation, box: Mailbox, record_property: Callable[[str, object], None]
) -> None:
    world.skills(*(f"Skill {number}" for number in range(POOLS)))
    pools = [world.pool(f"Pool {number}", {"tags": {"any": [f"Skill {number}"]}}) for number in range(POOLS)]
    world.settle()
    trackers = [world.add_user(Role.HIRING_MANAGER, f"tracker{number}@example.com") for number in range(TRACKERS)]
    for number, (user, _) in enumerate(trackers):
        for pool in pools_of(number):
            ok(world.administrator.put(f"/v1/users/{user}/tracking/{pools[pool]}"), 204)
    with session() as db:
        for user, _ in trackers:
            preferences.choose(db, user, "new_in_pool", "email", "instant")
        db.commit()
    ids = imported(world, people)
    assert box.letters == [], "the summary waits until nothing comes any more"
    with session() as db:
        waiting = list(db.query(Delivery))
        assert all((each.due_at - each.created_at).total_seconds() <= 15 * 60 + 60 for each in waiting)
    let_time_pass()
    while deliveries.is_due("email"):
        send_due("email")
    letters = Counter(address for addresses in box.recipients for address in addresses)
    assert set(letters) == {f"tracker{number}@example.com" for number in range(TRACKERS)}
    most = max(letters.values())
    assert most == 1
    for number, (_, client) in enumerate(trackers):
        bell = ok(client.get("/v1/notifications"))
        (notice,) = bell["items"]
        assert bell["unseen"] == 1
        wanted = {ids[person] for person in range(people) if skills_of(person) & pools_of(number)}
        found = listed(client, notice["id"])
        assert len(found) == len(set(found)) and set(found) == wanted
        with session() as db:
            (sent,) = (each for each in db.query(Delivery) if each.user_id == trackers[number][0])
        assert (sent.state, sent.people) == ("sent", len(wanted))
    record_property(
        "notices", f"import of {people} people, {TRACKERS} trackers: at most {most} message and 1 line of the bell each"
    )
