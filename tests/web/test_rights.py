"""Who may open which page: every page and form, every persona."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from tests.api.browser import browser, give_password, session_of, signed_in
from tests.api.scene import People, Persona, Scene, scene
from tests.installation import Installation
from tests.web.catalog import VISITS, Visit
from tests.web.reading import Page
from tests.web.routes import guards, page_routes


def test_every_page_is_in_the_matrix() -> None:
    assert {(method, path) for method, path, _ in page_routes()} == {(v.method, v.template) for v in VISITS}


def test_every_page_says_who_may_use_it() -> None:
    assert [f"{method} {path}" for method, path, dependant in page_routes() if not list(guards(dependant))] == []


def visitor(house: Installation, everybody: People, persona: Persona) -> TestClient:
    """The browser of a persona."""
    return browser(house) if persona is Persona.ANONYMOUS else signed_in(house, everybody.ids[persona])


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_each_persona_gets_the_answer_of_the_matrix(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    for persona in Persona:
        give_password()
        asking = visitor(house, everybody, persona)
        taken = visit.takes_away and visit.status(persona) == 303 and persona is not Persona.ANONYMOUS
        path = (scene(house, everybody) if taken else stage).path(visit.template)
        if "{session}" in visit.template:
            path = replace(stage, session=session_of(stage.user)).path(visit.template)
        form = visit.form(stage) if visit.form else None
        answer = asking.request(visit.method, path, data=form, follow_redirects=False)
        assert answer.status_code == visit.status(persona), f"{persona}: {answer.text[:800]}"
        if visit.asks_who(persona):
            assert answer.headers["location"].startswith("/login"), persona


@pytest.mark.parametrize("visit", [v for v in VISITS if "{" in v.template], ids=str)
def test_what_is_unseen_is_unknown_word_for_word(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    asking = visitor(house, everybody, Persona.STRANGER)
    hidden = asking.request(visit.method, stage.path(visit.template))
    nothing = asking.request(visit.method, stage.nowhere(visit.template))
    # Who may not ask at all is told so, whatever it is about.
    # Who may not use a page at all is told so, whatever there is.
    status = visit.status(Persona.STRANGER)
    assert status in (403, 404)
    assert Page(hidden, status).text == Page(nothing, status).text


def test_a_token_opens_no_page(house: Installation) -> None:
    answer = house.administrator.get("/account", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/account")


def test_a_page_that_is_not_there_is_a_page_and_an_address_of_the_api_a_problem(house: Installation) -> None:
    for path in (f"/{uuid.uuid4()}", "/%00", "/bell/", "/account/x", "/%2e%2e/"):
        assert "Not found" in Page(house.anonymous.get(path), 404).text
    assert house.anonymous.get("/v1/nothing").headers["content-type"] == "application/problem+json"
