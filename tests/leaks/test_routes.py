"""Nothing of the API is left out: a new route needs somebody who thinks of what it might tell."""

from __future__ import annotations

from api.app import create_app
from tests.leaks.sessions import ENTRIES, STREAM


def test_every_route_of_the_description_is_asked() -> None:
    paths = create_app().openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {*ENTRIES, STREAM}
