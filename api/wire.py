"""Reading JSON bodies: strictly, with a bound on depth, and quickly."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRequest(Request):
    """A request whose JSON is read by orjson: no NaN, no lone surrogates, at most 1,024 levels, else an error."""

    async def json(self) -> Any:
        """The parsed body; a JSONDecodeError becomes a 422 that says where."""
        return orjson.loads(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its body through StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI built, given a stricter request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict
