"""Reading JSON bodies: strictly, with a bound on depth, and quickly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

# Our deepest body, a pool of many with criteria on rejections, has eight levels. What is much deeper can only be there
# to overflow whoever walks through it.
MOST_LEVELS = 20


class StrictRequest(Request):
    """A request whose JSON is read by orjson: no NaN, no lone surrogates, at most MOST_LEVELS levels."""

    async def json(self) -> Any:
        """The parsed body, or the bytes of one that is not JSON.

        Raising here would answer before anybody asked who is asking. No body of ours is bytes, so what cannot be
        read is refused with everything else that is wrong (api.problems), after the caller's rights were looked at.
        """
        body = await self.body()
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return body
        # Most bodies have not even as many brackets as they may have levels.
        shallow = body.count(b"{") + body.count(b"[") <= MOST_LEVELS
        return value if shallow or not _too_deep(value) else body


class StrictRoute(APIRoute):
    """A route that reads its body through StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler FastAPI built, given a stricter request."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS + 1):
        level = [part for each in level for part in _inside(each) if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _inside(value: object) -> Collection[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def why_unreadable(body: bytes, content_type: str) -> str:
    """A sentence for a body that did not become JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        return "The body must be JSON, and the Content-Type header must say so: application/json."
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return f"The body is not JSON: {error.msg} (character {error.pos + 1})."
    return f"The body is nested too deeply; {MOST_LEVELS} levels are the most."
