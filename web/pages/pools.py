"""Micro-pools for whoever looks after them: all as folders, and one: what it asks, who is in it, who hears of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse

from api.account_views import UserView
from api.fields import Cursor, Id
from api.routes import folders, pools, tracking, users
from api.routes.folders import FolderView, Health, TrackerView
from api.views import PoolName
from api.work import StaffWork, Work
from core.errors import Invalid, MicropoolsError, NotFound, Problem
from records.models import Role
from web.addresses import own_path
from web.criteria import address
from web.forms import Filled, Sent
from web.languages import language_of
from web.pool_words import asked_of, changes_of
from web.rendering import go_and_say, go_to, page, part, wants_part
from web.route import pages
from web.said import say_next
from web.wording import HEALTHS, noted

router = pages()

A_PAGE = 100
# Who is in a pool is seen where people are searched; here just enough to recognise them.
NAMED = 12
MOST_BELOW = 200
MOST_CHANGES = 20
# Colleagues to choose from, a page of the API each.
MOST_PAGES_OF_USERS = 10


YOU_TRACK = noted("You track this pool now.")
THEY_TRACK = noted("Your colleague tracks this pool now, and sees the folder at once.")
YOU_ENDED = noted("You do not track this pool any more.")
THEY_ENDED = noted("Your colleague does not track this pool any more.")


@dataclass(frozen=True, slots=True)
class Row:
    """A pool in the list: how deep it is shown, and what above it has to be said because the rows before do not."""

    pool: FolderView
    depth: int
    path: list[PoolName]
    tracked: bool


@router.get("/pools")
def index(
    request: Request,
    work: StaffWork,
    name: Annotated[str, Query(max_length=200)] = "",
    health: str = "",
    cursor: Cursor = None,
) -> HTMLResponse:
    """All pools as folders, and how each does; narrowed by name and health."""
    wanted: Health | None = next((each for each in get_args(Health) if each == health), None)
    listed = folders.overview(work, name.strip().replace("\0", ""), wanted, None, A_PAGE, cursor)
    tracked = {each.pool for each in tracking.index(work.caller.id, work)}
    narrowed = bool(name.strip() or wanted)
    values = {
        "rows": _rows(listed.items, narrowed, tracked),
        "next": listed.next,
        "first": cursor is None,
        "name": name,
        "health": wanted or "",
        "narrowed": narrowed,
        "pages_from": address("/pools", [("name", name), ("health", wanted or "")]) if narrowed else "/pools",
        "healths": HEALTHS,
    }
    if wants_part(request):
        return part(request, "pools_listed.html", work, values)
    return page(request, "pools.html", work, values)


def _rows(items: list[FolderView], narrowed: bool, tracked: set[uuid.UUID]) -> list[Row]:
    shown: set[uuid.UUID] = set()
    rows = []
    for pool in items:
        depth = 0 if narrowed else len(pool.above)
        # Of a folder whose parent stands on another page, or was not asked for, it is said where it lies.
        known = not pool.above or (not narrowed and pool.above[-1].id in shown)
        rows.append(Row(pool, depth, [] if known else pool.above, pool.id in tracked))
        shown.add(pool.id)
    return rows


@router.get("/pools/{pool}")
def one(request: Request, pool: Id, work: StaffWork) -> HTMLResponse:
    """What it asks in words, who is in it now, how it does, who tracks it, and who changed what."""
    return _one(request, work, pool, Filled())


@router.post("/pools/{pool}/trackers")
def track(request: Request, pool: Id, form: Sent, work: StaffWork) -> Response:
    """Have a colleague track it, or oneself."""
    language = language_of(request)
    try:
        user = _user_in(form.text("user")) if form.text("user") else work.caller.id
        tracking.track(user, pool, work)
    except NotFound:
        raise
    except MicropoolsError as error:
        return _one(request, work, pool, Filled.again(work, form, error))
    answer = go_to(_back(form.text("back"), pool))
    mine = user == work.caller.id
    said = YOU_TRACK if mine else THEY_TRACK
    say_next(request, answer, language.say(said))
    return answer


@router.post("/pools/{pool}/trackers/{user}/end")
def untrack(request: Request, pool: Id, user: Id, form: Sent, work: StaffWork) -> Response:
    """What they saw through this pool alone is gone with the next request."""
    tracking.untrack(user, pool, work)
    answer = go_to(_back(form.text("back"), pool))
    mine = user == work.caller.id
    said = YOU_ENDED if mine else THEY_ENDED
    say_next(request, answer, language_of(request).say(said))
    return answer


@router.get("/pools/{pool}/delete")
def ask_deletion(request: Request, pool: Id, work: StaffWork) -> HTMLResponse:
    """What deleting it would do, before it is done."""
    return _deletion(request, work, pool, Filled())


@router.post("/pools/{pool}/delete")
def delete(request: Request, pool: Id, form: Sent, work: StaffWork) -> Response:
    """For good; a pool with others below it stays."""
    try:
        pools.delete(pool, work)
    except NotFound:
        raise
    except MicropoolsError as error:
        return _deletion(request, work, pool, Filled.again(work, form, error))
    return go_and_say(request, "/pools", language_of(request).say("The pool is deleted."))


def _one(request: Request, work: Work, pool: uuid.UUID, form: Filled) -> HTMLResponse:
    folder, below = _branch(work, pool)
    trackers = folders.trackers(pool, work)
    values = {
        "folder": folder,
        "below": below,
        "asked": asked_of(request, work, pool),
        "members": pools.members(pool, work, limit=NAMED),
        "trackers": nearest(trackers),
        "mine": any(each.user == work.caller.id and each.pool.id == pool for each in trackers),
        "others": _others(work, pool, trackers),
        "changes": changes_of(request, work, pool, MOST_CHANGES),
        "healths": HEALTHS,
        "form": form,
    }
    return page(request, "pool.html", work, values, form.status)


def _deletion(request: Request, work: Work, pool: uuid.UUID, form: Filled) -> HTMLResponse:
    folder, below = _branch(work, pool)
    children = [each for each in below if len(each.above) == len(folder.above) + 1]
    trackers = [each for each in folders.trackers(pool, work) if each.pool.id == pool]
    values = {"folder": folder, "children": children, "trackers": trackers, "form": form}
    return page(request, "pool_delete.html", work, values, form.status)


def _branch(work: Work, pool: uuid.UUID) -> tuple[FolderView, list[FolderView]]:
    """The pool, and those that lie in it. NotFound where there is none."""
    found = folders.overview(work, "", None, pool, MOST_BELOW, None).items
    if not found:
        raise NotFound("pool")
    return found[0], found[1:]


def nearest(trackers: list[TrackerView]) -> list[TrackerView]:
    """Each user once, with the nearest of the pools through which they hear of it."""
    found: dict[uuid.UUID, TrackerView] = {}
    for each in trackers:
        found.setdefault(each.user, each)
    return list(found.values())


def _others(work: Work, pool: uuid.UUID, trackers: list[TrackerView]) -> list[UserView]:
    """Colleagues an administrator could have track it, by name."""
    if work.caller.role != Role.ADMINISTRATOR:
        return []
    having = {each.user for each in trackers if each.pool.id == pool}
    found: list[UserView] = []
    cursor = None
    for _ in range(MOST_PAGES_OF_USERS):
        listed = users.index(work, limit=200, cursor=cursor)
        found += listed.items
        if (cursor := listed.next) is None:
            break
    able = [each for each in found if each.active and each.role != Role.ANALYST and each.id not in having]
    return sorted(able, key=lambda each: each.name.casefold())


def _user_in(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(
            "There is no such colleague.", problems=(Problem("user", "There is no such colleague."),)
        ) from error


def _back(named: str, pool: uuid.UUID) -> str:
    """The page it was done on."""
    return own_path(named) if named else f"/pools/{pool}"
