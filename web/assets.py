"""Our styles, scripts and pictures, under addresses that change with their content, so that browsers keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def stamp() -> str:
    """Of the names and bytes of all files: one for them all, because scripts import each other by relative address."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(FOLDER).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def asset(name: str) -> str:
    """The address of a file."""
    return f"/static/{stamp()}/{name}"


class _Kept:
    """Serves the files. Under a stamp that is not ours (a page of the release before) they are not to be kept."""

    def __init__(self) -> None:
        self._files: ASGIApp = StaticFiles(directory=FOLDER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file."""
        current = scope["path_params"].get("stamp") == stamp()

        async def marking(message: Message) -> None:
            if current and message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                MutableHeaders(scope=message)["cache-control"] = FOR_EVER
            await send(message)

        await self._files(scope, receive, marking)


def files() -> ASGIApp:
    """What serves them. Only files are compressed: pages have a secret and what was typed side by side."""
    return GZipMiddleware(_Kept(), minimum_size=1_000)
