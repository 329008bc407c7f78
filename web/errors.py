"""Errors as pages: the same sentence and status as the API's problem, and whoever is not signed in is asked to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import cast

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException

from api.authentication import Credentials, authenticate
from api.csrf import Unproven
from api.work import Work
from core.errors import MicropoolsError, NotAuthenticated, Unavailable
from records.database import DBAPIError, reading
from web.addresses import login_address
from web.headers import HEADERS, is_api
from web.languages import language_of
from web.rendering import go_to, page, wants_part
from web.wording import noted

Handler = Callable[[Request, Exception], Response]

TITLES = {
    401: noted("Not signed in"),
    403: noted("Not allowed"),
    404: noted("Not found"),
    405: noted("Not possible"),
    409: noted("Conflict"),
    412: noted("Changed in the meantime"),
    413: noted("Too large"),
    422: noted("Invalid input"),
    429: noted("Too many attempts"),
    500: noted("Something went wrong"),
    503: noted("A part is not available"),
}
# Where the API speaks of its addresses and headers, or quotes a validator.
SENTENCES = {
    404: noted("There is no such page, or you may not see it."),
    405: noted("This page cannot be asked for in this way. Go back and try again."),
    422: noted("The address of this page is not right. Go back and try again."),
}
FORGED = noted("This page is too old to be sent. Load it again and repeat what you did.")


def install(app: FastAPI) -> None:
    """Render errors of pages as pages; the API's stay what they are."""
    for kind in (MicropoolsError, RequestValidationError, HTTPException, DBAPIError, Exception):
        app.add_exception_handler(kind, _for_pages(cast(Handler, app.exception_handlers[kind])))


def _for_pages(problem: Handler) -> Handler:
    def answer(request: Request, error: Exception) -> Response:
        # Also decides the status, tells the log, and knows when to come again.
        answered = problem(request, error)
        if is_api(request.url.path):
            return answered
        if isinstance(error, NotAuthenticated):
            return _to_login(request)
        return _page(request, error, answered)

    return answer


def _to_login(request: Request) -> Response:
    address = login_address(request)
    if wants_part(request):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return go_to(address)


def _page(request: Request, error: Exception, answered: Response) -> Response:
    status = answered.status_code
    detail = orjson.loads(answered.body)["detail"]
    if isinstance(error, HTTPException | RequestValidationError):
        detail = SENTENCES.get(status, detail)
    elif isinstance(error, Unproven):
        detail = FORGED
    elif isinstance(error, MicropoolsError) and error.problems and status == 422:
        detail = " ".join(each.message for each in error.problems)
    language = language_of(request)
    if wants_part(request):
        # Shown by static/toasts.js, beside what was tried.
        shown: Response = PlainTextResponse(language.say(detail), status)
    else:
        title = TITLES.get(status) or HTTPStatus(status).phrase
        shown = _whole(request, {"title": title, "detail": detail}, status)
    for name in ("retry-after", "allow"):
        if name in answered.headers:
            shown.headers[name] = answered.headers[name]
    # What nobody thought of is answered outside of everything that marks answers.
    shown.headers.update({**HEADERS, "cache-control": "no-store"})
    return shown


def _whole(request: Request, values: dict[str, str], status: int) -> Response:
    """The page, with the bar of whoever is signed in, unless what failed may be what the bar is made of."""
    if status < 500:
        with suppress(NotAuthenticated, Unavailable, DBAPIError), reading() as db:
            work = Work(db, authenticate(db, Credentials.of(request)))
            return page(request, "error.html", work, values, status)
    return page(request, "error.html", None, values, status)
