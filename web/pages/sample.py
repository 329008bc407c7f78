"""Loading sample people into an empty installation: each request brings a piece, and the page asks for the next one."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.routes import sample
from api.work import AdministratorWork
from web.rendering import go_to, page, part, wants_part
from web.route import pages

router = pages()


@router.get("/sample")
def progress(request: Request, work: AdministratorWork) -> Response:
    """How far it is, and the button for the next piece, which a script presses by itself."""
    return page(request, "sample.html", work, {"sample": sample.read(work)})


@router.post("/sample")
def go_on(request: Request, work: AdministratorWork) -> Response:
    """The next piece."""
    loaded = sample.go_on(work)
    if wants_part(request):
        return part(request, "sample_progress.html", work, {"sample": loaded})
    return go_to("/sample")
