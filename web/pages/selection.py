"""What is done with the people selected in a list: asked first, done, and told of whom and of whom not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from api.fields import Id
from api.routes import bulk, positions, selection, shares
from api.routes.bulk import ApplyMany, Done, RejectMany, ShareMany, TagMany
from api.routes.selection import Column, Export, Selected
from api.selecting import MOST_AT_ONCE, Selection
from api.work import ReaderWork, StaffWork, Work
from core.errors import MicropoolsError
from web.addresses import HOME, own_path
from web.forms import Filled, Form, Sent, body_of
from web.languages import Language, language_of
from web.picked import LIST, Picked
from web.rendering import go_and_say, go_to, page
from web.route import pages
from web.wording import COLUMNS

router = pages()

# So many open positions fit into a list somebody chooses from; they are asked for a page at a time.
MOST_POSITIONS = 1_000
A_PAGE = 200
# The way to say "the only application they have" in a field that otherwise holds a position.
ONLY = "only"

Do = Callable[[Form, Sequence[str], Language], Done]


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of action: its name, and what its form shows to choose from."""

    what: str
    choices: Mapping[str, Any] = field(default_factory=dict)


@router.post("/talent/selected/tag")
def tag(request: Request, form: Sent, work: StaffWork) -> Response:
    """Tags and locations to put on them."""

    def do(form: Form, people: Sequence[str], language: Language) -> Done:
        body = body_of(TagMany, {"people": people, **_names_in(form)}, language)
        return bulk.tag(body, Response(), work)

    return _asked(request, form, work, Ask("tag"), do)


@router.post("/talent/selected/untag")
def untag(request: Request, form: Sent, work: StaffWork) -> Response:
    """Tags to take off them, of those they carry."""

    def do(form: Form, people: Sequence[str], language: Language) -> Done:
        values = {"people": people, "tags": form.all("tags"), "locations": form.all("locations")}
        return bulk.untag(body_of(TagMany, values, language), Response(), work)

    return _asked(request, form, work, Ask("untag"), do)


@router.post("/talent/selected/share")
def share(request: Request, form: Sent, work: StaffWork) -> Response:
    """Whom to share them with, and through which application."""

    def do(form: Form, people: Sequence[str], language: Language) -> Done:
        values = {"people": people, "user": form.text("user"), "position": _position_in(form)}
        return bulk.share(body_of(ShareMany, values, language), Response(), work)

    return _asked(request, form, work, Ask("share", {"colleagues": shares.colleagues(work)}), do)


@router.post("/talent/selected/reject")
def reject(request: Request, form: Sent, work: StaffWork) -> Response:
    """For which position, and why."""

    def do(form: Form, people: Sequence[str], language: Language) -> Done:
        values = {
            "people": people,
            "position": _position_in(form),
            "reason": form.text("reason"),
            "note": form.text("note") or None,
        }
        return bulk.reject(body_of(RejectMany, values, language), Response(), work)

    reasons = [each for each in positions.reasons(work) if not each.retired]
    return _asked(request, form, work, Ask("reject", {"reasons": reasons}), do)


@router.post("/talent/selected/add")
def add(request: Request, form: Sent, work: StaffWork) -> Response:
    """The position they are to stand for."""

    def do(form: Form, people: Sequence[str], language: Language) -> Done:
        values = {"people": people, "position": form.text("position"), "source": form.text("source") or None}
        return bulk.apply(body_of(ApplyMany, values, language), Response(), work)

    return _asked(request, form, work, Ask("add", {"open_positions": _open_positions(work)}), do)


@router.post("/talent/selected/export")
def export(request: Request, form: Sent, work: ReaderWork) -> Response:
    """A file for a spreadsheet, in the reader's language."""
    language, picked = language_of(request), Picked.of(form)
    if picked.is_empty:
        return _nobody(request, picked, language)
    chosen = picked.selection(language)
    if form.text("do"):
        body = Export(**dict(chosen), separator=language.separator)
        return selection.exported(body, work, lambda column: language.say(COLUMNS[column]))
    columns: tuple[Column, ...] = selection.columns_for(work)
    ask = Ask("export", {"columns": [COLUMNS[column] for column in columns]})
    return _form(request, work, ask, picked, selection.selected(chosen, work), Filled())


@router.get("/talent/selected/{action}")
def done(request: Request, action: Id, work: StaffWork) -> Response:
    """What came of it."""
    told = bulk.read(action, work)
    left_out = [*told.left_out, *(told.undone.left_out if told.undone else ())]
    ids = list(dict.fromkeys([*told.changed, *(person for each in left_out for person in each.people)]))
    people = selection.selected(Selection(people=tuple(ids)), work).people if ids else []
    back = own_path(request.query_params.get("back", ""))
    values = {
        "done": told,
        "names": {person.id: person.name for person in people},
        "back": LIST if back == HOME else back,
    }
    return page(request, "selected_done.html", work, values)


@router.post("/talent/selected/{action}/undo")
def undo(action: Id, form: Sent, work: StaffWork) -> Response:
    """Takes back what it did."""
    bulk.undo(action, work)
    return go_to(_result(action, own_path(form.text("back"))))


def _asked(request: Request, form: Form, work: Work, ask: Ask, do: Do) -> Response:
    """The form of an action, until it is sent with what is to be done; then it is done."""
    language, picked = language_of(request), Picked.of(form)
    if picked.is_empty:
        return _nobody(request, picked, language)
    chosen = picked.selection(language)
    filled = Filled()
    if form.text("do") and chosen.people is not None:
        try:
            told = do(form, picked.people, language)
        except MicropoolsError as error:
            filled = Filled.again(work, form, error)
        else:
            return go_to(_result(told.id, picked.back))
    return _form(request, work, ask, picked, selection.selected(chosen, work), filled)


def _form(request: Request, work: Work, ask: Ask, picked: Picked, chosen: Selected, filled: Filled) -> Response:
    if not chosen.people:
        return _nobody(request, picked, language_of(request))
    values = {
        "what": ask.what,
        "chosen": chosen,
        "picked": picked,
        "form": filled,
        "most": MOST_AT_ONCE,
        "only": ONLY,
        "too_many": ask.what != "export" and chosen.total > MOST_AT_ONCE,
        "choices": ask.choices,
    }
    return page(request, "selected.html", work, values, filled.status)


def _nobody(request: Request, picked: Picked, language: Language) -> Response:
    return go_and_say(request, picked.back, language.say("Nobody is selected: tick the people first."))


def _result(action: uuid.UUID, back: str) -> str:
    return f"/talent/selected/{action}?{urlencode({'back': back})}"


def _names_in(form: Form) -> dict[str, list[str]]:
    """Names as somebody types several: with commas between them."""
    return {
        name: [part.strip() for part in form.text(name).replace("\n", ",").split(",") if part.strip()]
        for name in ("tags", "locations")
    }


def _position_in(form: Form) -> str | None:
    said = form.text("position")
    return None if said == ONLY else said


def _open_positions(work: Work) -> list[positions.ListedPosition]:
    found: list[positions.ListedPosition] = []
    cursor = None
    while len(found) < MOST_POSITIONS:
        listed = positions.index(work, status="open", limit=A_PAGE, cursor=cursor)
        found += listed.items
        if (cursor := listed.next) is None:
            break
    return sorted(found, key=lambda position: position.title.casefold())
