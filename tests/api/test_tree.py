"""Pools as a tree that opens folder by folder."""

from __future__ import annotations

import uuid

from records.database import session
from records.models import Role
from records.repositories import notices
from records.repositories.tree import MOST_UNREAD, new_to
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


def test_what_is_new_is_told_however_many_notices_are_left_of_what_is_tracked_no_more(world: Installation) -> None:
    """Whom a reader may not see any more must not decide what they are told of others."""
    world.skills("Java", "Go")
    ended = world.pool("Go", {"tags": {"any": ["Go"]}})
    java = world.pool("Java", SKILL)
    world.settle()
    reader = world.id_of(Role.HIRING_MANAGER)
    world.track(ended)
    world.track(java)
    seen = world.candidate("Seen", ["Java"])
    world.settle()
    hidden = world.candidate("Hidden", ["Go"])
    world.settle()
    with session() as db:
        # As if so many had come one by one.
        left = range(MOST_UNREAD)
        notices.ring(db, [notices.Notice(reader, "match", f"left:{n}", matches=((hidden, ended),)) for n in left])
        db.commit()

    def told() -> object:
        tree = ok(world.manager.get("/v1/pools/tree"))
        with session() as db:
            return tree, new_to(db, reader, [java, ended], [seen, hidden])

    ok(world.administrator.delete(f"/v1/users/{reader}/tracking/{ended}"), 204)
    before = told()
    assert before == ([{"id": str(java), "name": "Java", "deeper": False, "new": 1}], ({java: 1}, {seen}))
    ok(world.recruiter.delete(f"/v1/candidates/{hidden}/tags/go"), 204)
    world.settle()
    assert told() == before
