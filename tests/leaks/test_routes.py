"""Nothing of the API and no page is left out: a new one needs somebody who thinks of what it might tell."""

from __future__ import annotations

from api.app import create_app
from tests.leaks.pages import PAGES
from tests.leaks.sessions import ENTRIES, STREAM
from tests.web.routes import page_routes


def test_every_route_of_the_description_is_asked() -> None:
    paths = create_app().openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {*ENTRIES, STREAM}


def test_every_page_is_asked() -> None:
    assert {(method, path) for method, path, _ in page_routes()} == set(PAGES)
