"""For operators: alive, ready (and if not, what is down), metrics."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.metrics import exposition
from api.network import look_for_unnamed_proxy
from api.parts import Part, check_parts, look_for_outdated_indexes, outdated_indexes, unnamed_proxy
from api.wire import StrictRoute
from api.work import AdministratorWork

router = APIRouter(tags=["operations"], route_class=StrictRoute)


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Which parts answer. Writes need the database only; the others catch up."""

    status: Literal["ready", "degraded", "down"]
    parts: list[Part]


@router.get("/healthz", summary="Is the process alive")
async def alive() -> Alive:
    """For a restart when it is not. Not from a thread: that all of them wait for a part is no reason to restart."""
    return Alive()


@router.get("/readyz", summary="Which parts are up", responses={503: {"model": Readiness}})
def ready(request: Request, response: Response) -> Readiness:
    """200 while writes are accepted (degraded: something waits, or is to be set), 503 when they are not."""
    parts = check_parts()
    if look_for_unnamed_proxy(request):
        parts.append(unnamed_proxy())
    if look_for_outdated_indexes():
        parts.append(outdated_indexes())
    down = {part.name for part in parts if not part.up}
    if "postgresql" in down:
        response.status_code = 503
        return Readiness(status="down", parts=parts)
    return Readiness(status="degraded" if down else "ready", parts=parts)


@router.get("/metrics", response_class=PlainTextResponse, summary="Prometheus metrics")
def metrics(request: Request, work: AdministratorWork) -> Response:
    """With an administrator's token: numbers of people and pools are not for everybody."""
    text = exposition(work.db, request.app.state.streams.count())
    return Response(text, media_type=CONTENT_TYPE_LATEST)
