"""The editor of pools: what one asks, by the controls of the search, and who would be in it while it is put together.

Its address is what stands in it, so looking at it is asking for it (GET); only saving is a POST.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from api import naming
from api.fields import Id
from api.routes import folders, pools, search
from api.routes.pools import ChangedPool, NewPool, PoolView, Preview, TriedOut
from api.routes.search import FoundView, Search
from api.work import StaffWork, Work
from core.errors import Changed, Invalid, MicropoolsError, NotFound
from search.address import pairs_of
from search.criteria import Criteria
from web.criteria import Pairs, address, asked_in, chips_among, criteria_among
from web.facets import Beside, Shown
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.naming import names_of
from web.pool_words import Asking, asked_of, criteria_of, slips_of
from web.rendering import go_to, page, part, wants_part
from web.route import pages
from web.said import say_next

router = pages()

A_PAGE = 200
# Folders to put it into: more than these nobody looks through in a list.
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the editor. `version` is that of the pool it began from, `confirmed` what was agreed to show."""

    name: str
    parent: str
    pairs: Pairs
    shown: Shown
    version: str = ""
    confirmed: str = ""

    @classmethod
    def of(cls, given: Iterable[tuple[str, str]]) -> Draft:
        """As an address or a form has it. The one folder somebody searched in becomes the one it lies in."""
        given = list(given)
        last = dict(given)
        pairs, parent = criteria_among(given), last.get("parent", "").strip()
        searched_in = [value for name, value in pairs if name == "pool"]
        if not parent and len(searched_in) == 1:
            pairs, parent = [pair for pair in pairs if pair[0] != "pool"], searched_in[0]
        named = (last.get(name, "") for name in ("version", "confirmed"))
        return cls(last.get("name", ""), parent, pairs, Shown.of(given), *named)

    @classmethod
    def of_pool(cls, pool: PoolView, version: str) -> Draft:
        """As the pool is stored."""
        return cls(pool.name, str(pool.parent or ""), pairs_of(criteria_of(pool.criteria)), Shown(), version)

    @property
    def parent_id(self) -> uuid.UUID | None:
        """The pool it is to lie in."""
        return _id(self.parent)

    @property
    def also(self) -> list[tuple[str, str]]:
        """What stands beside the question and goes along when something of it is taken off."""
        kept = (("name", self.name), ("parent", self.parent), ("version", self.version))
        return [(name, value) for name, value in kept if value]

    def agreed(self, preview: Preview) -> str:
        """What somebody agrees to who saves this after they were told whom it shows to how many."""
        colleagues = preview.shows.colleagues if preview.shows else 0
        return address(f"{colleagues}", [("parent", self.parent), *self.pairs])


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
    answer = go_to(f"/pools/{made.id}")
    said = language_of(request).say(
        "The pool is made. Whoever is there already fills it in a moment, and rings nobody."
    )
    say_next(request, answer, said)
    return answer


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
        agreed = _ask_first(editor, draft, body)
        if agreed is not None and agreed.shows and agreed.shows.people and draft.confirmed != draft.agreed(agreed):
            return _shown(editor, draft, confirm=agreed)
        pools.change(pool, body, Response(), work, draft.version or None)
    except NotFound:
        raise
    except MicropoolsError as error:
        error = _taken_back(work, form, error)
        if not isinstance(error, Changed):
            return _shown(editor, draft, error=error)
        view, version = _read(work, pool)
        return _shown(Editor(request, work, view), replace(draft, version=version), error=error)
    answer = go_to(f"/pools/{pool}")
    say_next(request, answer, language_of(request).say("The pool is saved."))
    return answer


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
    """What saving would show, where it changes who is in the pool."""
    if not {"criteria", "parent"} & body.model_fields_set:
        return None
    return _preview(
        editor, asked_in(draft.pairs), body.parent if "parent" in body.model_fields_set else draft.parent_id
    )


def _preview(editor: Editor, criteria: Criteria, parent: uuid.UUID | None) -> Preview:
    of = editor.pool.id if editor.pool else None
    return pools.preview(TriedOut(criteria=criteria, parent=parent, pool=of), editor.work)


def _taken_back(work: Work, form: Form, error: MicropoolsError) -> MicropoolsError:
    Filled.again(work, form, error)
    return error


def _shown(
    editor: Editor, draft: Draft, *, error: MicropoolsError | None = None, confirm: Preview | None = None
) -> HTMLResponse:
    request, work = editor.request, editor.work
    language = language_of(request)
    above = _above(editor, draft)
    criteria, slips, preview = Criteria(), slips_of(error, draft.pairs, language), confirm
    found: FoundView | None = None
    beside = Beside(draft.pairs, draft.shown, language, True, editor.base, draft.also)
    try:
        criteria = asked_in(draft.pairs)
        found = search.found_view(Search(criteria=_within(criteria, above), limit=1, facets=beside.to_ask([])), work)
        if preview is None and (draft.pairs or above):
            preview = _preview(editor, criteria, draft.parent_id)
    except Invalid as invalid:
        slips = slips or slips_of(invalid, draft.pairs, language)
    names = names_of(naming.called(work, criteria), found, [])
    panels = beside.panels(found["facets"] if found else {}, names)
    trackers = _readers(editor, draft)
    values: dict[str, Any] = {
        "pool": editor.pool,
        "base": editor.base,
        "form": Filled({"name": draft.name, "parent": draft.parent}, error),
        "general": error is not None and not slips and not isinstance(error, Changed),
        "version": draft.version,
        "words": dict(draft.pairs).get("q", ""),
        "chips": chips_among(draft.pairs, names, language, editor.base, beside.kept),
        "clear": address(editor.base, beside.kept),
        "problems": slips,
        "above": above,
        "panels": panels,
        "heads": beside.heads(),
        "asked": dict(draft.pairs),
        "hidden": [pair for pair in beside.unseen(panels, []) if pair[0] not in ("q", "name", "parent", "version")],
        "preview": preview,
        "trackers": trackers,
        "readers": [each for each in trackers if each.role == "hiring_manager"],
        "confirm": confirm.shows if confirm else None,
        "confirmed": draft.agreed(confirm) if confirm else "",
        "overtaken": _now(editor) if isinstance(error, Changed) else None,
        "is_part": wants_part(request),
    }
    if wants_part(request):
        return part(request, "pool_asked.html", work, values)
    values["folders"] = _folders(editor)
    return page(request, "pool_editor.html", work, values, error.status if error else 200)


def _within(criteria: Criteria, above: list[Asking]) -> Criteria:
    """The question among those who are in the pool above, so that the facets count what would be in this one."""
    if not above or criteria.pools != Criteria().pools:
        return criteria
    return criteria.model_copy(update={"pools": criteria.pools.model_copy(update={"all": (above[0].pool.id,)})})


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


def _readers(editor: Editor, draft: Draft) -> list[folders.TrackerView]:
    """Who would hear of those who come: each once."""
    of = editor.pool.id if editor.pool else draft.parent_id
    try:
        trackers = folders.trackers(of, editor.work) if of else []
    except NotFound:
        trackers = []
    return list({each.user: each for each in reversed(trackers)}.values())[::-1]


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


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
