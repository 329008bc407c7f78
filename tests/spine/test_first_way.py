"""The main job, whole: a candidate arrives, their micro-pools match, the bell rings."""

from __future__ import annotations

from tests.installation import Installation


def test_a_person_who_arrives_rings_the_bell_of_those_who_track_their_pool(world: Installation) -> None:
    world.skills("Java")
    world.tag("Brno", "location")
    pool = world.pool("Java in Brno", {"tags": {"any": ["Java"]}, "locations": {"any": ["Brno"]}})
    world.settle()
    world.track(pool)

    inside = world.candidate("Test Inside", ["Java"], locations=["Brno"])
    world.candidate("Test Outside", ["Java"])
    world.settle()

    (notice,) = world.bell()
    assert notice["candidate"] == {"id": str(inside), "name": "Test Inside"}
    assert [named["name"] for named in notice["pools"]] == ["Java in Brno"]
    assert world.members(pool) == {inside}
    assert world.found({"tags": {"any": ["java"]}, "locations": {"any": ["brno"]}}) == {inside}
