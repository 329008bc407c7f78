"""Pools as a tree that opens folder by folder."""

from __future__ import annotations

import uuid

from records.models import Role
from tests.api.answers import ok
from tests.installation import Installation

SKILL = {"tags": {"any": ["Java"]}}


def test_a_folder_with_more_in_it_than_is_shown_stays_above_what_lies_in_it(world: Installation) -> None:
    world.skills("Java")
    above = world.pool("Zulu", SKILL)
    for number in range(6):
        world.tag(f"Town {number}", "location")
        world.pool(f"In it {number}", {"locations": {"any": [f"Town {number}"]}}, parent=above)
    world.pool("Alpha", SKILL)
    listed = ok(world.recruiter.get("/v1/pools/tree", params={"open": str(above), "limit": 4}))
    assert [(each["name"], each.get("parent")) for each in listed] == [
        ("In it 0", str(above)),
        ("In it 1", str(above)),
        ("In it 2", str(above)),
        ("Zulu", None),
    ]


def test_a_manager_opens_what_lies_in_a_folder_they_track_and_is_told_of_no_folder_above_it(
    world: Installation,
) -> None:
    world.skills("Java")
    hidden = world.pool("Everybody", SKILL)
    world.tag("Brno", "location")
    tracked = world.pool("Brno", {"locations": {"any": ["Brno"]}}, parent=hidden)
    below = world.pool("Seniors", {"experience": {"any": ["10-19"]}}, parent=tracked)
    world.track(tracked, Role.HIRING_MANAGER)
    assert ok(world.manager.get("/v1/pools/tree")) == [
        {"id": str(tracked), "name": "Brno", "deeper": True, "new": 0},
    ]
    opened = ok(world.manager.get("/v1/pools/tree", params={"open": [str(tracked), str(hidden), str(uuid.uuid4())]}))
    assert [(each["id"], each.get("parent")) for each in opened] == [
        (str(tracked), None),
        (str(below), str(tracked)),
    ]
