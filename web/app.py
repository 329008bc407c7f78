"""The application that is served: the API and the pages beside it."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app as create_api
from web import assets, errors, installable
from web.headers import Guarded
from web.pages import ROUTERS


def create_app() -> FastAPI:
    """API and pages, ready to be served."""
    app = create_api()
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    installable.install(app)
    app.mount("/static/{stamp}", assets.files(), name="static")
    app.add_middleware(Guarded)
    return app
