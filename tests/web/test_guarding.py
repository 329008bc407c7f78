"""What a page tells the browser to refuse, and what a page refuses: other sites, forged forms, addresses elsewhere."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from records.models import Role
from tests.api.browser import ADDRESS, COOKIE, PASSWORD, browser, give_password, opened, signed_in
from tests.api.scene import People, Persona, Scene
from tests.installation import Installation
from tests.web.catalog import VISITS, Visit
from tests.web.reading import Page
from web.addresses import own_path
from web.app import create_app
from web.headers import HEADERS, POLICY

PAGES = [visit for visit in VISITS if visit.method == "GET"]


@pytest.mark.parametrize("visit", PAGES, ids=str)
def test_every_page_brings_a_policy_and_has_neither_script_nor_style_nor_handler_in_it(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    for persona in (Persona.ANONYMOUS, Persona.VIEWER):
        who = browser(house) if persona is Persona.ANONYMOUS else signed_in(house, everybody.ids[persona])
        answer = who.get(stage.path(visit.template), follow_redirects=False)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "unsafe" not in POLICY
        assert answer.headers["cache-control"] == "no-store"
        if answer.status_code != 303:
            page = Page(answer, answer.status_code)
            assert page.every("style") == []
            assert all(script.get("src", "").startswith("/static/") for script in page.every("script"))
            loud = [name for _, given in page.elements for name in given if name == "style" or name.startswith("on")]
            assert loud == []


def test_every_form_that_changes_something_of_a_reader_carries_the_proof(
    house: Installation, everybody: People, stage: Scene
) -> None:
    viewer = signed_in(house, everybody.ids[Persona.VIEWER])
    admin = signed_in(house, everybody.ids[Persona.ADMINISTRATOR])
    mine = ("/", "/bell", "/account", "/account/notices", stage.path("/bell/{notice}"))
    settings = (
        "/users",
        "/users/{user}",
        "/users/{user}/tracking?tag={key}",
        "/tags/{key}",
        "/reasons/{reason}",
        "/jobs",
    )
    for who, path in [
        *((viewer, each) for each in mine),
        *((admin, stage.path(f"/settings{each}")) for each in settings),
    ]:
        text = who.get(path).text
        proof = Page(who.get(path)).proof
        forms = re.findall(r'<form[^>]*method="post" action="([^"]+)"[^>]*>(.*?)</form>', text, re.DOTALL)
        assert forms
        for action, content in forms:
            # How the pages look is no matter of the account, and is chosen before anybody is signed in, too.
            assert (f'name="csrf" value="{proof}"' in content) != (action == "/choices"), action


@pytest.mark.parametrize("visit", [v for v in VISITS if v.method == "POST" and v.asks_who(Persona.ANONYMOUS)], ids=str)
def test_a_form_without_the_proof_or_with_another_sessions_changes_nothing(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    user = everybody.ids[Persona.VIEWER]
    other = Page(signed_in(house, user).get("/account")).proof
    for proof in ({}, {"csrf": ""}, {"csrf": other}):
        secret = opened(user)
        client = browser(house)
        client.cookies.set(COOKIE, secret, domain="localhost.local")
        answer = client.post(stage.path(visit.template), data={**proof, "up_to": "1"})
        assert "too old to be sent" in Page(answer, 403).text
        assert client.get("/account", follow_redirects=False).status_code == 200


def test_a_form_of_another_site_is_refused_with_the_right_proof_even(house: Installation, everybody: People) -> None:
    client = signed_in(house, everybody.ids[Persona.VIEWER])
    proof = Page(client.get("/account")).proof
    for headers in ({"Origin": "https://evil.example.com"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        for path in ("/logout", "/choices", "/login", "/setup", "/invitation", "/password/reset"):
            data = {"csrf": proof, "email": "a@example.com", "name": "A", "password": PASSWORD, "token": "t"}
            answer = client.post(path, data=data, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, path
    assert client.get("/account").status_code == 200


def test_signing_in_gives_a_new_session_and_ends_the_one_before(house: Installation, everybody: People) -> None:
    give_password()
    planted = opened(everybody.ids[Persona.STRANGER])
    client = browser(house)
    client.cookies.set(COOKIE, planted, domain="localhost.local")
    data = {"email": "viewer@example.com", "password": PASSWORD}
    answer = client.post("/login", data=data, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.cookies[COOKIE] != planted
    assert browser(house, planted).get("/account", follow_redirects=False).headers["location"] == "/login?next=/account"


ELSEWHERE = (
    "https://evil.example.com",
    "//evil.example.com",
    "/\\evil.example.com",
    "\\\\evil.example.com",
    "/\t/evil.example.com",
    "/\n//evil.example.com",
    "javascript:alert(1)",
    "evil",
    "",
    " /x",
    "/ x",
    "/é",
)


@pytest.mark.parametrize("named", ELSEWHERE)
def test_no_page_sends_a_browser_elsewhere(house: Installation, everybody: People, named: str) -> None:
    assert own_path(named) == "/"
    viewer = signed_in(house, everybody.ids[Persona.VIEWER])
    assert viewer.get("/login", params={"next": named}, follow_redirects=False).headers["location"] == "/"
    assert viewer.post("/choices", data={"next": named}, follow_redirects=False).headers["location"] == "/"


def test_nor_does_signing_in(house: Installation) -> None:
    give_password()
    data = {"email": "viewer@example.com", "password": PASSWORD, "next": ELSEWHERE[1]}
    assert browser(house).post("/login", data=data, follow_redirects=False).headers["location"] == "/"


def test_who_was_sent_to_sign_in_comes_back_to_the_page_they_asked_for(house: Installation) -> None:
    give_password()
    client = browser(house)
    sent = client.get("/bell?cursor=a&x=b%20c", follow_redirects=False).headers["location"]
    # The first one on the page; another form leads back to the log-in itself, in another language.
    form = Page(client.get(sent)).every("input", name="next")[0]
    assert form["value"] == "/bell?cursor=a&x=b%20c"
    data = {"email": "viewer@example.com", "password": PASSWORD, "next": form["value"]}
    assert client.post("/login", data=data, follow_redirects=False).headers["location"] == form["value"]


def test_who_sends_a_form_without_being_signed_in_comes_back_to_the_page_it_was_on(house: Installation) -> None:
    for came_from, after in ((f"{ADDRESS}/account", "/login?next=/account"), (None, "/login")):
        headers = {"Referer": came_from} if came_from else {}
        answer = browser(house).post("/account/sessions/end", headers=headers, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, after)


def test_a_part_that_htmx_asks_for_sends_the_whole_page_to_sign_in(house: Installation) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{ADDRESS}/bell?x=1"}
    answer = browser(house).get("/bell/newest", headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=/bell%3Fx%3D1")


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}",
    "\u202egnp.exe\u2066",
    "=cmd|' /C calc'!A0",
    "Robert'); DROP TABLE users;--",
    "%(n)s %s {0}",
    "A" * 200,
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_strings_are_text(emptied: Installation, hostile: str) -> None:
    emptied.skills("Java")
    pool = emptied.pool(hostile, {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    emptied.candidate(hostile, ["Java"])
    emptied.settle()
    notice = emptied.bell()[0]["id"]
    reader = signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER))
    as_read = " ".join(hostile.split())
    for path in ("/", "/bell", "/bell/newest", f"/bell/{notice}"):
        page = Page(reader.get(path))
        assert as_read in page.text, path
        assert page.every("img", src="x") == []
        assert [script for script in page.every("script") if not script.get("src")] == []
    reader.headers["User-Agent"] = "Mozilla"
    assert Page(reader.get("/account")).every("img", src="x") == []


def test_what_was_typed_is_text_when_a_form_is_shown_again(house: Installation) -> None:
    for hostile in HOSTILE:
        answer = browser(house).post("/login", data={"email": hostile, "password": "x", "next": hostile})
        page = Page(answer, 422)
        assert page.one("input", name="email")["value"] == hostile
        assert page.one("input", name="password")["value"] == ""
        assert page.every("img", src="x") == []


def test_a_form_that_is_too_large_or_no_form_is_refused_with_a_page(house: Installation) -> None:
    client = browser(house)
    assert "Too large" in Page(client.post("/login", data={"email": "a" * 1_100_000}), 413).text
    many = "&".join(f"a{n}=b" for n in range(2_001))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (many, b"email=\xff", "email=%ff"):
        assert "could not be read" in Page(client.post("/login", content=body, headers=headers), 422).text


def test_what_nobody_thought_of_is_a_guarded_page_that_tells_nothing_of_it() -> None:
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    app = create_app()
    app.add_api_route("/broken", broken)
    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    page = Page(answer, 500)
    assert "This is our fault, not yours." in page.text
    assert "secret" not in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"
