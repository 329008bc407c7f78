"""People: added, read as far as the reader may, changed, tagged, erased; and what a reader of a pool says of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from api.fields import Body, Id, Line, Printable
from api.routes import candidates, requests, tags
from api.routes.candidates import ChangedCandidate, NewPerson, Tagging
from api.routes.requests import Remark
from api.views import CandidateView, candidate_view, etag_of
from api.work import ManagerWork, ReaderWork, StaffWork, Work
from core.errors import Changed, MicropoolsError, NotAllowed
from core.text import fold
from search.bands import LEVELS
from web import person_form
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.people import Failed, address_of, sheet
from web.rendering import go_and_say, go_to, page, part, wants_part
from web.route import pages
from web.said import say_beside, say_next
from web.wording import noted

router = pages()

MOST_SUGGESTED = 12
LOOK_ONLY = noted("You see this person through a pool you track; such access does not change anything.")


@router.get("/people/new")
def new(request: Request, work: StaffWork) -> Response:
    """Asks who it is."""
    return _asked_new(request, work, Filled())


@router.post("/people/new")
def create(request: Request, form: Sent, work: StaffWork) -> Response:
    """Adds the person, and shows them."""
    try:
        values = person_form.profile_in(form) | {
            "tags": person_form.names_in(form.text("tags")),
            "locations": person_form.names_in(form.text("locations")),
            "new_tags": form.text("new_tags") == "1",
        }
        created = candidates.create(body_of(NewPerson, values, language_of(request)), Response(), work)
    except MicropoolsError as error:
        return _asked_new(request, work, Filled.again(work, form, error))
    return _done(request, created.id, noted("The person was added."))


@router.get("/people/tags")
def tag_names(
    request: Request,
    work: StaffWork,
    labels: Annotated[str, Query(alias="tags", max_length=4_000), Printable] = "",
    places: Annotated[str, Query(alias="locations", max_length=4_000), Printable] = "",
) -> Response:
    """What a field of tags or places could go on with; what stands in it before the last comma is kept."""
    before, comma, last = (labels or places).rpartition(",")
    wanted = last.strip()[:200]
    found = tags.index(work, wanted, "location" if places else None, MOST_SUGGESTED) if wanted else []
    return part(request, "tag_options.html", work, {"before": f"{before}{comma} " if comma else "", "tags": found})


@router.get("/people/{candidate}")
def read(request: Request, candidate: Id, work: ReaderWork) -> Response:
    """The person, as far as the reader may see them; for htmx the sheet alone."""
    return _shown(request, work, candidate)


@router.get("/people/{candidate}/edit")
def edit(request: Request, candidate: Id, work: ReaderWork) -> Response:
    """The profile as a form."""
    person = _editable(work, candidate)
    return _asked_changes(request, work, person, Filled(person_form.values_of(person)))


@router.post("/people/{candidate}/edit")
def change(request: Request, candidate: Id, form: Sent, work: ReaderWork) -> Response:
    """Changes the profile, unless somebody else has done so since the form was opened."""
    _editable(work, candidate)
    try:
        typed = person_form.profile_in(form)
        if not work.sees_all:
            del typed["source"]
        body = body_of(ChangedCandidate, typed, language_of(request))
        try:
            candidates.change(candidate, body, Response(), work, form.text("etag"))
        except Changed:
            work.db.rollback()
            person = _editable(work, candidate)
            if form.text("stamp") != person_form.stamp_of(person):
                raise
            # What changed is beside the profile: a note, a tag, a stage.
            candidates.change(candidate, body, Response(), work, etag_of(person))
    except Changed as error:
        filled = Filled.again(work, form, error)
        person = _editable(work, candidate)
        return _asked_changes(
            request, work, person, filled, person_form.elsewhere(body.model_dump(mode="json"), person)
        )
    except MicropoolsError as error:
        filled = Filled.again(work, form, error)
        return _asked_changes(request, work, _editable(work, candidate), filled, opened=form)
    return _done(request, candidate, noted("The changes are saved."))


@router.get("/people/{candidate}/delete")
def ask_to_delete(request: Request, candidate: Id, work: StaffWork) -> Response:
    """Says what erasing means, and asks."""
    return page(request, "person_delete.html", work, {"person": candidates.read(candidate, Response(), work)})


@router.post("/people/{candidate}/delete")
def delete(request: Request, candidate: Id, work: StaffWork) -> Response:
    """Erases the person for good."""
    candidates.delete(candidate, work)
    return go_and_say(request, "/talent", language_of(request).say("The person is erased."))


@router.post("/people/{candidate}/tags")
def tag(request: Request, candidate: Id, form: Sent, work: StaffWork) -> Response:
    """Puts tags or places on the person."""

    def put() -> None:
        labels, places = _told_apart(work, person_form.names_in(form.text("tags")))
        values = {"tags": labels, "locations": places, "new_tags": form.text("new_tags") == "1"}
        candidates.tag(candidate, body_of(Tagging, values, language_of(request)), work)

    return _tried(request, work, candidate, form, put, "tags")


@router.post("/people/{candidate}/tags/remove")
def untag(request: Request, candidate: Id, form: Sent, work: StaffWork) -> Response:
    """Takes a tag off."""
    key = body_of(Tag, {"key": form.text("key")}, language_of(request)).key
    return _tried(request, work, candidate, form, lambda: candidates.untag(candidate, key, work), "tags")


@router.post("/people/{candidate}/want")
def want(request: Request, candidate: Id, form: Sent, work: ManagerWork) -> Response:
    """“I want this person”: the recruiters behind the pool hear of it."""
    said = noted("The recruiters were told that you want this person. You hear of it when they share.")
    return _told(request, candidate, form, work, requests.want, said)


@router.post("/people/{candidate}/done")
def done(request: Request, candidate: Id, form: Sent, work: ManagerWork) -> Response:
    """“Done”, with a remark."""
    said = noted("The recruiters were told that you are done with this person.")
    return _told(request, candidate, form, work, requests.done, said)


class Tag(Body):
    """A tag by its key."""

    key: Line


def answered(
    request: Request, work: Work, candidate: uuid.UUID, focus: str, said: str = "", failed: Failed | None = None
) -> Response:
    """After something was done on a sheet: the sheet for htmx, else the way back to it."""
    if failed is not None:
        # Only for a form that can be sent better; what cannot be done at all is said beside the sheet.
        if wants_part(request) and failed.form.status != 422 and failed.form.error:
            raise failed.form.error
        return _shown(request, work, candidate, failed=failed, focus=focus)
    if wants_part(request):
        answer = _shown(request, work, candidate, focus=focus)
        if said:
            say_beside(answer, language_of(request).say(said))
        return answer
    return _done(request, candidate, said, focus)


def _tried(
    request: Request, work: Work, candidate: uuid.UUID, form: Form, do: Callable[[], object], what: str
) -> Response:
    try:
        do()
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return answered(request, work, candidate, what, failed=Failed(what, Filled.again(work, form, error)))
    return answered(request, work, candidate, what)


def _told(
    request: Request, candidate: uuid.UUID, form: Form, work: Work, tell: Callable[..., object], said: str
) -> Response:
    try:
        tell(candidate, body_of(Remark, {"remark": form.text("remark")}, language_of(request)), Response(), work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return answered(request, work, candidate, "ask", failed=Failed("ask", Filled.again(work, form, error)))
    return answered(request, work, candidate, "ask", said)


def _shown(request: Request, work: Work, candidate: uuid.UUID, **how: Any) -> HTMLResponse:
    values = sheet(request, work, candidate, **how)
    failed: Failed | None = how.get("failed")
    if wants_part(request):
        answer = part(request, "person_sheet.html", work, values)
        answer.status_code = failed.form.status if failed else 200
        return answer
    return page(request, "person.html", work, values, failed.form.status if failed else 200)


def _done(request: Request, candidate: uuid.UUID, said: str, focus: str = "") -> Response:
    answer = go_to(f"{address_of(candidate)}#{focus}" if focus else address_of(candidate))
    if said:
        say_next(request, answer, language_of(request).say(said))
    return answer


def _editable(work: Work, candidate: uuid.UUID) -> CandidateView:
    person = candidate_view(work, candidate)
    if person.access == "view":
        raise NotAllowed(LOOK_ONLY)
    return person


def _told_apart(work: Work, names: list[str]) -> tuple[list[str], list[str]]:
    """Tags and places: who types Brno need not know that it is of another kind than Java."""
    places = []
    for name in names:
        wanted = fold(name)
        for row in tags.index(work, name[:200], "location", MOST_SUGGESTED):
            if wanted in map(fold, (row.name, row.key, *row.synonyms)):
                places.append(name)
                break
    return [name for name in names if name not in places], places


def _asked_new(request: Request, work: Work, form: Filled) -> Response:
    language = language_of(request)
    values = {
        "form": form,
        "rows": person_form.rows_of(form.values),
        "spoken": person_form.languages_in(language),
        "levels": LEVELS,
    }
    return page(request, "person_new.html", work, values, form.status)


def _asked_changes(
    request: Request,
    work: Work,
    person: CandidateView,
    form: Filled,
    elsewhere: list[str] | None = None,
    opened: Form | None = None,
) -> Response:
    """The form; sent again, it is compared with the person as they are shown here (or were when it was `opened`)."""
    now = person_form.values_of(person)
    values = {
        "form": form,
        "person": person,
        "etag": opened.text("etag") if opened else etag_of(person),
        "stamp": opened.text("stamp") if opened else person_form.stamp_of(person),
        "now": {name: now.get(name, "") for name in elsewhere or []},
        "rows": person_form.rows_of(form.values),
        "spoken": person_form.languages_in(language_of(request), person),
        "levels": LEVELS,
    }
    return page(request, "person_edit.html", work, values, form.status)
