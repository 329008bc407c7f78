"""Applications on the sheet of their person: stages, notes, rejections and their undoing, and sharing each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from api.fields import Body, Id
from api.routes import applications, shares
from api.routes.applications import NewApplication, NewNote, NewRejection, Stage
from api.work import StaffWork, Work
from core.errors import MicropoolsError, NotFound
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.pages.people import answered
from web.people import Failed
from web.route import pages
from web.wording import noted

router = pages()


class Colleague(Body):
    """Somebody to share with."""

    user: uuid.UUID


@router.post("/people/{candidate}/applications")
def apply(request: Request, candidate: Id, form: Sent, work: StaffWork) -> Response:
    """Records that the person responded to a position."""

    def add() -> None:
        values = {
            "position": form.text("position") or None,
            "stage": form.text("stage").strip() or "new",
            "source": form.text("source").strip() or None,
        }
        applications.create(candidate, body_of(NewApplication, values, language_of(request)), Response(), work)

    return _tried(request, work, _Asked(candidate, None, "apply", form), add, noted("The application was added."))


@router.post("/applications/{application}/stage")
def move(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """Moves it to another stage."""

    def to() -> None:
        stage = body_of(Stage, {"stage": form.text("other").strip() or form.text("stage")}, language_of(request))
        applications.move(application, stage, Response(), work)

    return _about(request, work, application, form, "stage", to)


@router.post("/applications/{application}/notes")
def note(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """Writes a note beside it."""

    def write() -> None:
        applications.note(
            application, body_of(NewNote, {"text": form.text("text")}, language_of(request)), Response(), work
        )

    return _about(request, work, application, form, "note", write)


@router.post("/applications/{application}/reject")
def reject(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """Ends it with a reason."""

    def end() -> None:
        applications.reject(application, rejection_in(request, form), work)

    return _about(request, work, application, form, "reject", end, noted("The application is rejected."))


@router.post("/applications/{application}/undo")
def undo(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """It is open again."""
    said = noted("The rejection is undone.")
    return _about(request, work, application, form, "undo", lambda: applications.undo(application, work), said)


@router.post("/applications/{application}/share")
def share(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """Gives it to a colleague."""

    def give() -> None:
        shares.share_application(application, colleague_in(request, form), work)

    return _about(request, work, application, form, "share", give, noted("The application is shared."))


@router.post("/applications/{application}/unshare")
def unshare(request: Request, application: Id, form: Sent, work: StaffWork) -> Response:
    """Takes it back."""

    def take() -> None:
        shares.unshare_application(application, colleague_in(request, form), work)

    return _about(request, work, application, form, "share", take, noted("The application is no longer shared."))


def rejection_in(request: Request, form: Form) -> NewRejection:
    """The reason that a form gives, and the note beside it."""
    values = {"reason": form.text("reason"), "note": form.text("note").strip() or None}
    return body_of(NewRejection, values, language_of(request))


def colleague_in(request: Request, form: Form) -> uuid.UUID:
    """The colleague that a form names."""
    return body_of(Colleague, {"user": form.text("user") or None}, language_of(request)).user


def _about(
    request: Request,
    work: Work,
    application: uuid.UUID,
    form: Form,
    what: str,
    do: Callable[[], object],
    said: str = "",
) -> Response:
    candidate = applications.read(application, Response(), work).candidate
    return _tried(request, work, _Asked(candidate, application, what, form), do, said)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A form, and whose sheet it was on."""

    candidate: uuid.UUID
    application: uuid.UUID | None
    what: str
    form: Form

    @property
    def focus(self) -> str:
        """What of the sheet is to be read next."""
        return f"application-{self.application}" if self.application else "applications"


def _tried(request: Request, work: Work, asked: _Asked, do: Callable[[], object], said: str) -> Response:
    """Do it; the sheet says what came of it, beside the form where it can be sent better."""
    try:
        do()
    except NotFound:
        raise
    except MicropoolsError as error:
        failed = Failed(asked.what, Filled.again(work, asked.form, error), asked.application)
        return answered(request, work, asked.candidate, asked.focus, failed=failed)
    return answered(request, work, asked.candidate, asked.focus, said)
