"""The application that is served: the API and the pages beside it."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app as create_api
from core.settings import settings
from web import assets, errors, installable
from web.headers import Guarded
from web.pages import ROUTERS, mailbox


def create_app() -> FastAPI:
    """API and pages, ready to be served."""
    app = create_api()
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    if (folder := settings().demo_mailbox) is not None:
        app.include_router(mailbox.router_for(folder))
    installable.install(app)
    app.mount("/static/{stamp}", assets.files(), name="static")
    app.add_middleware(Guarded)
    return app
