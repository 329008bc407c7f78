"""Who is told of what, and how often (I2 once, I6 quiet, I7 leaving counts)."""

from __future__ import annotations

from records.models import Role
from tests.installation import Installation
from tests.spine.steps import (
    ask_otherwise,
    bring_in,
    delete,
    delete_pool,
    edit,
    people_of,
    skills,
    tag,
    told,
    untag,
    untrack,
)

# -- becoming a match --


def test_a_tag_added_later_is_told_of(world: Installation) -> None:
    world.skills("Java", "PHP")
    world.track(world.pool("Java", skills("Java")))
    ada = world.candidate("Ada", ["PHP"])
    world.settle()
    assert told(world) == []
    tag(world, ada, "Java")
    world.settle()
    assert told(world) == [("Ada", {"Java"})]


def test_leaving_takes_the_notice_away_and_coming_back_is_told_of_again(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    (first,) = world.bell()

    untag(world, ada, "java")
    world.settle()
    assert world.bell() == []
    assert world.members(pool) == set()

    tag(world, ada, "Java")
    world.settle()
    (second,) = world.bell()
    assert second["id"] != first["id"]
    assert not second["seen"]
    assert world.members(pool) == {ada}


def test_a_change_that_moves_nobody_tells_nobody(world: Installation) -> None:
    world.skills("Java", "PHP")
    world.track(world.pool("Java", skills("Java")))
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    (before,) = world.bell()
    edit(world, ada, headline="Of another mind", years_experience=7)
    world.settle()
    tag(world, ada, "PHP")
    world.settle()
    world.settle()
    assert world.bell() == [before]


def test_what_was_overtaken_before_it_was_looked_at_is_not_told_of(world: Installation) -> None:
    world.skills("Java", "PHP")
    world.track(world.pool("Java", skills("Java")))
    world.track(world.pool("PHP", skills("PHP")))
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    untag(world, ada, "java")
    tag(world, ada, "PHP")
    world.settle()
    assert told(world) == [("Ada", {"PHP"})]


# -- quiet --


def test_whoever_is_there_when_a_pool_is_made_is_not_told_of(world: Installation) -> None:
    world.skills("Java")
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    assert world.members(pool) == {ada}
    assert told(world) == []


def test_whoever_waits_unprocessed_when_a_pool_is_made_was_there_before_it(world: Installation) -> None:
    """The outbox may be long (an import, an outage); the order in which it is worked off must not make news."""
    world.skills("Java", "PHP")
    late = world.candidate("Late", ["PHP"])
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    tag(world, late, "Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    assert world.members(pool) == {ada, late}
    assert told(world) == []


def test_whoever_waits_unprocessed_while_a_pool_is_edited_is_told_of(world: Installation) -> None:
    """They came to a pool that was there: nobody has heard of them yet."""
    world.skills("Java", "Kotlin")
    pool = world.pool("JVM", skills("Java"))
    world.track(pool)
    world.settle()
    world.candidate("Ada", ["Java"])
    ask_otherwise(world, pool, skills("Java", "Kotlin"))
    world.settle()
    assert told(world) == [("Ada", {"JVM"})]


def test_new_tracking_is_silent_and_tells_of_the_next_person(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.settle()
    world.candidate("Ada", ["Java"])
    world.settle()
    world.track(pool)
    world.settle()
    assert told(world) == []
    world.candidate("Bob", ["Java"])
    world.settle()
    assert told(world) == [("Bob", {"Java"})]


def test_edited_criteria_are_silent_and_the_new_ones_tell_of_the_next_person(world: Installation) -> None:
    world.skills("Java", "PHP")
    pool = world.pool("Changing", skills("Java"))
    world.track(pool)
    world.settle()
    world.candidate("Java only", ["Java"])
    bob = world.candidate("PHP only", ["PHP"])
    both = world.candidate("Both", ["Java", "PHP"])
    world.settle()
    assert sorted(told(world)) == [("Both", {"Changing"}), ("Java only", {"Changing"})]

    ask_otherwise(world, pool, skills("PHP"))
    world.settle()
    assert world.members(pool) == {bob, both}
    # Who stays is still told of, who left is not, and who came in by the edit never was.
    assert told(world) == [("Both", {"Changing"})]

    world.candidate("New", ["PHP"])
    world.settle()
    assert told(world) == [("Both", {"Changing"}), ("New", {"Changing"})]


def test_nobody_is_told_of_what_they_did_themselves(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    for role in (Role.RECRUITER, Role.ADMINISTRATOR):
        world.track(pool, role)
    world.settle()
    world.candidate("Ada", ["Java"])
    world.settle()
    assert told(world, Role.RECRUITER) == []
    assert told(world, Role.ADMINISTRATOR) == [("Ada", {"Java"})]


def test_what_two_people_did_together_both_are_told_of(world: Installation) -> None:
    world.skills("Java", "PHP")
    pool = world.pool("Java", skills("Java"))
    for role in (Role.RECRUITER, Role.ADMINISTRATOR):
        world.track(pool, role)
    world.settle()
    ada = world.candidate("Ada", ["PHP"])
    answer = world.administrator.post(f"/v1/candidates/{ada}/tags", json={"tags": ["Java"]})
    assert answer.status_code == 200
    world.settle()
    assert told(world, Role.RECRUITER) == [("Ada", {"Java"})]
    assert told(world, Role.ADMINISTRATOR) == [("Ada", {"Java"})]


def test_a_colleague_who_renames_a_tag_meanwhile_makes_it_nobody_elses_act(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool, Role.RECRUITER)
    world.settle()
    world.candidate("Ada", ["Java"])
    assert world.administrator.patch("/v1/tags/java", json={"name": "Jawa"}).json()["people"] == 1
    world.settle()
    assert told(world, Role.RECRUITER) == []


def test_a_renamed_tag_fills_pools_silently(world: Installation) -> None:
    world.skills("Java")
    world.track(pool := world.pool("Speaks of coffee", {"text": "coffee"}))
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    world.administrator.patch("/v1/tags/java", json={"synonyms": ["coffee"]})
    world.settle()
    assert world.members(pool) == {ada}
    assert told(world) == []


# -- one notice --


def test_someone_who_enters_several_pools_of_one_reader_is_one_notice_that_names_them(world: Installation) -> None:
    world.skills("Java", "PHP", "Go")
    for name in ("Java", "PHP", "Go"):
        pool = world.pool(name, skills(name))
        if name != "Go":
            world.track(pool)
        world.track(pool, Role.ADMINISTRATOR)
    world.settle()
    world.candidate("Ada", ["Java", "PHP", "Go"])
    world.settle()
    assert told(world) == [("Ada", {"Java", "PHP"})]
    assert told(world, Role.ADMINISTRATOR) == [("Ada", {"Java", "PHP", "Go"})]


def test_who_tracks_a_pool_and_the_one_above_it_is_told_once(world: Installation) -> None:
    world.skills("Java")
    above = world.pool("All Java", skills("Java"))
    below = world.pool("Senior Java", {"experience": {"any": ["20+"]}}, parent=above)
    world.track(above)
    world.track(below)
    world.settle()
    world.candidate("Ada", ["Java"], years_experience=30)
    world.settle()
    assert told(world) == [("Ada", {"All Java", "Senior Java"})]


def test_tracking_a_pool_covers_the_pools_below_it(world: Installation) -> None:
    world.skills("Java", "PHP")
    above = world.pool("Long ago", {"experience": {"any": ["20+"]}})
    below = world.pool("Java long ago", skills("Java"), parent=above)
    lowest = world.pool("Both long ago", skills("PHP"), parent=below)
    world.track(above)
    world.track(lowest, Role.ADMINISTRATOR)
    world.settle()
    world.candidate("Ada", ["Java", "PHP"], years_experience=30)
    world.candidate("Too young", ["Java", "PHP"], years_experience=3)
    world.settle()
    assert told(world) == [("Ada", {"Long ago", "Java long ago", "Both long ago"})]
    assert told(world, Role.ADMINISTRATOR) == [("Ada", {"Both long ago"})]


def test_a_thousand_people_imported_into_one_pool_are_one_summary_for_each_reader(world: Installation) -> None:
    """Drained in several batches (250 rows each), and the import itself goes on in a second request."""
    world.skills("Java", "PHP")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.track(pool, Role.ADMINISTRATOR)
    world.settle()

    inside = [{"name": f"Person {n}", "tags": ["Java"]} for n in range(990)]
    outside = [{"name": f"Other {n}", "tags": ["PHP"]} for n in range(10)]
    batch = bring_in(world, [*outside, *inside])["id"]
    world.settle()
    for role in (Role.HIRING_MANAGER, Role.ADMINISTRATOR):
        (summary,) = world.bell(role)
        assert summary["kind"] == "summary"
        assert summary["people"] == 990
        assert [named["name"] for named in summary["pools"]] == ["Java"]
    (first,) = world.bell()
    assert world.manager.post("/v1/notifications/seen", json={"up_to": first["seq"]}).json() == {"unseen": 0}
    assert world.manager.post(f"/v1/notifications/{first['id']}/done").status_code == 204

    bring_in(world, [{"name": f"Person {n}", "tags": ["Java"]} for n in range(10)], batch=batch)
    world.settle()
    (grown,) = world.bell()
    assert grown["id"] == first["id"]
    assert grown["people"] == 1000
    assert not (grown["seen"] or grown["read"] or grown["done"])
    assert len(people_of(world, grown)) == 1000


def test_another_import_is_another_summary_and_it_names_every_pool(world: Installation) -> None:
    world.skills("Java", "PHP")
    world.track(world.pool("Java", skills("Java")))
    world.track(world.pool("PHP", skills("PHP")))
    world.settle()
    bring_in(world, [{"name": "Ada", "tags": ["Java"]}, {"name": "Bob", "tags": ["PHP", "Java"]}])
    bring_in(world, [{"name": "Eve", "tags": ["PHP"]}])
    world.settle()
    summaries = [(item["people"], [pool["name"] for pool in item["pools"]]) for item in reversed(world.bell())]
    assert sorted(summaries) == [(1, ["PHP"]), (2, ["Java", "PHP"])]


def test_a_silent_import_tells_nobody(world: Installation) -> None:
    world.skills("Java")
    world.track(pool := world.pool("Java", skills("Java")))
    world.settle()
    bring_in(world, [{"name": f"Person {n}", "tags": ["Java"]} for n in range(20)], notices="silent")
    world.settle()
    assert len(world.members(pool)) == 20
    assert world.bell() == []


def test_an_imported_person_who_comes_back_later_is_told_of_by_name(world: Installation) -> None:
    world.skills("Java")
    world.track(world.pool("Java", skills("Java")))
    world.settle()
    bring_in(world, [{"name": "Ada", "tags": ["Java"]}], notices="silent")
    world.settle()
    (ada,) = world.found(skills("Java"))
    untag(world, ada, "java")
    world.settle()
    tag(world, ada, "Java")
    world.settle()
    assert told(world) == [("Ada", {"Java"})]


# -- leaving --


def test_leaving_one_of_two_pools_leaves_the_other_in_the_notice(world: Installation) -> None:
    world.skills("Java", "PHP")
    world.track(world.pool("Java", skills("Java")))
    world.track(world.pool("PHP", skills("PHP")))
    world.settle()
    ada = world.candidate("Ada", ["Java", "PHP"])
    world.settle()
    untag(world, ada, "java")
    world.settle()
    assert told(world) == [("Ada", {"PHP"})]


def test_a_summary_counts_who_is_left_and_is_withdrawn_when_nobody_is(world: Installation) -> None:
    world.skills("Java")
    world.track(pool := world.pool("Java", skills("Java")))
    world.settle()
    bring_in(world, [{"name": "Ada", "tags": ["Java"]}, {"name": "Bob", "tags": ["Java"]}])
    world.settle()
    first, second = world.members(pool)
    untag(world, first, "java")
    world.settle()
    (summary,) = world.bell()
    assert summary["people"] == 1
    assert people_of(world, summary) == {second}
    delete(world, second)
    assert world.bell() == []
    world.settle()
    assert world.bell() == []
    assert world.manager.get(f"/v1/notifications/{summary['id']}/candidates").status_code == 404


def test_the_deleted_are_in_no_folder_and_no_notice_before_any_worker_ran(world: Installation) -> None:
    world.skills("Java")
    world.track(pool := world.pool("Java", skills("Java")))
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    delete(world, ada)
    assert world.bell() == []
    assert world.members(pool) == set()
    assert world.recruiter.get(f"/v1/pools/{pool}").json()["people"] == 0


def test_a_deleted_pool_takes_its_notices_along(world: Installation) -> None:
    world.skills("Java", "PHP")
    gone = world.pool("Java", skills("Java"))
    stays = world.pool("PHP", skills("PHP"))
    world.track(gone)
    world.track(stays)
    world.settle()
    world.candidate("Ada", ["Java"])
    world.candidate("Bob", ["Java", "PHP"])
    world.settle()
    delete_pool(world, gone)
    assert told(world) == [("Bob", {"PHP"})]
    world.settle()
    assert told(world) == [("Bob", {"PHP"})]


# -- who reads --


def test_ended_tracking_tells_of_nobody_any_more(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    world.candidate("Ada", ["Java"])
    world.settle()
    untrack(world, pool)
    assert world.bell() == []
    world.candidate("Bob", ["Java"])
    world.settle()
    world.track(pool)
    # What was told while they tracked is theirs to see again; what came meanwhile was never told.
    assert told(world) == [("Ada", {"Java"})]


def test_a_deactivated_tracker_is_told_of_nothing(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    manager = world.id_of(Role.HIRING_MANAGER)
    assert world.administrator.patch(f"/v1/users/{manager}", json={"active": False}).status_code == 200
    world.candidate("Ada", ["Java"])
    world.settle()
    assert world.administrator.patch(f"/v1/users/{manager}", json={"active": True}).status_code == 200
    assert told(world) == []


def test_a_tracker_who_becomes_an_analyst_reads_no_names(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    world.candidate("Ada", ["Java"])
    world.settle()
    (notice,) = world.bell()
    manager = world.id_of(Role.HIRING_MANAGER)
    assert world.administrator.patch(f"/v1/users/{manager}", json={"role": "analyst"}).status_code == 200
    world.candidate("Bob", ["Java"])
    world.settle()
    answer = world.manager.get("/v1/notifications")
    assert answer.status_code == 200
    assert (answer.json()["items"], answer.json()["unseen"]) == ([], 0)
    assert world.manager.get(f"/v1/notifications/{notice['id']}/candidates").status_code == 404


def test_a_recruiter_who_becomes_a_hiring_manager_reads_no_requests(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    assert world.manager.post(f"/v1/candidates/{ada}/want", json={}).status_code == 202
    (notice,) = world.bell(Role.RECRUITER)
    assert notice["kind"] == "wanted"
    recruiter = world.id_of(Role.RECRUITER)
    assert world.administrator.patch(f"/v1/users/{recruiter}", json={"role": "hiring_manager"}).status_code == 200
    answer = world.recruiter.get("/v1/notifications").json()
    assert (answer["items"], answer["unseen"]) == ([], 0)
