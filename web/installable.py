"""What makes the pages an application of the device: its description, and the script that shows what is pushed."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse
from starlette.requests import Request

from web.assets import FOLDER, asset

WORKER, MANIFEST = "/service-worker.js", "/manifest.webmanifest"


def worker(_: Request) -> FileResponse:
    """At the root, because it may only show what is pushed for addresses below its own."""
    return FileResponse(
        FOLDER / "service-worker.js", media_type="text/javascript", headers={"cache-control": "no-cache"}
    )


def manifest(_: Request) -> JSONResponse:
    """The same for everybody, with or without a session."""
    sizes = [{"src": asset(f"mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)]
    described = {
        "name": "Micropools",
        "short_name": "Micropools",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0f766e",
        "icons": [{"src": asset("mark.svg"), "sizes": "any", "type": "image/svg+xml"}, *sizes],
    }
    return JSONResponse(described, media_type="application/manifest+json")


def install(app: FastAPI) -> None:
    """Serve both."""
    app.add_route(WORKER, worker, include_in_schema=False)
    app.add_route(MANIFEST, manifest, include_in_schema=False)
