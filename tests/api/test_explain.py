"""“Sees this person because …” says exactly what the person's own page answers, and every reason for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from records.models import Role
from tests.api.answers import ok, problem
from tests.api.test_applications import application_of, position_of
from tests.installation import Installation


@dataclass(frozen=True, slots=True)
class Town:
    """Few users, people, positions and pools, so that whatever is done to them meets."""

    house: Installation
    users: tuple[tuple[uuid.UUID, TestClient], ...]
    people: tuple[uuid.UUID, ...]
    positions: tuple[str, ...]
    applications: tuple[str, ...]
    pools: tuple[uuid.UUID, ...]

    def why(self, user: uuid.UUID, person: uuid.UUID) -> Any:
        """The explanation."""
        return ok(self.house.administrator.get(f"/v1/users/{user}/sees/{person}"))


@pytest.fixture(scope="module")
def town(house: Installation) -> Town:
    """Three hiring managers and one of each other role; a pool within a pool."""
    house.skills("Java")
    house.tag("Brno", "location")
    java = house.pool("Java", {"tags": {"any": ["Java"]}})
    brno = house.pool("Brno", {"locations": {"any": ["Brno"]}}, parent=java)
    house.settle()
    people = (
        house.candidate("Both", ["Java"], locations=["Brno"]),
        house.candidate("Java alone", ["Java"]),
        house.candidate("Neither"),
    )
    positions = (position_of(house, "One"), position_of(house, "Two"))
    applications = (
        application_of(house, people[0], positions[0]),
        application_of(house, people[1], positions[1]),
        application_of(house, people[2], positions[0]),
        application_of(house, people[2], positions[1]),
    )
    house.settle()
    users = (
        *(house.add_user(Role.HIRING_MANAGER, f"manager-{n}@example.com") for n in range(3)),
        *(house.add_user(role, f"other-{role}@example.com") for role in (Role.RECRUITER, Role.ANALYST)),
        house.add_user(Role.ADMINISTRATOR, "other-admin@example.com"),
    )
    return Town(house, users, people, positions, applications, (java, brno))


MANAGERS, ALL = st.integers(0, 2), st.integers(0, 5)
METHODS = st.sampled_from(("PUT", "PUT", "DELETE"))
STEPS = st.one_of(
    st.tuples(st.just("application"), MANAGERS, st.integers(0, 3), METHODS),
    st.tuples(st.just("position"), MANAGERS, st.integers(0, 1), METHODS),
    st.tuples(st.just("pool"), MANAGERS, st.integers(0, 1), METHODS),
    st.tuples(st.just("active"), ALL, st.booleans()),
    st.tuples(st.just("role"), MANAGERS, st.sampled_from(Role)),
    st.tuples(st.just("java"), st.integers(0, 2), st.booleans()),
)


def take(town: Town, step: tuple[Any, ...]) -> None:
    """Do something that may give a right or take it away. What is refused as things stand is left undone."""
    administrator, recruiter = town.house.administrator, town.house.recruiter
    match step:
        case ("application", user, which, method):
            answer = recruiter.request(method, f"{town.applications[which]}/shares/{town.users[user][0]}")
        case ("position", user, which, method):
            answer = recruiter.request(method, f"/v1/positions/{town.positions[which]}/shares/{town.users[user][0]}")
        case ("pool", user, which, method):
            answer = administrator.request(method, f"/v1/users/{town.users[user][0]}/tracking/{town.pools[which]}")
        case ("active", user, active):
            answer = administrator.patch(f"/v1/users/{town.users[user][0]}", json={"active": active})
        case ("role", user, role):
            answer = administrator.patch(f"/v1/users/{town.users[user][0]}", json={"role": role.value})
        case ("java", person, True):
            answer = recruiter.post(f"/v1/candidates/{town.people[person]}/tags", json={"tags": ["Java"]})
        case ("java", person, False):
            answer = recruiter.delete(f"/v1/candidates/{town.people[person]}/tags/java")
        case _:
            raise AssertionError(step)
    assert answer.status_code in (200, 204, 409), answer.text


@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_the_explanation_says_yes_exactly_when_the_page_of_the_person_opens(town: Town, steps: list[Any]) -> None:
    for step in steps:
        take(town, step)
    town.house.settle()
    for user, client in town.users:
        for person in town.people:
            why, page = town.why(user, person), client.get(f"/v1/candidates/{person}")
            assert why["sees"] is (page.status_code == 200), (why, page.status_code)
            assert why.get("access") == (page.json()["access"] if why["sees"] else None)
            assert why["because"], "a yes or a no without a reason"
            said = {(each["kind"], each.get("pool", each.get("application"))) for each in why["because"]}
            if why.get("access") in ("owner", "view"):
                shown = page.json()
                pools = {pool["id"] for pool in shown.get("through", [])}
                applications = {each["id"] for each in shown.get("applications", [])}
                assert {which for kind, which in said if kind == "pool"} == pools
                assert {which for kind, which in said if kind in ("application", "position")} == applications


def test_every_kind_of_reason_is_a_sentence_about_what_it_names(house: Installation) -> None:
    house.skills("Rust")
    house.tag("Praha", "location")
    rust = house.pool("Rust", {"tags": {"any": ["Rust"]}})
    praha = house.pool("Praha", {"locations": {"any": ["Praha"]}}, parent=rust)
    house.settle()
    person, position = house.candidate("Eva", ["Rust"], locations=["Praha"]), position_of(house, "Engineer")
    application = application_of(house, person, position)
    house.settle()
    user, _ = house.add_user(Role.HIRING_MANAGER, "petr@example.com")
    path, admin = f"/v1/users/{user}/sees/{person}", house.administrator

    nothing = ok(admin.get(path))
    assert (nothing["sees"], [each["kind"] for each in nothing["because"]]) == (False, ["nothing"])

    ok(house.recruiter.put(f"{application}/shares/{user}"), 204)
    ok(house.recruiter.put(f"/v1/positions/{position}/shares/{user}"), 204)
    ok(admin.put(f"/v1/users/{user}/tracking/{rust}"), 204)
    why = ok(admin.get(path))
    assert (why["sees"], why["access"]) == (True, "owner")
    kinds = [(each["kind"], each.get("pool"), each.get("tracked")) for each in why["because"]]
    assert kinds == [
        ("application", None, None),
        ("position", None, None),
        ("pool", str(praha), str(rust)),
        ("pool", str(rust), str(rust)),
    ]
    one, whole, below, itself = (each["sentence"] for each in why["because"])
    assert one.startswith("Test recruiter shared the application for “Engineer” with petr on ")
    assert whole.startswith("Test recruiter shared the whole position “Engineer” with petr on ")
    assert "which lies below “Rust”" in below
    assert "petr tracks “Rust” since" in below
    assert "(set by Test administrator)" in below
    assert "below" not in itself

    ok(admin.patch(f"/v1/users/{user}", json={"active": False}))
    gone = ok(admin.get(path))
    assert (gone["sees"], gone["because"][0]["kind"]) == (False, "inactive")
    for role, sees in ((Role.RECRUITER, True), (Role.ANALYST, False), (Role.ADMINISTRATOR, True)):
        said = ok(admin.get(f"/v1/users/{house.id_of(role)}/sees/{person}"))
        assert (said["sees"], said["because"][0]["kind"]) == (sees, "role")


def test_of_somebody_unknown_or_deleted_there_is_nothing_to_explain(house: Installation) -> None:
    person, user = house.candidate("Eva"), house.id_of(Role.HIRING_MANAGER)
    admin = house.administrator
    problem(admin.get(f"/v1/users/{uuid.uuid4()}/sees/{person}"), 404)
    problem(admin.get(f"/v1/users/{user}/sees/{uuid.uuid4()}"), 404)
    ok(house.recruiter.delete(f"/v1/candidates/{person}"), 204)
    problem(admin.get(f"/v1/users/{user}/sees/{person}"), 404)
