"""The first page: pools with what is new, requests and their answer, what is one's own, and how one begins."""

from __future__ import annotations

import uuid

import pytest

from records.models import Role
from tests.api.answers import ok
from tests.api.browser import browser, signed_in
from tests.api.test_applications import application_of, position_of
from tests.installation import Installation
from tests.web.reading import Page


@pytest.fixture
def lived_in(emptied: Installation) -> Installation:
    """The manager tracks a pool that somebody came into, and wants them."""
    emptied.skills("Java")
    pool = emptied.pool("Java / Brno", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    jana = emptied.candidate("Jana", ["Java"])
    emptied.settle()
    ok(emptied.manager.post(f"/v1/candidates/{jana}/want", json={"remark": "Soon?"}), 202)
    return emptied


def home(world: Installation, role: Role) -> Page:
    """The first page of the user of a role."""
    return Page(signed_in(world, world.id_of(role)).get("/"))


def person_of(world: Installation) -> uuid.UUID:
    """The only person."""
    return uuid.UUID(ok(world.recruiter.post("/v1/search", json={}))["items"][0]["id"])


def test_a_manager_finds_their_pools_their_request_and_nothing_for_others(lived_in: Installation) -> None:
    page = home(lived_in, Role.HIRING_MANAGER)
    assert "Java / Brno 1 new 1" in page.text
    assert "Jana waits for an answer" in page.text
    assert page.every("section", **{"aria-labelledby": "positions"}) == []
    assert page.every("section", **{"aria-labelledby": "shared"}) == []
    (pool,) = ok(lived_in.manager.get("/v1/me/pools"))
    assert page.one("a", href=f"/talent?pool={pool['id']}")
    assert page.one("a", href=f"/people/{person_of(lived_in)}")


def test_a_recruiter_answers_from_the_first_page_with_one_click(lived_in: Installation) -> None:
    person = person_of(lived_in)
    recruiter = signed_in(lived_in, lived_in.id_of(Role.RECRUITER))
    page = Page(recruiter.get("/"))
    assert "There is no open application to share." in page.text
    for title in ("Engineer", "Tester"):
        application_of(lived_in, person, position_of(lived_in, title))
    page = Page(recruiter.get("/"))
    assert "My positions Tester 1 open application Engineer 1 open application" in page.text
    shares = {each["action"] for each in page.every("form") if each.get("action", "").endswith("/share")}
    assert len(shares) == 1
    applications = [each["value"] for each in page.every("input", name="application")]
    answer = recruiter.post(shares.pop(), data={"application": applications[0], "next": "/"})
    assert answer.url.path == "/"
    assert "Shared. They see the person" in Page(answer).text
    assert Page(answer).every("section", **{"aria-labelledby": "waiting"}) == []
    page = home(lived_in, Role.HIRING_MANAGER)
    assert page.every("section", **{"aria-labelledby": "waiting"}) == []
    assert "Shared with me Jana" in page.text


def test_the_bell_answers_too_and_leads_nowhere_else(lived_in: Installation) -> None:
    person = person_of(lived_in)
    application = application_of(lived_in, person, position_of(lived_in, "Engineer"))
    recruiter = signed_in(lived_in, lived_in.id_of(Role.RECRUITER))
    (notice,) = lived_in.bell(Role.RECRUITER)
    for path in ("/bell", f"/bell/{notice['id']}", "/bell/newest"):
        assert f"/bell/{notice['id']}/share" in recruiter.get(path, headers={"HX-Request": "true"}).text, path
    data = {"application": application.rpartition("/")[2], "next": "https://evil.example.com"}
    answer = recruiter.post(f"/bell/{notice['id']}/share", data=data, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "/share" not in recruiter.get("/bell").text


def test_an_analyst_has_no_pools_and_asks_nobody(lived_in: Installation) -> None:
    page = home(lived_in, Role.ANALYST)
    assert page.every("section", **{"aria-labelledby": "pools"}) == []
    assert page.every("a", href="/account/notices") == []


def test_a_pool_is_muted_and_rings_again_from_the_notification_centre(lived_in: Installation) -> None:
    manager = signed_in(lived_in, lived_in.id_of(Role.HIRING_MANAGER))
    page = Page(manager.get("/account/notices"))
    (pool,) = ok(lived_in.manager.get("/v1/me/pools"))
    switch = page.one("form", action=f"/account/notices/{pool['id']}")["action"]
    muted = Page(manager.post(switch, data={"muted": "yes"}))
    assert "Your bell says nothing of it from now on." in muted.text
    assert "Muted" in home(lived_in, Role.HIRING_MANAGER).text
    lived_in.candidate("Karel", ["Java"])
    lived_in.settle()
    assert [each["candidate"]["name"] for each in lived_in.bell()] == ["Jana"]
    assert "It rings again" in Page(manager.post(switch, data={"muted": "no"})).text


def test_an_empty_house_offers_sample_people_or_a_first_one_to_its_administrator_alone(emptied: Installation) -> None:
    page = home(emptied, Role.ADMINISTRATOR)
    assert page.every("form", action="/sample")
    assert page.every("a", href="/people/new")
    assert home(emptied, Role.RECRUITER).every("form", action="/sample") == []
    emptied.candidate("Somebody of ours")
    assert home(emptied, Role.ADMINISTRATOR).every("form", action="/sample") == []
    admin = signed_in(emptied, emptied.id_of(Role.ADMINISTRATOR))
    assert "There are people here already" in Page(admin.get("/sample")).text


def test_sample_people_come_in_pieces_and_each_only_once(emptied: Installation) -> None:
    admin = signed_in(emptied, emptied.id_of(Role.ADMINISTRATOR))
    seen: list[int] = []
    while not ok(emptied.administrator.get("/v1/sample"))["finished"]:
        answer = admin.post("/sample", headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.text
        assert len(seen) < 30
        seen.append(ok(emptied.administrator.get("/v1/sample"))["done"])
    assert seen == sorted(set(seen))
    assert len(seen) > 3
    before = ok(emptied.administrator.get("/v1/sample"))
    admin.post("/sample")
    assert ok(emptied.administrator.get("/v1/sample")) == before
    emptied.settle()
    assert ok(emptied.recruiter.post("/v1/search", json={}))["total"] == 500
    pools = ok(emptied.administrator.get("/v1/me/pools"))
    assert len(pools) == 3
    assert any(pool["people"] for pool in pools)
    assert emptied.bell(Role.ADMINISTRATOR) == []
    assert home(emptied, Role.ADMINISTRATOR).every("form", action="/sample") == []


def test_what_is_not_there_leaves_whoever_is_signed_in_their_bar(lived_in: Installation) -> None:
    for role in Role:
        page = Page(signed_in(lived_in, lived_in.id_of(role)).get("/nowhere"), 404)
        assert page.one("button", id="bell")
        assert page.one("a", href="/", **{"class": "button primary"})
    nobody = Page(browser(lived_in).get("/nowhere"), 404)
    assert nobody.every("button", id="bell") == []
