"""Rejection reasons kept in order: added, renamed, retired, merged, with what happened to each."""

from __future__ import annotations

from fastapi import Request, Response

from api.routes import positions, reasons
from api.routes.positions import NewReason
from api.routes.reasons import ChangedReason, MergedReasons, ReasonKey
from api.work import AdministratorWork, Work
from core.errors import MicropoolsError, NotFound
from web.addresses import in_path
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages

router = pages()


@router.get("/settings/reasons")
def listed(request: Request, work: AdministratorWork) -> Response:
    """All of them, with how often each was given."""
    return _listed(request, work, Filled())


@router.post("/settings/reasons")
def add(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Another one."""
    language = language_of(request)
    try:
        body = body_of(NewReason, {"name": form.text("name"), "said_by": form.text("said_by")}, language)
        positions.add_reason(body, Response(), work)
    except MicropoolsError as error:
        return _listed(request, work, Filled.again(work, form, error))
    return go_and_say(request, "/settings/reasons", language.say("Added."))


@router.get("/settings/reasons/{reason:path}")
def one(request: Request, reason: ReasonKey, work: AdministratorWork) -> Response:
    """A reason and what happened to it."""
    return _one(request, work, reason, Filled())


@router.post("/settings/reasons/{reason:path}")
def change(request: Request, reason: ReasonKey, form: Sent, work: AdministratorWork) -> Response:
    """Another name, retired or brought back, or merged into another one."""
    language = language_of(request)
    shown = reason
    try:
        if form.text("what") == "merge":
            body = body_of(MergedReasons, {"reason": reason, "into": form.text("into")}, language)
            shown = reasons.merge(body, work).key
        else:
            reasons.change(reason, body_of(ChangedReason, _given(form), language), work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return _one(request, work, reason, Filled.again(work, form, error))
    return go_and_say(request, f"/settings/reasons/{in_path(shown)}", language.say("Saved."))


def _given(form: Form) -> dict[str, object]:
    """Of a form that is one button, only what the button says."""
    if retired := form.text("retired"):
        return {"retired": retired == "yes"}
    return {"name": form.text("name")}


def _listed(request: Request, work: Work, form: Filled) -> Response:
    return page(request, "reasons.html", work, {"reasons": reasons.index(work), "form": form}, form.status)


def _one(request: Request, work: Work, key: str, form: Filled) -> Response:
    every = reasons.index(work)
    found = next((each for each in every if each.key == key), None)
    if found is None:
        raise NotFound("rejection reason")
    others = [each for each in every if each.said_by == found.said_by and not each.retired and each.key != key]
    values = {
        "reason": found,
        "others": others,
        "names": {each.key: each.name for each in every},
        "changes": reasons.changes(key, work),
        "form": form,
    }
    return page(request, "reason.html", work, values, form.status)
