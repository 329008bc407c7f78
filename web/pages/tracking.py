"""What somebody tracks: seen before it is saved. Administrators for anyone, recruiters for themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from api.fields import Id, Printable
from api.routes import tracking, users
from api.routes.tracking import MOST_PICKED, Picked, TrackingPreview
from api.work import StaffWork, Work
from core.errors import MicropoolsError
from records.models import Role
from web.forms import Filled, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, go_to, page, part, wants_part
from web.route import pages

router = pages()

# So many of those who would be seen are named; the number says how many there are.
NAMED = 15

Typed = Annotated[str, Query(max_length=100), Printable]
Pools = Annotated[list[uuid.UUID], Query(max_length=MOST_PICKED)]
Tags = Annotated[list[Annotated[str, Query(max_length=200), Printable]], Query(max_length=MOST_PICKED)]


@dataclass(frozen=True, slots=True)
class Tracker:
    """Whose tracking it is."""

    id: uuid.UUID
    name: str
    role: Role


@router.get("/settings/tracking")
def mine(work: StaffWork) -> Response:
    """One's own."""
    return go_to(f"/settings/users/{work.caller.id}/tracking")


@router.get("/settings/users/{user}/tracking")
def ask(
    request: Request,
    user: Id,
    work: StaffWork,
    q: Typed = "",
    pool: Pools = [],  # noqa: B006 - FastAPI copies it
    tag: Tags = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """What is tracked, what could be, and whom what is picked would show."""
    return _ask(request, work, user, Filled(), q, pool, tag)


@router.post("/settings/users/{user}/tracking")
def save(request: Request, user: Id, form: Sent, work: StaffWork) -> Response:
    """Everything that was picked, at once."""
    language = language_of(request)
    try:
        body = body_of(Picked, {"pools": form.all("pool"), "tags": form.all("tag")}, language)
        tracking.track_picked(user, body, work)
    except MicropoolsError as error:
        if error.status in (403, 404):
            raise
        return _ask(request, work, user, Filled.again(work, form, error), "", [], [])
    return go_and_say(
        request, f"/settings/users/{user}/tracking", language.say("Saved. A new pool fills within a moment.")
    )


@router.post("/settings/users/{user}/tracking/{pool}/end")
def end(request: Request, user: Id, pool: Id, work: StaffWork) -> Response:
    """What they saw through it alone is gone with their next request."""
    tracking.untrack(user, pool, work)
    return go_and_say(request, f"/settings/users/{user}/tracking", language_of(request).say("No longer tracked."))


def _ask(
    request: Request, work: Work, user: uuid.UUID, form: Filled, q: str, picked: list[uuid.UUID], named: list[str]
) -> Response:
    tracked = tracking.index(user, work)
    tracker = _tracker(work, user)
    preview: TrackingPreview | None = None
    if (picked or named) and tracker.role != Role.ANALYST:
        try:
            preview = tracking.preview(user, Picked(pools=tuple(picked), tags=tuple(named)), work, limit=NAMED)
        except MicropoolsError as error:
            form = Filled(error=error)
    choices = tracking.choices(user, work, q=q) if tracker.role != Role.ANALYST else []
    values = {
        "tracker": tracker,
        "tracked": tracked,
        "choices": [choice for choice in choices if (choice.tag or choice.pool) not in {*picked, *named}],
        "preview": preview,
        "q": q,
        "form": form,
    }
    if wants_part(request):
        return part(request, "tracking_picked.html", work, values)
    return page(request, "tracking.html", work, values, form.status)


def _tracker(work: Work, user: uuid.UUID) -> Tracker:
    if user == work.caller.id:
        return Tracker(user, work.caller.name, work.caller.role)
    found = users.read(user, work)
    return Tracker(user, found.name, found.role)
