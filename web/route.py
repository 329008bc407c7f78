"""A route of a page: its form is read before anybody asks for it, and browsers are known by their session alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from web import forms


class PageRoute(APIRoute):
    """A route that reads its form first, so that the session's proof in it is there when rights are looked at."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI built, given a request that was prepared."""
        handler = super().get_route_handler()

        async def page(request: Request) -> Response:
            # How far a token goes is said of the API's routes and of no page; and a proxy that asks for a password of
            # its own sends it along.
            request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"authorization"]
            prepared = Request(request.scope, request.receive)
            if request.method == "POST":
                forms.keep(prepared, await forms.read(prepared))
            return await handler(prepared)

        return page


def pages() -> APIRouter:
    """A router for pages, which the API's description does not list."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)
