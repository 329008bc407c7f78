"""Reading JSON bodies: strictly, with a bound on depth, and quickly."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRequest(Request):
    """A request whose JSON is read by orjson: no NaN, no lone surrogates, at most 1,024 levels."""

    async def json(self) -> Any:
        """The parsed body, or the bytes of one that is not JSON.

        Raising here would answer before anybody asked who is asking. No body of ours is bytes, so what cannot be
        read is refused with everything else that is wrong (api.problems), after the caller's rights were looked at.
        """
        body = await self.body()
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            return body


class StrictRoute(APIRoute):
    """A route that reads its body through StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI built, given a stricter request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def why_unreadable(body: bytes, content_type: str) -> str:
    """A sentence for a body that did not become JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        return "The body must be JSON, and the Content-Type header must say so: application/json."
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return f"The body is not JSON: {error.msg} (character {error.pos + 1})."
    return "The body must be JSON in UTF-8."
