"""The settings, by what they are about."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.work import STAFF, StaffWork
from records.models import Role
from web.rendering import page
from web.route import pages
from web.wording import noted

router = pages()

_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Place:
    """A page of settings, and what it is for."""

    address: str
    title: str
    says: str
    icon: str
    roles: frozenset[Role] = _ADMINISTRATORS


PLACES = (
    Place(
        "/settings/users", noted("Users"), noted("Who may sign in, as what, and what each of them tracks."), "people"
    ),
    Place(
        "/settings/tags",
        noted("Tags"),
        noted("Names, synonyms, the tree of places, and what is one and the same."),
        "tag",
        STAFF,
    ),
    Place("/settings/reasons", noted("Rejection reasons"), noted("Added, renamed, merged, retired."), "close"),
    Place("/settings/jobs", noted("Jobs"), noted("Reindexing, checks, and changes that were set aside."), "gear"),
    Place(
        "/settings/tracking", noted("What I track"), noted("Pools and tags of which your bell tells."), "bell", STAFF
    ),
    Place("/settings/slack", noted("Slack"), noted("The workspace in which notices reach people."), "bell"),
    Place("/settings/webhooks", noted("Webhooks"), noted("Other systems that hear of who comes into pools."), "gear"),
    Place("/settings/messages", noted("Messages"), noted("Those that could not be sent, and why."), "close"),
    Place(
        "/settings/notices", noted("Notices"), noted("How often colleagues hear of what, until they choose."), "bell"
    ),
)


@router.get("/settings")
def index(request: Request, work: StaffWork) -> HTMLResponse:
    """Those that the reader's role may open."""
    places = [place for place in PLACES if work.caller.role in place.roles]
    return page(request, "settings.html", work, {"places": places})
