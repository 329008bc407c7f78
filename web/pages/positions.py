"""Positions: listed, opened and closed; who applied, as a board of stages; and whom a position is shared with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import Response

from api.fields import Body, Cursor, Id, Printable
from api.routes import applications, positions, shares
from api.routes.applications import NewApplication, Stage
from api.routes.positions import ChangedPosition, NewPosition
from api.suggesting import suggest
from api.work import ReaderWork, StaffWork, Work
from core.errors import MicropoolsError, NotFound
from web.board import board_of
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.pages.applications import colleague_in, rejection_in
from web.rendering import go_to, page, part, wants_part
from web.route import pages
from web.said import say_beside, say_next
from web.wording import noted

router = pages()

A_PAGE = 50
# A board with more people than this is read in pages; the newest come first.
A_BOARD = 200
MOST_REJECTED = 50
MOST_FOUND = 8

Status = Annotated[Literal["open", "closed", "all"], Query()]
Typed = Annotated[str, Query(max_length=200), Printable]


class Moved(Body):
    """Which application goes where."""

    application: uuid.UUID


class Added(Body):
    """Who is added to a position."""

    candidate: uuid.UUID


@router.get("/positions")
def index(
    request: Request, work: ReaderWork, q: Typed = "", status: Status = "open", cursor: Cursor = None
) -> Response:
    """All positions; for hiring managers what was shared with them."""
    if not work.sees_all:
        shared = shares.with_me(work, limit=A_PAGE, cursor=cursor)
        return page(request, "positions_shared.html", work, {"shared": shared, "first": cursor is None})
    return _listed(request, work, Filled(), q, status, cursor)


@router.post("/positions")
def create(request: Request, form: Sent, work: StaffWork) -> Response:
    """Opens a position, and shows its board."""
    try:
        body = body_of(NewPosition, {"title": form.text("title")}, language_of(request))
        created = positions.create(body, Response(), work)
    except MicropoolsError as error:
        return _listed(request, work, Filled.again(work, form, error))
    return _back(request, created.id, noted("The position is open."))


@router.get("/positions/{position}")
def read(request: Request, position: Id, work: ReaderWork, person: Typed = "", cursor: Cursor = None) -> Response:
    """The board; `person` looks for somebody to add."""
    return _shown(request, work, position, person=person, cursor=cursor)


@router.post("/positions/{position}/change")
def change(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """Another title, closed, or open again."""

    def do() -> None:
        values = {name: form.text(name) for name in ("title", "status") if form.all(name)}
        positions.change(position, body_of(ChangedPosition, values, language_of(request)), work)

    return _tried(request, work, position, form, "change", do, noted("The position is changed."))


@router.post("/positions/{position}/move")
def move(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """An application goes to another stage."""

    def do() -> None:
        stage = body_of(Stage, {"stage": form.text("stage")}, language_of(request))
        applications.move(_application(request, form), stage, Response(), work)

    return _tried(request, work, position, form, "board", do)


@router.post("/positions/{position}/reject")
def reject(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """An application ends with a reason."""

    def do() -> None:
        applications.reject(_application(request, form), rejection_in(request, form), work)

    return _tried(request, work, position, form, "board", do, noted("The application is rejected."))


@router.post("/positions/{position}/undo")
def undo(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """A rejected application is open again."""
    said = noted("The rejection is undone.")
    return _tried(
        request, work, position, form, "board", lambda: applications.undo(_application(request, form), work), said
    )


@router.post("/positions/{position}/add")
def add(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """Somebody who is known already is added."""

    def do() -> None:
        language = language_of(request)
        candidate = body_of(Added, {"candidate": form.text("candidate") or None}, language).candidate
        body = body_of(NewApplication, {"position": position, "stage": form.text("stage") or "new"}, language)
        applications.create(candidate, body, Response(), work)

    return _tried(request, work, position, form, "add", do, noted("The application was added."))


@router.post("/positions/{position}/share")
def share(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """Gives the whole position to a colleague."""

    def do() -> None:
        shares.share_position(position, colleague_in(request, form), work)

    return _tried(request, work, position, form, "share", do, noted("The position is shared."))


@router.post("/positions/{position}/unshare")
def unshare(request: Request, position: Id, form: Sent, work: StaffWork) -> Response:
    """Takes it back."""

    def do() -> None:
        shares.unshare_position(position, colleague_in(request, form), work)

    return _tried(request, work, position, form, "share", do, noted("The position is no longer shared."))


def _application(request: Request, form: Form) -> uuid.UUID:
    return body_of(Moved, {"application": form.text("application") or None}, language_of(request)).application


def _tried(
    request: Request,
    work: Work,
    position: uuid.UUID,
    form: Form,
    what: str,
    do: Callable[[], object],
    said: str = "",
) -> Response:
    """Do it, and show the board: alone for htmx, else by the way back to it."""
    positions.read(position, work)
    try:
        do()
    except NotFound:
        raise
    except MicropoolsError as error:
        filled = Filled.again(work, form, error)
        if wants_part(request) and filled.status != 422:
            raise
        return _shown(request, work, position, failed=(what, filled))
    if wants_part(request):
        answer = _shown(request, work, position)
        if said:
            say_beside(answer, language_of(request).say(said))
        return answer
    return _back(request, position, said)


def _back(request: Request, position: uuid.UUID, said: str) -> Response:
    answer = go_to(f"/positions/{position}")
    if said:
        say_next(request, answer, language_of(request).say(said))
    return answer


def _listed(
    request: Request, work: Work, form: Filled, q: str = "", status: str = "open", cursor: str | None = None
) -> Response:
    only: Any = None if status == "all" else status
    listed = positions.index(work, q, only, limit=A_PAGE, cursor=cursor)
    values = {"form": form, "listed": listed, "q": q, "status": status, "first": cursor is None}
    return page(request, "positions.html", work, values, form.status)


def _shown(
    request: Request,
    work: Work,
    position: uuid.UUID,
    *,
    person: str = "",
    cursor: str | None = None,
    failed: tuple[str, Filled] | None = None,
) -> Response:
    waiting = positions.applicants(position, work, rejected=False, limit=A_BOARD, cursor=cursor)
    rejected = positions.applicants(position, work, rejected=True, limit=MOST_REJECTED)
    values: dict[str, Any] = {
        "position": positions.read(position, work),
        "columns": board_of(waiting.items),
        "rejected": rejected,
        "following": waiting.next,
        "first": cursor is None,
        "failed": failed or ("", Filled()),
        "blank": Filled(),
        "may": work.sees_all,
        "person": person,
        "found": None,
        "reasons": [],
        "shared": [],
        "colleagues": [],
    }
    if work.sees_all:
        values |= {
            "reasons": [reason for reason in positions.reasons(work) if not reason.retired],
            "shared": shares.of_position(position, work),
            "colleagues": shares.colleagues(work),
            "found": suggest(work, person, MOST_FOUND).people if person.strip() else None,
        }
    status = values["failed"][1].status
    if wants_part(request):
        answer = part(request, "position_board.html", work, values)
        answer.status_code = status
        return answer
    return page(request, "position.html", work, values, status)
