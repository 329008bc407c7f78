"""The bell live, for who is signed in by session: open as long as the session, and no longer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from api.routes import notifications
from core.settings import settings
from records.models import Role
from tests.api.answers import ok, problem
from tests.api.browser import COOKIE, PASSWORD, browser, give_password, later, opened, reset_for
from tests.api.serving import Stream, opened_with, served
from tests.installation import Installation

EMAIL = "hiring_manager@example.com"


@pytest.fixture(scope="module")
def address(prepared: Installation) -> Iterator[str]:
    """A server that every test of this module may use."""
    with served() as url:
        yield url


@pytest.fixture
def manager(world: Installation) -> uuid.UUID:
    """Whose bell it is."""
    return world.id_of(Role.HIRING_MANAGER)


@pytest.fixture
def secret(manager: uuid.UUID) -> str:
    """Their session."""
    return opened(manager)


def cookie(secret: str) -> dict[str, str]:
    """What the browser sends; an EventSource can send nothing else."""
    return {"Cookie": f"{COOKIE}={secret}", "Sec-Fetch-Site": "same-origin"}


def begun(stream: Stream) -> None:
    """The first event is there, so the stream is open."""
    stream.read("unseen")


def test_a_stream_opens_with_the_cookie_alone_and_rings(world: Installation, address: str, secret: str) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    with opened_with(address, cookie(secret)) as stream:
        begun(stream)
        person = world.candidate("Somebody", ["Java"])
        world.settle()
        assert stream.read("notice", "unseen")[0].data["candidate"]["id"] == str(person)


def test_without_a_session_it_is_refused_with_an_answer(world: Installation, address: str) -> None:
    for headers in ({}, cookie("unknown"), {"Cookie": "micropools_session="}):
        problem(httpx2.get(f"{address}/v1/notifications/stream", headers=headers), 401)


def test_signing_out_ends_the_stream_of_this_session_and_not_of_another(
    world: Installation, address: str, manager: uuid.UUID, secret: str
) -> None:
    other = opened(manager)
    with opened_with(address, cookie(secret)) as ending, opened_with(address, cookie(other)) as going_on:
        begun(ending)
        begun(going_on)
        ok(browser(world, secret).post("/v1/logout"), 204)
        assert ending.ends() == []
        ok(browser(world, other).post("/v1/notifications/seen", json={"up_to": 0}))
        ok(browser(world, other).get("/v1/me"))


@pytest.mark.parametrize("how", ["by themselves", "everywhere else", "by an administrator", "deactivated", "password"])
def test_whatever_ends_a_session_ends_its_stream(
    world: Installation, address: str, manager: uuid.UUID, secret: str, how: str
) -> None:
    with opened_with(address, cookie(secret)) as stream:
        begun(stream)
        here = browser(world, opened(manager))
        current = {each["id"]: each["current"] for each in ok(here.get("/v1/me/sessions"))}
        (listed,) = [each for each, mine in current.items() if not mine]
        if how == "by themselves":
            ok(here.delete(f"/v1/me/sessions/{listed}"), 204)
        elif how == "everywhere else":
            ok(here.delete("/v1/me/sessions"), 204)
        elif how == "by an administrator":
            ok(world.administrator.delete(f"/v1/users/{manager}/sessions/{listed}"), 204)
        elif how == "deactivated":
            ok(world.administrator.patch(f"/v1/users/{manager}", json={"active": False}))
        else:
            body = {"token": reset_for(EMAIL), "password": "an entirely different sentence"}
            ok(browser(world).post("/v1/password/reset", json=body), 204)
        assert stream.ends() == []


def test_signing_in_anew_ends_the_stream_of_the_session_the_browser_had(
    world: Installation, address: str, manager: uuid.UUID, secret: str
) -> None:
    give_password(manager)
    with opened_with(address, cookie(secret)) as stream:
        begun(stream)
        client = browser(world, secret)
        ok(client.post("/v1/login", json={"email": EMAIL, "password": PASSWORD}))
        assert stream.ends() == []


def test_a_stream_does_not_keep_its_session_from_ending(
    world: Installation, address: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forgotten tab is not somebody at work."""
    monkeypatch.setattr(notifications, "BEAT_S", 0.1)
    with opened_with(address, cookie(secret)) as stream:
        begun(stream)
        later("sessions", timedelta(seconds=settings().session_idle_s))
        assert stream.ends() == []


def test_answers_are_kept_by_nobody_on_the_way(world: Installation) -> None:
    client = browser(world, opened(world.id_of(Role.RECRUITER)))
    for path in ("/v1/me", "/v1/me/csrf", "/v1/positions", "/v1/candidates/unknown", "/nowhere"):
        assert client.get(path).headers["cache-control"] == "no-store"
