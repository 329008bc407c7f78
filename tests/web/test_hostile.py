"""Whatever something is called, and whatever is typed or asked for: on every page it is text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.api.browser import browser, signed_in
from tests.api.scene import People, Persona, Scene
from tests.installation import Installation
from tests.web.catalog import VISITS, Visit
from tests.web.hostile import HOUSES, MADE, HostileScene, hostile_scene
from tests.web.markup import Markup

READ_BY = (Persona.ADMINISTRATOR, Persona.RECRUITER, Persona.VIEWER, Persona.OWNER)
PAGES = [visit for visit in VISITS if visit.method == "GET"]
FORMS = [visit for visit in VISITS if visit.method == "POST"]
# Of an address they lead elsewhere only where they belong to a person.
SPOKEN_TO = ("mailto", "tel")
# What spreadsheets take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module", params=HOUSES, ids=list(HOUSES))
def hostile(house: Installation, everybody: People, request: pytest.FixtureRequest) -> HostileScene:
    """A house in which everything is called by one string."""
    return hostile_scene(house, everybody, request.param)


def harmless(answer: Response) -> Markup | None:
    """A page, if it is one: nothing in it was made by what somebody typed."""
    assert answer.status_code < 500, f"{answer.request.url}: {answer.text[:500]}"
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("text/html"):
        assert kind.partition(";")[0] in ("", "text/plain", "text/csv"), kind
        if kind.startswith("text/csv"):
            cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
            assert [cell for cell in cells if cell.startswith(FORMULA)] == []
        return None
    page = Markup(answer.text)
    for tag, given in page.elements:
        assert tag != MADE
        assert [name for name in given if name == MADE or name.startswith("on")] == []
        assert tag not in ("script", "img") or given["src"].startswith("/static/")
        assert tag not in ("iframe", "object", "embed", "base", "style")
    for address in page.addresses:
        parts = urlsplit(address)
        assert parts.scheme in SPOKEN_TO or (not parts.scheme and not parts.netloc), address
    return page


def visitors(house: Installation, everybody: People) -> Iterator[tuple[Persona, TestClient]]:
    """Everybody who sees something of what is called so."""
    for persona in READ_BY:
        yield persona, signed_in(house, everybody.ids[persona])


def test_what_everything_is_called_is_text_on_every_page_and_all_of_it(
    house: Installation, everybody: People, hostile: HostileScene
) -> None:
    read = 0
    for persona, reader in visitors(house, everybody):
        for visit in PAGES:
            for headers in ({}, {"HX-Request": "true"}):
                path = hostile.path(visit.template, persona)
                page = harmless(reader.get(path, headers=headers, follow_redirects=False))
                if page is not None:
                    assert hostile.whole(page.text), f"{path} for the {persona}: {page.text}"
                    read += "‹" in page.text
    # Each of them reads their own name on every page at least.
    assert read > len(PAGES)


@pytest.mark.parametrize("visit", PAGES, ids=str)
def test_what_an_address_asks_for_is_text(house: Installation, everybody: People, stage: Scene, visit: Visit) -> None:
    for _, reader in visitors(house, everybody):
        path = stage.path(visit.template)
        page = harmless(reader.get(path, follow_redirects=False))
        forms = [form for form in page.forms if form.method == "get"] if page else []
        asked = {"q", "cursor", "sort", "next", *(field.name for form in forms for field in form.fields)}
        for said in HOUSES.values():
            harmless(reader.get(path, params=dict.fromkeys(sorted(asked), said), follow_redirects=False))


@pytest.mark.parametrize("visit", FORMS, ids=str)
def test_what_was_typed_is_text_when_a_form_is_shown_again(
    house: Installation, everybody: People, stage: Scene, visit: Visit
) -> None:
    names = visit.form(stage) if visit.form else {}
    path = stage.path(visit.template)
    for persona, reader in [*visitors(house, everybody), (Persona.ANONYMOUS, browser(house))]:
        forms = [dict.fromkeys(names, said) for said in HOUSES.values()]
        if visit.status(persona) < 400:
            # One field beside others that are right: where it is refused, these are shown again.
            forms += [{**names, name: HOUSES["markup"]} for name in names]
        for form in forms[:1] if visit.status(persona) >= 400 else forms:
            harmless(reader.post(path, data=form, follow_redirects=False))
