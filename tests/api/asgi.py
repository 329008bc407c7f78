"""The application called directly, for requests that no client sends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from api.app import create_app


def post(token: str, path: str, pieces: Iterator[bytes]) -> tuple[int, bytes]:
    """Send a body piece by piece, without saying how long it is; returns status and body of the answer."""
    return asyncio.run(_post(token, path, pieces))


async def _post(token: str, path: str, pieces: Iterator[bytes]) -> tuple[int, bytes]:
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        answer.append(dict(message))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await create_app()(scope, receive, send)
    return answer[0]["status"], b"".join(message.get("body", b"") for message in answer)
