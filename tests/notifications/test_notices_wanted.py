"""What is chosen in the notification centre decides what is sent; and a test says whether anything would arrive."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from core.settings import settings
from notifications.courier import send_due
from records.database import session
from records.models import Delivery, Role
from tests.api.answers import ok, problem
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.test_deliveries import arrives
from tests.web.reading import Page

CENTRE = "/account/notices"


def letters_wait(world: Installation) -> int:
    """Somebody comes into the pool; how many messages wait then."""
    arrives(world, "Waiting Test")
    with session() as db:
        return len(list(db.scalars(select(Delivery.id))))


@pytest.fixture
def manager(world: Installation, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The hiring manager's browser, in a house with a mail server."""
    # A browser sends the session's cookie of an encrypted address nowhere else.
    monkeypatch.setenv("PUBLIC_URL", "http://localhost")
    settings.cache_clear()
    return signed_in(world, world.id_of(Role.HIRING_MANAGER))


def letters(world: Installation, box: Mailbox) -> int:
    """How many leave at once when somebody comes into the pool."""
    before = len(box.letters)
    arrives(world, f"Test {uuid.uuid4().hex}")
    send_due("email")
    return len(box.letters) - before


def test_what_is_chosen_on_the_page_decides_what_is_sent(
    world: Installation, rust: uuid.UUID, box: Mailbox, manager: TestClient
) -> None:
    assert letters(world, box) == 0, "as the house: in tomorrow's summary"
    page = Page(manager.post(CENTRE, data={"new_in_pool.email": "off", "shared.email": ""}))
    assert "Saved." in page.text
    Page(manager.post(f"{CENTRE}/pools", data={f"{rust}.email": "instant"}))
    assert letters(world, box) == 1, "the pool's own choice is the nearer one"
    Page(manager.post(f"{CENTRE}/pools", data={f"{rust}.email": "off"}))
    Page(manager.post(CENTRE, data={"new_in_pool.email": "instant"}))
    assert letters(world, box) == 0
    assert ok(world.manager.get("/v1/me/notices"))["pools"][0]["channels"] == {"email": "off"}


def test_the_house_decides_for_whoever_chose_nothing(
    world: Installation, rust: uuid.UUID, box: Mailbox, manager: TestClient
) -> None:
    administrator = signed_in(world, world.id_of(Role.ADMINISTRATOR))
    Page(administrator.post("/settings/notices", data={"new_in_pool.email": "instant"}))
    assert "At once (as the house)" in Page(manager.get(CENTRE)).text
    assert letters(world, box) == 1


def test_a_pool_says_what_holds_for_it_where_nothing_is_chosen(world: Installation, manager: TestClient) -> None:
    world.skills("Rust")
    top = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    middle = world.pool("In the middle", {}, parent=top)
    below = world.pool("Below", {}, parent=middle)
    world.settle()
    world.track(top)
    Page(manager.post(CENTRE, data={"new_in_pool.email": "weekly"}))
    assert Page(manager.get(CENTRE)).text.count("Weekly (as all pools)") == 3
    Page(manager.post(f"{CENTRE}/pools", data={f"{top}.email": "instant"}))
    page = Page(manager.get(CENTRE))
    assert page.text.count("Weekly (as all pools)") == 1, "for the one at the top"
    assert page.text.count("At once (as the one above it)") == 2
    pools = {each["id"]: each for each in ok(world.manager.get("/v1/me/notices"))["pools"]}
    assert pools[str(below)]["otherwise"]["email"] == "instant"
    assert pools[str(below)]["from_above"] == ["email"]
    assert pools[str(top)]["from_above"] == []


def test_a_test_arrives_in_the_readers_language_and_opens_a_refused_address_again(
    world: Installation, rust: uuid.UUID, box: Mailbox, manager: TestClient
) -> None:
    hours = ok(world.manager.get("/v1/me/notices"))["told"]["hours"] | {"language": "cs"}
    ok(world.manager.put("/v1/me/notices", json={"choices": {"new_in_pool": {"email": "instant"}}, "hours": hours}))
    box.to_recipient = "550 nobody of that name"
    assert letters(world, box) == 0
    assert "The mail server refused your address" in Page(manager.get(CENTRE)).text
    assert "The test was refused. " in Page(manager.post(f"{CENTRE}/test", data={"channel": "email"})).text
    box.to_recipient = None
    assert "The test was sent." in Page(manager.post(f"{CENTRE}/test", data={"channel": "email"})).text
    assert box.letters[-1]["Subject"].startswith("Toto je zkouška")
    assert box.recipients == [["hiring_manager@example.com"]]
    assert "Reaches you" in Page(manager.get(CENTRE)).text


def test_hours_that_are_changed_hold_for_what_waits_already(
    world: Installation, rust: uuid.UUID, manager: TestClient
) -> None:
    def due() -> list[datetime]:
        with session() as db:
            return list(db.scalars(select(Delivery.due_at)))

    assert letters_wait(world) == 1, "as the house: in the next summary"
    hours = ok(world.manager.get("/v1/me/notices"))["told"]["hours"]
    (before,) = due()
    moved = {**hours, "digest_at": (hours["digest_at"] + 90) % 1440}
    ok(world.administrator.put("/v1/settings/notices", json={"hours": moved}))
    (by_the_house,) = due()
    assert by_the_house != before
    ok(world.manager.put("/v1/me/notices", json={"hours": hours}))
    assert due() == [before], "their own"
    ok(world.administrator.put("/v1/settings/notices", json={"hours": {**moved, "digest_day": 3}}))
    assert due() == [before], "which the house's do not touch"
    ok(world.manager.put("/v1/me/notices", json={"hours": None}))
    assert due() == [by_the_house]


def test_a_few_tests_are_enough_for_a_while(world: Installation, box: Mailbox, manager: TestClient) -> None:
    answers = [world.manager.post("/v1/me/notices/test", json={"channel": "email"}).status_code for _ in range(5)]
    assert answers[:3] == [200, 200, 200]
    assert answers[-1] == 429
    assert len(box.letters) == answers.count(200)
    too_many = Page(manager.post(f"{CENTRE}/test", data={"channel": "email"}), 429)
    assert "There were many tests just now" in too_many.text


def test_what_is_not_set_up_is_neither_shown_nor_tested(world: Installation) -> None:
    page = Page(signed_in(world, world.id_of(Role.HIRING_MANAGER)).get(CENTRE))
    asked = {select["name"].split(".")[1] for select in page.every("select") if "." in select["name"]}
    assert asked == {"push"}, "which needs nothing but a device"
    assert page.every("form", action=f"{CENTRE}/test") == []
    channels = {each["channel"]: each for each in ok(world.manager.get("/v1/me/notices"))["channels"]}
    assert [name for name, each in channels.items() if each["here"]] == ["push"]
    assert not any(each["reached"] for each in channels.values())
    problem(world.manager.post("/v1/me/notices/test", json={"channel": "email"}), 409)


def test_hours_are_kept_as_typed_refused_beside_their_field_and_given_back(
    world: Installation, manager: TestClient
) -> None:
    typed = {
        "zone": "Europe/Prague",
        "language": "cs",
        "quiet_from": "20:30",
        "quiet_until": "07:00",
        "working_days": ["0", "2"],
        "digest_at": "09:15",
        "digest_day": "2",
    }
    Page(manager.post(f"{CENTRE}/hours", data=typed))
    told = ok(world.manager.get("/v1/me/notices"))["told"]
    assert told["chosen"]
    assert told["hours"] == {
        "zone": "Europe/Prague",
        "language": "cs",
        "quiet_from": 1230,
        "quiet_until": 420,
        "working_days": [0, 2],
        "digest_at": 555,
        "digest_day": 2,
    }
    wrong = Page(manager.post(f"{CENTRE}/hours", data=typed | {"zone": "Atlantis/Centre", "working_days": ["4"]}), 422)
    assert wrong.one("input", id="zone")["aria-invalid"] == "true"
    assert wrong.one("input", id="zone")["value"] == "Atlantis/Centre"
    assert [each["value"] for each in wrong.every("input", name="working_days", checked="")] == ["4"]
    for odd in ({"quiet_until": ""}, {"quiet_until": "20:30"}, {"digest_at": "25:00"}, {"digest_day": "7"}):
        Page(manager.post(f"{CENTRE}/hours", data=typed | odd), 422)
    without_days = {name: value for name, value in typed.items() if name != "working_days"}
    Page(manager.post(f"{CENTRE}/hours", data=without_days), 422)
    assert ok(world.manager.get("/v1/me/notices"))["told"] == told, "what was refused changed nothing"
    Page(manager.post(f"{CENTRE}/hours", data={"as": "house"}))
    assert not ok(world.manager.get("/v1/me/notices"))["told"]["chosen"]


def test_choices_are_ones_own_and_end_with_the_tracking(world: Installation, rust: uuid.UUID) -> None:
    world.track(rust, Role.RECRUITER)
    before = ok(world.recruiter.get("/v1/me/notices"))
    ok(world.manager.put(f"/v1/pools/{rust}/notices", json={"channels": {"email": "instant", "slack": "off"}}), 204)
    ok(world.manager.put(f"/v1/pools/{rust}/notices", json={"channels": {"slack": None}}), 204)
    ok(world.manager.put("/v1/me/notices", json={"choices": {"new_in_pool": {"email": "weekly"}}}))
    assert ok(world.recruiter.get("/v1/me/notices")) == before
    own = ok(world.manager.get("/v1/me/notices"))
    assert own["pools"][0]["channels"] == {"email": "instant"}
    assert own["events"][0]["channels"]["email"] == {"rhythm": "weekly", "chosen": "weekly", "otherwise": "daily"}
    tracking = f"/v1/users/{world.id_of(Role.HIRING_MANAGER)}/tracking/{rust}"
    ok(world.administrator.delete(tracking), 204)
    ok(world.administrator.put(tracking), 204)
    assert ok(world.manager.get("/v1/me/notices"))["pools"][0]["channels"] == {}
    ok(world.manager.put("/v1/me/notices", json={"choices": {"new_in_pool": {"email": None}}}))
    assert ok(world.manager.get("/v1/me/notices"))["events"][0]["channels"]["email"]["chosen"] is None


def test_a_pool_that_is_not_tracked_is_as_one_that_is_not_there(world: Installation) -> None:
    world.skills("Rust")
    pool = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    body = {"channels": {"email": "instant"}}
    answers = []
    for path in (f"/v1/pools/{pool}/notices", f"/v1/pools/{uuid.uuid4()}/notices"):
        answers.append(problem(world.manager.put(path, json=body), 404))
        answers.append(problem(world.manager.delete(path), 404))
    assert len({each["detail"] for each in answers}) == 1
    problem(world.recruiter.put(f"/v1/pools/{pool}/notices", json=body), 409)


def test_nobody_chooses_for_events_of_other_roles_nor_what_there_is_not(world: Installation) -> None:
    for choices in (
        {"trouble": {"email": "off"}},
        {"nothing": {"email": "off"}},
        {"shared": {"fax": "off"}},
        {"shared": {"email": "hourly"}},
    ):
        problem(world.manager.put("/v1/me/notices", json={"choices": choices}), 422)
    events = [each["event"] for each in ok(world.manager.get("/v1/me/notices"))["events"]]
    assert events == ["new_in_pool", "shared"]
