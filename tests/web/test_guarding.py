"""What a page tells the browser to refuse, and what a page refuses: other sites, forged forms, addresses elsewhere."""

from __future__ import annotations

import re
from operator import attrgetter

import pytest
from fastapi.testclient import TestClient

from api import csrf
from tests.api.browser import ADDRESS, COOKIE, PASSWORD, browser, give_password, opened, signed_in
from tests.api.scene import People, Persona, Scene
from tests.api.traces import counts
from tests.installation import Installation
from tests.web.catalog import OPEN, PROVEN_BY_ADDRESS, VISITS, Visit
from tests.web.markup import Markup
from tests.web.reading import Page
from web.addresses import own_path
from web.app import create_app
from web.headers import HEADERS, POLICY

PAGES = [visit for visit in VISITS if visit.method == "GET"]
FORMS = [visit for visit in VISITS if visit.method == "POST"]
READERS = (Persona.ADMINISTRATOR, Persona.RECRUITER, Persona.VIEWER, Persona.OWNER, Persona.ANALYST)


def able(visit: Visit) -> Persona:
    """Somebody who may, or where nobody does, who is not refused for what they are."""
    return next((who for who in READERS if visit.status(who) < 400), Persona.ADMINISTRATOR)


def form_at(address: str) -> Visit | None:
    """The form of this address, where there is one."""
    path = address.partition("?")[0]
    patterns = {re.sub(r"\{[^}]+\}", "[^/]+", visit.template): visit for visit in FORMS}
    return next((visit for pattern, visit in patterns.items() if re.fullmatch(pattern, path)), None)


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


@pytest.mark.parametrize("visit", PAGES, ids=str)
def test_every_form_on_it_carries_the_proof_and_leads_to_a_form_that_there_is(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    for persona in READERS:
        reader = signed_in(house, everybody.ids[persona])
        answer = reader.get(stage.path(visit.template), follow_redirects=False)
        page = Markup(answer.text if answer.status_code == 200 else "")
        sent = [(action, form.value("csrf")) for form in page.forms if form.method == "post" for action in form.actions]
        # Of what htmx sends by itself the proof is in a header (static/proof.js).
        by_script = [given["hx-post"] for _, given in page.elements if given.get("hx-post")]
        for action, proof in [*sent, *((action, reader.headers[csrf.HEADER]) for action in by_script)]:
            there = form_at(action)
            assert there is not None, f"{action} on {visit} for the {persona}"
            # Before anybody is signed in there is no session to prove, and how pages look is no matter of the account.
            wanted = reader.headers[csrf.HEADER] if there.asks_who(Persona.ANONYMOUS) else None
            assert proof == wanted or action in by_script, f"{action} on {visit} for the {persona}"


@pytest.mark.parametrize("visit", [v for v in FORMS if v.asks_who(Persona.ANONYMOUS)], ids=str)
def test_a_form_without_the_proof_or_with_another_sessions_changes_nothing(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    user = everybody.ids[able(visit)]
    form = visit.form(stage) if visit.form else {}
    other = csrf.proof_for(opened(user))
    client = signed_in(house, user)
    right = client.headers.pop(csrf.HEADER)
    before = counts()
    # A field that is right does not make good a header that is wrong.
    for field, header in ((None, None), ("", None), (other, None), ("é", None), (right, other)):
        data = form if field is None else {**form, "csrf": field}
        headers = {} if header is None else {csrf.HEADER: header}
        answer = client.post(stage.path(visit.template), data=data, headers=headers)
        assert "too old to be sent" in Page(answer, 403).text
    assert counts() == before
    assert client.get("/account", follow_redirects=False).status_code == 200


# Of each kind one: tests/api/test_csrf.py has them all.
OTHER_SITES = ({"Origin": "https://evil.example.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


@pytest.mark.parametrize("visit", [v for v in FORMS if v.template not in PROVEN_BY_ADDRESS], ids=str)
def test_a_form_of_another_site_changes_nothing_with_the_right_proof_even(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    form = visit.form(stage) if visit.form else {}
    client = signed_in(house, everybody.ids[able(visit)])
    data = {**form, "csrf": client.headers[csrf.HEADER]}
    before = counts()
    for headers in OTHER_SITES:
        answer = client.post(stage.path(visit.template), data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers
    assert counts() == before
    assert client.get("/account", follow_redirects=False).status_code == 200


@pytest.mark.parametrize("visit", [v for v in FORMS if v.template in OPEN], ids=str)
def test_whoever_comes_in_gets_a_session_of_their_own_and_the_one_before_ends(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    """A session that somebody else has planted in a browser is of no use to them afterwards."""
    stranger = everybody.ids[Persona.STRANGER]
    for planted in (opened(stranger), "0" * 43):
        form = visit.form(stage) if visit.form else {}
        client = browser(house)
        client.cookies.set(COOKIE, planted, domain="localhost.local")
        answer = client.post(stage.path(visit.template), data=form, follow_redirects=False)
        assert answer.status_code == 303
        if COOKIE not in answer.cookies:
            # Nobody came in: the planted one is what it was.
            assert visit.template in ("/choices", "/password/reset")
            continue
        assert answer.cookies[COOKIE] != planted
        before = browser(house, planted).get("/account", follow_redirects=False)
        assert before.headers["location"] == "/login?next=/account"


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
def test_an_address_of_ours_is_a_path_from_the_root(named: str) -> None:
    assert own_path(named) == "/"


# Where an answer sends a browser, by itself or through htmx.
SENT_BY = ("location", "hx-redirect", "hx-location", "hx-push-url", "hx-replace-url", "refresh")
# How a request may say where to go next; what forms of pages have for it is added.
ASKED_BY = ("next", "back", "url", "return", "to")
FROM = ("Referer", "HX-Current-URL", "HX-Boosted")


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


def test_a_form_that_is_too_large_or_no_form_is_refused_with_a_page(house: Installation) -> None:
    client = browser(house)
    assert "Too large" in Page(client.post("/login", data={"email": "a" * 1_100_000}), 413).text
    many = "&".join(f"a{n}=b" for n in range(2_001))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (many, b"email=\xff", "email=%ff"):
        assert "could not be read" in Page(client.post("/login", content=body, headers=headers), 422).text


# What cannot be taken apart as an address, made a number of, or asked of the database.
NO_ADDRESS, NO_NUMBER, NO_TEXT = "http://[x", "9" * 5_000, "%00"


@pytest.mark.parametrize("header", [*FROM, "Origin"])
@pytest.mark.parametrize("path", ["/account/sessions/end", "/login"])
def test_a_header_that_is_no_address_is_no_fault_of_ours(house: Installation, header: str, path: str) -> None:
    answer = browser(house).post(path, headers={header: NO_ADDRESS}, follow_redirects=False)
    assert answer.status_code < 500
    assert NO_ADDRESS not in answer.headers.get("location", "")


@pytest.mark.parametrize("template", ["/talent", "/talent/folders", "/people/{candidate}"])
def test_a_part_for_a_page_that_has_no_address_is_a_part(
    house: Installation, everybody: People, stage: Scene, template: str
) -> None:
    viewer = signed_in(house, everybody.ids[Persona.VIEWER])
    for trigger in {"HX-Trigger": "search"}, {}:
        headers = {"HX-Request": "true", "HX-Current-URL": NO_ADDRESS, **trigger}
        assert viewer.get(stage.path(template), headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("persona", "path", "status"),
    [
        (Persona.VIEWER, f"/talent?created.days={NO_NUMBER}", 422),
        (Persona.ANALYST, f"/statistics?created.days={NO_NUMBER}", 422),
        (Persona.RECRUITER, f"/pools/new?created.days={NO_NUMBER}", 200),
        (Persona.VIEWER, f"/talent?find.pools={NO_TEXT}", 200),
        (Persona.VIEWER, f"/talent/folders?find.pools={NO_TEXT}", 200),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_is_no_number_and_no_text_is_said_or_passed_over(
    house: Installation, everybody: People, persona: Persona, path: str, status: int
) -> None:
    assert signed_in(house, everybody.ids[persona]).get(path).status_code == status


def test_a_bell_is_not_seen_up_to_what_is_no_number(house: Installation, everybody: People) -> None:
    viewer = signed_in(house, everybody.ids[Persona.VIEWER])
    assert viewer.post("/bell/seen", data={"up_to": NO_NUMBER}).status_code == 422


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


# The last of this file, and last in it what takes away: others ask about the same.
@pytest.mark.parametrize("visit", sorted(VISITS, key=attrgetter("takes_away")), ids=str)
def test_no_page_sends_a_browser_elsewhere(house: Installation, everybody: People, stage: Scene, visit: Visit) -> None:
    path = stage.path(visit.template)
    for persona in (Persona.ANONYMOUS, able(visit)):
        who = browser(house) if persona is Persona.ANONYMOUS else signed_in(house, everybody.ids[persona])
        for named, part in (ELSEWHERE[0], {}), (ELSEWHERE[1], {"HX-Request": "true"}):
            # What a form needs may be good for once only.
            form = visit.form(stage) if visit.form else {}
            own = [name for name, value in form.items() if value.startswith("/")]
            asked = dict.fromkeys([*ASKED_BY, *own], named)
            answer = who.request(
                visit.method,
                path,
                params=asked,
                data={**form, **asked} if visit.method == "POST" else None,
                headers={**part, **dict.fromkeys(FROM, named)},
                follow_redirects=False,
            )
            sent = [answer.headers[name] for name in SENT_BY if name in answer.headers]
            assert [to for to in sent if to != own_path(to)] == [], named
