"""The application: routes under /v1, errors as problems, limits in front, event streams beside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import cookies, problems
from api.bell_looks import AT_ONCE, TOGETHER, look
from api.caching import NotKept
from api.limits import BodyLimit
from api.looks import Looks
from api.metrics import Measured
from api.network import UnnamedProxy
from api.parent import end_with_parent
from api.problems import PROBLEMS, ProblemDocument
from api.routes import (
    account,
    applications,
    bulk,
    candidates,
    checks,
    dead_letters,
    devices,
    explain,
    folders,
    invitations,
    login,
    messages,
    mine,
    notices_wanted,
    notifications,
    openid,
    operations,
    passwords,
    pools,
    positions,
    reasons,
    reindex,
    requests,
    sample,
    search,
    selection,
    shares,
    slack,
    slack_actions,
    statistics,
    tags,
    tracking,
    tree,
    users,
    webhooks,
)
from api.streams import Streams
from core import garbage
from core.logs import configure
from core.settings import settings
from indexer.express import express

VERSION = "0.1.0"
# What is asked before anybody is signed in.
OPEN = (
    "/healthz",
    "/readyz",
    "/v1/login",
    "/v1/login/oidc",
    "/v1/login/oidc/callback",
    "/v1/password/reset-request",
    "/v1/password/reset",
    "/v1/invitations/accept",
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    end_with_parent()
    app.state.unnamed_proxy = UnnamedProxy()
    app.state.streams = Streams()
    app.state.looks = Looks(look, most=TOGETHER, threads=AT_ONCE)
    await app.state.streams.start()
    if settings().express_lane:
        express.start()
    garbage.settle()
    try:
        yield
    finally:
        express.stop()
        await app.state.streams.stop()


def create_app() -> FastAPI:
    """The application, ready to be served."""
    configure()
    app = FastAPI(
        title="Micropools",
        version=VERSION,
        summary="A talent database in which stored questions are matched against every new or changed person.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    # Routes are tried in this order, and searches are what most requests are.
    v1 = (
        search,
        login,
        openid,
        passwords,
        account,
        invitations,
        users,
        explain,
        candidates,
        applications,
        positions,
        reasons,
        shares,
        selection,
        bulk,
        tags,
        tree,
        folders,
        pools,
        tracking,
        requests,
        mine,
        messages,
        notifications,
        statistics,
        reindex,
        dead_letters,
        checks,
        sample,
        slack,
        notices_wanted,
        devices,
        webhooks,
    )
    for module in v1:
        app.include_router(module.router, prefix="/v1", responses=PROBLEMS)
    app.include_router(operations.router, responses={code: PROBLEMS[code] for code in (400, 401, 403, 422, 503)})
    app.include_router(slack_actions.router)
    app.add_middleware(BodyLimit)
    app.add_middleware(NotKept)
    app.add_middleware(Measured)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, object]:
    """The description, with the one shape of errors and the one way to sign in."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        parts = schema.setdefault("components", {})
        document = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        parts.setdefault("schemas", {}).update(document.pop("$defs", {}))
        parts["schemas"]["ProblemDocument"] = document
        parts["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": f"__Host-{cookies.SESSION}"},
        }
        for path, methods in schema["paths"].items():
            if path not in OPEN:
                for operation in methods.values():
                    operation["security"] = [{"bearer": []}, {"session": []}]
        app.openapi_schema = schema
    return app.openapi_schema
