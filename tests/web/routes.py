"""The pages among the routes of the application."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.work import Allow
from web.app import create_app
from web.headers import is_api
from web.installable import MANIFEST, WORKER


def page_routes() -> Iterator[tuple[str, str, Dependant | None]]:
    """Method, path and dependencies of every page."""
    for route in iter_route_contexts(create_app().routes):
        # A key may have a slash in it; which it is, is the same thing.
        path = (route.path or "").replace(":path}", "}")
        if is_api(path) or path.startswith("/static") or path in (WORKER, MANIFEST):
            continue
        for method in sorted(route.methods or ()):
            if method != "HEAD":
                yield method, path, getattr(route, "dependant", None)


def guards(dependant: Dependant | None) -> Iterator[Allow]:
    """What names the roles that may use a route."""
    for each in dependant.dependencies if dependant else ():
        guard: object = each.call
        if isinstance(guard, Allow):
            yield guard
        yield from guards(each)
