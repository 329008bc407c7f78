"""Users and tokens."""

from __future__ import annotations

import uuid

import pytest

from core.digest import digest_of
from records.database import session
from records.models import ApiToken, Role
from tests.api.answers import ok, places, problem
from tests.api.traces import counts
from tests.api.walking import walked
from tests.installation import Installation


def new_user(house: Installation, role: str = "recruiter") -> tuple[str, str]:
    """A user; returns their id and address."""
    email = f"{uuid.uuid4().hex}@example.com"
    body = {"email": email.upper(), "name": "Colleague", "role": role}
    return ok(house.administrator.post("/v1/users", json=body), 201)["id"], email


@pytest.mark.parametrize("role", list(Role))
def test_everybody_knows_who_they_are(house: Installation, role: Role) -> None:
    me = ok(house.client(role).get("/v1/me"))
    assert (me["id"], me["role"], me["active"]) == (str(house.id_of(role)), role.value, True)


def test_an_address_is_one_users_in_any_case(house: Installation) -> None:
    user, email = new_user(house)
    before = counts()
    for same in (email, email.upper(), f" {email} "):
        body = {"email": same, "name": "Other", "role": "analyst"}
        problem(house.administrator.post("/v1/users", json=body), 409)
    assert counts() == before
    assert next(each for each in walked(house.administrator, "/v1/users", 200) if each["id"] == user)["email"] == email


@pytest.mark.parametrize(
    "email", ["", "x", "@", "a@", "@b", "a b@c", "a@b@c", "a,b@c", "a" * 65 + "@b", "a@" + "b" * 191]
)
def test_what_is_no_address_is_refused(house: Installation, email: str) -> None:
    body = {"email": email, "name": "Other", "role": "analyst"}
    assert places(house.administrator.post("/v1/users", json=body), 422) == ["body.email"]


def test_the_list_of_users_is_walked_without_gap_or_repeat(house: Installation) -> None:
    made = {new_user(house)[0] for _ in range(4)}
    for limit in (1, 3, 200):
        ids = [item["id"] for item in walked(house.administrator, "/v1/users", limit)]
        assert len(ids) == len(set(ids))
        assert made <= set(ids)


def test_a_user_is_renamed_promoted_and_deactivated(house: Installation) -> None:
    user, _ = new_user(house)
    path = f"/v1/users/{user}"
    token = ok(house.administrator.post(f"{path}/tokens", json={"name": "laptop"}), 201)["token"]
    client = house.anonymous
    client.headers["Authorization"] = f"Bearer {token}"
    assert ok(house.administrator.patch(path, json={"name": "New Name"}))["name"] == "New Name"
    assert ok(client.get("/v1/me"))["role"] == "recruiter"
    problem(client.get("/v1/users"), 403)
    ok(house.administrator.patch(path, json={"role": "administrator"}))
    ok(client.get("/v1/users"))
    ok(house.administrator.patch(path, json={"active": False}))
    problem(client.get("/v1/me"), 401)
    ok(house.administrator.patch(path, json={"active": True}))
    assert ok(client.get("/v1/me"))["name"] == "New Name"
    problem(house.administrator.patch(f"/v1/users/{uuid.uuid4()}", json={"name": "x"}), 404)
    problem(house.administrator.post(f"/v1/users/{uuid.uuid4()}/tokens", json={"name": "x"}), 404)


@pytest.mark.parametrize("body", [{"active": False}, {"role": "recruiter"}, {"role": "analyst", "name": "x"}])
def test_an_administrator_does_not_shut_themselves_out(house: Installation, body: dict[str, object]) -> None:
    path = f"/v1/users/{house.id_of(Role.ADMINISTRATOR)}"
    problem(house.administrator.patch(path, json=body), 409)
    assert ok(house.administrator.get("/v1/me"))["role"] == "administrator"
    ok(house.administrator.patch(path, json={"name": "Still here", "role": "administrator", "active": True}))


def test_a_token_is_shown_once_and_kept_as_a_digest(house: Installation) -> None:
    user, _ = new_user(house)
    made = ok(house.administrator.post(f"/v1/users/{user}/tokens", json={"name": "laptop"}), 201)
    with session() as db:
        row = db.get_one(ApiToken, uuid.UUID(made["id"]))
    assert row.digest == digest_of(made["token"])
    assert made["token"].encode() not in row.digest
    assert len(made["token"]) > 40
