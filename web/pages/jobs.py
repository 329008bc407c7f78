"""Jobs, for administrators: reindexing while it goes on, checks for drift, and what was set aside."""

from __future__ import annotations

from typing import Literal, get_args

from fastapi import Request
from fastapi.responses import Response

from api.fields import Cursor, Id
from api.routes import checks, dead_letters, reindex
from api.routes.checks import NewCheck
from api.routes.dead_letters import Retry
from api.routes.reindex import Rehearsed, Wanted
from api.work import AdministratorWork, Work
from core.errors import Invalid, MicropoolsError
from web.forms import Filled, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, go_to, page, part, wants_part
from web.route import pages
from web.wording import noted

router = pages()

CHECKS = 8
DEAD = 20

Wish = Literal["resume", "rollback", "finish", "abandon"]
ON = frozenset({"on"})


@router.get("/settings/jobs")
def jobs(request: Request, work: AdministratorWork, cursor: Cursor = None) -> Response:
    """All three."""
    return _jobs(request, work, Filled(), cursor=cursor)


@router.get("/settings/jobs/reindex")
def how_far(request: Request, work: AdministratorWork) -> Response:
    """The part that moves while a reindex goes on; the page around it for who comes without a script."""
    if wants_part(request):
        return part(request, "reindexing.html", work, {"reindex": reindex.index(work), "rehearsed": None})
    return go_to("/settings/jobs")


@router.get("/settings/jobs/checks")
def how_checked(request: Request, work: AdministratorWork) -> Response:
    """The same for checks."""
    if wants_part(request):
        return part(request, "checks.html", work, {"checks": checks.index(work, limit=CHECKS)})
    return go_to("/settings/jobs")


@router.post("/settings/jobs/reindex")
def begin(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """First what would change and how long it would take; begun with the second button only."""
    language = language_of(request)
    try:
        if form.text("what") == "rehearse":
            return _jobs(request, work, Filled(), rehearsed=reindex.rehearsal(work))
        body = body_of(Wanted, {"accept_differences": form.text("accept_differences") in ON}, language)
        reindex.start(body, Response(), work)
    except MicropoolsError as error:
        return _jobs(request, work, Filled.again(work, form, error))
    return go_and_say(request, "/settings/jobs", language.say("Begun. This page follows it."))


@router.post("/settings/jobs/reindex/{job}")
def wish(request: Request, job: Id, form: Sent, work: AdministratorWork) -> Response:
    """Gone on with, rolled back, finished or given up."""
    language = language_of(request)
    asked = form.text("what")
    try:
        if asked not in get_args(Wish):
            raise Invalid(noted("This form could not be read. Load the page again and repeat."))
        if asked == "resume":
            body = body_of(Wanted, {"accept_differences": form.text("accept_differences") in ON}, language)
            reindex.resume(job, body, work)
        else:
            {"rollback": reindex.rollback, "finish": reindex.finish, "abandon": reindex.abandon}[asked](job, work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return _jobs(request, work, Filled.again(work, form, error))
    return go_and_say(request, "/settings/jobs", language.say("A worker does it now."))


@router.post("/settings/jobs/checks")
def check(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Everything is compared; what is found may be set right."""
    language = language_of(request)
    checks.ask(body_of(NewCheck, {"repair": form.text("repair") in ON}, language), work)
    return go_and_say(request, "/settings/jobs", language.say("A worker does it now."))


@router.post("/settings/jobs/dead-letters")
def retry(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """A fresh start for one, or for all."""
    language = language_of(request)
    ids = form.all("id")
    retried = dead_letters.retry(body_of(Retry, {"ids": ids or None}, language), work).retried
    said = language.many("%(n)s change is tried again.", "%(n)s changes are tried again.", retried)
    return go_and_say(request, "/settings/jobs", said)


def _jobs(
    request: Request, work: Work, form: Filled, *, rehearsed: Rehearsed | None = None, cursor: str | None = None
) -> Response:
    values = {
        "reindex": reindex.index(work),
        "rehearsed": rehearsed,
        "checks": checks.index(work, limit=CHECKS),
        "dead": dead_letters.index(work, limit=DEAD, cursor=cursor),
        "first": cursor is None,
        "form": form,
    }
    return page(request, "jobs.html", work, values, form.status)
