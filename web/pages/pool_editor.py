"""The editor of pools: what one asks, by the controls of the search, and who would be in it while it is put together.

Its address is what stands in it, so looking at it is asking for it (GET); only saving is a POST.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from api import naming
from api.fields import Id
from api.routes import folders, pools
from api.routes.pools import ChangedPool, NewPool, PoolView, Preview
from api.work import StaffWork, Work
from core.errors import Changed, Invalid, MicropoolsError, NotFound
from records.models import Role
from web.criteria import address, asked_in, chips_among
from web.facets import Beside
from web.forms import Filled, Form, Sent, body_of
from web.found import names_of
from web.languages import language_of
from web.mistakes import wrong_with
from web.pages.pools import nearest
from web.pool_draft import Draft, look_at, preview_of
from web.pool_words import Asking, asked_of, criteria_of, slips_of
from web.rendering import go_and_say, page, part, wants_part
from web.route import pages

router = pages()

A_PAGE = 200
# Folders to put it into: more than these nobody looks through in a list.
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Editor:
    """The editor as somebody has it open: for a new pool, or for one that is there."""

    request: Request
    work: Work
    pool: PoolView | None = None

    @property
    def base(self) -> str:
        """Its address with nothing in it."""
        return f"/pools/{self.pool.id}/edit" if self.pool else "/pools/new"


@router.get("/pools/new")
def new(request: Request, work: StaffWork) -> HTMLResponse:
    """Begins with the question of any search whose address is given."""
    return _shown(Editor(request, work), Draft.of(request.query_params.multi_items()))


@router.post("/pools/new")
def create(request: Request, form: Sent, work: StaffWork) -> Response:
    """Makes it; whoever answers to it is in it a moment later."""
    draft = Draft.of(form.pairs)
    try:
        values = {"name": draft.name, "criteria": asked_in(draft.pairs), "parent": draft.parent or None}
        made = pools.create(body_of(NewPool, values, language_of(request)), Response(), work)
    except MicropoolsError as error:
        return _shown(Editor(request, work), draft, error=_taken_back(work, form, error))
    said = language_of(request).say(
        "The pool is made. Whoever is there already fills it in a moment, and rings nobody."
    )
    return go_and_say(request, f"/pools/{made.id}", said)


@router.get("/pools/{pool}/edit")
def edit(request: Request, pool: Id, work: StaffWork) -> HTMLResponse:
    """The pool as it is stored, or with what was changed of it so far."""
    view, version = _read(work, pool)
    given = request.query_params.multi_items()
    draft = Draft.of(given) if given else Draft.of_pool(view, version)
    return _shown(Editor(request, work, view), replace(draft, version=draft.version or version))


@router.post("/pools/{pool}/edit")
def change(request: Request, pool: Id, form: Sent, work: StaffWork) -> Response:
    """Saves it; where that shows people to colleagues who do not see them yet, only after it was said to how many."""
    draft = Draft.of(form.pairs)
    view, _ = _read(work, pool)
    editor = Editor(request, work, view)
    try:
        body = _changed(editor, draft)
        if (unsaid := _ask_first(editor, draft, body)) is not None:
            return _shown(editor, draft, confirm=unsaid)
        pools.change(pool, body, Response(), work, draft.version or None)
    except NotFound:
        raise
    except MicropoolsError as error:
        error = _taken_back(work, form, error)
        if not isinstance(error, Changed):
            return _shown(editor, draft, error=error)
        view, version = _read(work, pool)
        return _shown(Editor(request, work, view), replace(draft, version=version), error=error)
    return go_and_say(request, f"/pools/{pool}", language_of(request).say("The pool is saved."))


def _changed(editor: Editor, draft: Draft) -> ChangedPool:
    """What of the pool is not as it was."""
    assert editor.pool is not None
    values: dict[str, Any] = {"name": draft.name}
    criteria = asked_in(draft.pairs)
    if criteria != criteria_of(editor.pool.criteria):
        values["criteria"] = criteria
    if draft.parent != str(editor.pool.parent or ""):
        values["parent"] = draft.parent or None
    return body_of(ChangedPool, values, language_of(editor.request))


def _ask_first(editor: Editor, draft: Draft, body: ChangedPool) -> Preview | None:
    """What saving would show to somebody who has not agreed to it yet; None where it may be saved."""
    if editor.pool is None or not {"criteria", "parent"} & body.model_fields_set:
        return None
    preview = preview_of(editor.work, draft, editor.pool.id)
    shows = preview.shows is not None and preview.shows.people > 0
    return preview if shows and draft.confirmed != draft.agreed(preview) else None


def _taken_back(work: Work, form: Form, error: MicropoolsError) -> MicropoolsError:
    Filled.again(work, form, error)
    return error


def _shown(
    editor: Editor, draft: Draft, *, error: MicropoolsError | None = None, confirm: Preview | None = None
) -> HTMLResponse:
    request, work, language = editor.request, editor.work, language_of(editor.request)
    own = editor.pool.id if editor.pool else None
    beside = Beside(draft.pairs, draft.shown, language, True, editor.base, draft.also)
    look = look_at(work, draft, own, beside.to_ask())
    trouble = error or look.wrong
    slips = slips_of(trouble, draft.pairs, language)
    counted = look.found["facets"] if look.found else {}
    names = names_of(naming.called(work, look.criteria), counted, {})
    panels = beside.panels(counted, names)
    trackers = _trackers(editor, draft)
    values: dict[str, Any] = {
        "pool": editor.pool,
        "base": editor.base,
        "form": Filled({"name": draft.name, "parent": draft.parent}, None if isinstance(error, Changed) else trouble),
        "general": not slips,
        "version": draft.version,
        "words": dict(draft.pairs).get("q", ""),
        "wrong": wrong_with(trouble, draft.pairs, editor.base) if _is_of_the_words(trouble) else None,
        "chips": chips_among(draft.pairs, names, language, editor.base, beside.kept),
        "clear": address(editor.base, beside.kept),
        "slips": slips,
        "above": _above(editor, draft),
        "panels": panels,
        "heads": beside.heads(),
        "fields": dict(draft.pairs),
        "unseen": [pair for pair in beside.unseen(panels) if pair not in draft.also],
        "preview": look.preview,
        "trackers": trackers,
        "confirm": confirm.shows if confirm else None,
        "confirmed": draft.agreed(confirm) if confirm else "",
        "readers": [each for each in trackers if each.role == Role.HIRING_MANAGER and each.pool.id == own],
        "overtaken": _now(editor) if isinstance(error, Changed) else None,
        "is_part": wants_part(request),
    }
    if wants_part(request):
        return part(request, "pool_asked.html", work, values)
    values["folders"] = _folders(editor)
    return page(request, "pool_editor.html", work, values, error.status if error else 200)


def _is_of_the_words(error: MicropoolsError | None) -> TypeGuard[Invalid]:
    return isinstance(error, Invalid) and any(
        each.place.endswith(("criteria.text", "query.q")) for each in error.problems
    )


def _above(editor: Editor, draft: Draft) -> list[Asking]:
    """What the pools ask that it is to lie in, the nearest first."""
    if draft.parent_id is None:
        return []
    try:
        return asked_of(editor.request, editor.work, draft.parent_id)
    except NotFound:
        return []


def _now(editor: Editor) -> list[Any]:
    assert editor.pool is not None
    return asked_of(editor.request, editor.work, editor.pool.id)[0].chips


def _trackers(editor: Editor, draft: Draft) -> list[folders.TrackerView]:
    """Who would hear of those who come: each once."""
    of = editor.pool.id if editor.pool else draft.parent_id
    try:
        trackers = folders.trackers(of, editor.work) if of else []
    except NotFound:
        trackers = []
    return nearest(trackers)


def _folders(editor: Editor) -> list[folders.FolderView]:
    """The pools it could lie in: all but itself and those below it."""
    found: list[folders.FolderView] = []
    cursor = None
    for _ in range(MOST_PAGES):
        listed = folders.overview(editor.work, "", None, None, A_PAGE, cursor)
        found += listed.items
        if (cursor := listed.next) is None:
            break
    own = editor.pool.id if editor.pool else None
    return [each for each in found if own is None or (each.id != own and own not in {a.id for a in each.above})]


def _read(work: Work, pool: uuid.UUID) -> tuple[PoolView, str]:
    answer = Response()
    view = pools.read(pool, answer, work)
    return view, answer.headers["etag"]
