"""The first page: what is new, who waits for an answer, and what is one's own."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.routes import mine, notifications, requests, sample, shares
from api.work import READERS, AnyWork, Work
from records.models import Role
from web.rendering import page
from web.route import pages

router = pages()

# What is new fits on a phone's screen; the bell has the rest.
NEWEST = 5
# Of what is one's own.
A_FEW = 12


@router.get("/")
def home(request: Request, work: AnyWork) -> HTMLResponse:
    """For everybody who is signed in."""
    own = _own(work)
    # A request that waits is told of as such.
    told = {each.notice for each in own["waiting"]}
    unseen = notifications.index(work, limit=NEWEST + len(told), unseen=True).items
    new = [each for each in unseen if each.id not in told][:NEWEST]
    return page(request, "home.html", work, own | {"new": new, "begin": _is_empty(work)})


def _is_empty(work: Work) -> bool:
    """Whether there is nobody here yet, and the reader may change that."""
    if work.caller.role != Role.ADMINISTRATOR:
        return False
    found = sample.read(work)
    return found.offered and not found.finished


def _own(work: Work) -> dict[str, Any]:
    """Pools, requests and positions, as far as there are any for the reader's role; None where there are none."""
    if work.caller.role not in READERS:
        return {"pools": None, "waiting": [], "answered": {}, "positions": None, "shared": None}
    waiting = requests.waiting(work)[:A_FEW]
    asked_of_me = [each.notice for each in waiting if each.notice is not None]
    return {
        "pools": [pool for pool in mine.my_pools(work) if pool.tracked],
        "waiting": waiting,
        "answered": requests.answers_to(work, asked_of_me),
        "positions": mine.my_positions(work)[:A_FEW] if work.sees_all else None,
        "shared": None if work.sees_all else shares.with_me(work, limit=A_FEW).items,
    }
