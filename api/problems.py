"""Errors as application/problem+json (RFC 9457): what, where, and what to do."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.wire import why_unreadable
from core.errors import Invalid, MicropoolsError, NotAuthenticated, Problem, TooMany, Unavailable
from records.database import DBAPIError, is_conflict, is_outage

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
# Whoever sends more mistakes than these in one request will not read them all.
MOST_PROBLEMS = 100
# Long enough for a part that restarts, short enough that nobody gives up.
RETRY_AFTER_S = 2


class ProblemPlace(BaseModel):
    """One thing wrong with the request."""

    place: str = Field(description="Where: `body.criteria.tags.any[2]`, `query.limit`, `header.If-Match`.")
    message: str = Field(description="What is wrong and what to write instead.")


class ProblemDocument(BaseModel):
    """The body of every error answer."""

    type: str = Field(description="Always `about:blank`: the status and title say which kind it is.")
    title: str
    status: int
    detail: str = Field(description="A sentence for the person who asked.")
    problems: list[ProblemPlace] = Field(default=[], description="Every place that is wrong, where there are such.")


def _documented(what: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {"description": what, "content": {PROBLEM_JSON: schema}}


# What any route may answer beside its success; the same words mean the same thing everywhere.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _documented("The request is not HTTP that can be understood."),
    401: _documented("Neither a valid bearer token nor a session, or a wrong password."),
    403: _documented(
        "The caller's role or the token's scope may not do this at all, or the session's proof is missing."
    ),
    404: _documented("Unknown, or not to be seen by the caller: the two answer alike."),
    409: _documented("Fine by itself, but not beside what is already there."),
    412: _documented("Changed by somebody else since it was read (If-Match)."),
    413: _documented("The body is larger than this route takes."),
    422: _documented("The input cannot be used; `problems` says where and why."),
    429: _documented("Too many attempts; Retry-After says when to repeat."),
    503: _documented("A part this answer needs is down; Retry-After says when to repeat."),
}


def problem(
    status: int,
    title: str,
    detail: str,
    problems: Sequence[Problem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error answer."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if problems:
        # A place may quote what was sent; what cannot be written as UTF-8 is shown escaped.
        body["problems"] = [
            {"place": _writable(p.place), "message": _writable(p.message)} for p in problems[:MOST_PROBLEMS]
        ]
    body["detail"] = _writable(detail)
    return JSONResponse(body, status, headers=headers, media_type=PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Render every error of this application as a problem."""
    app.add_exception_handler(MicropoolsError, _meaning)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, _bug)


def _meaning(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MicropoolsError)
    headers = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(math.ceil(error.wait_s))
    if error.status >= 500 and not isinstance(error, Unavailable):
        log.error("Answered %d.", error.status, exc_info=error)
    return problem(error.status, error.title, error.detail, error.problems, headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = _told_once(error.errors())
    problems = []
    if isinstance(error.body, bytes):
        problems.append(Problem("body", why_unreadable(error.body, request.headers.get("content-type", ""))))
        wrong = [each for each in wrong if each["loc"][0] != "body"]
    problems += [Problem(place_of(each["loc"]), message_of(each)) for each in wrong[:MOST_PROBLEMS]]
    first = f" {problems[0].place}: {problems[0].message}" if problems else ""
    return problem(422, "Invalid input", f"The request cannot be used.{first}", problems)


def _told_once(wrong: Sequence[Any]) -> list[Any]:
    """Without "too few" of a list whose items are wrong themselves: pydantic counts only those that are right."""
    places = [tuple(each["loc"]) for each in wrong]
    return [
        each
        for each, place in zip(wrong, places, strict=True)
        if each["type"] != "too_short" or not any(len(p) > len(place) and p[: len(place)] == place for p in places)
    ]


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    sentences = {
        404: "There is no such address in this API; /openapi.json lists those there are.",
        405: "This address does not take this method; /openapi.json lists the ones it takes.",
    }
    detail = sentences.get(error.status_code, f"{error.detail.rstrip('.')}.")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return problem(error.status_code, title, detail, headers=headers)


def _methods_of(request: Request) -> set[str]:
    """What an address takes: the framework names only the methods of the first route that has this path."""
    found = set()
    for route in iter_route_contexts(request.app.routes):
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


def _database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    if is_outage(error):
        return _meaning(request, Unavailable("The database does not answer; try again in a moment."))
    if is_conflict(error):
        return _meaning(request, Unavailable("Two changes met; nothing was done. Repeat the request."))
    return _bug(request, error)


def _bug(_request: Request, error: Exception) -> JSONResponse:
    log.error("A request failed in a way nobody thought of.", exc_info=error)
    return problem(500, "Something went wrong", "This is our fault, not yours. It was logged; nothing was changed.")


@contextmanager
def within(place: str) -> Iterator[None]:
    """Problems that are named from the root of criteria, a tag or a pool, named from the root of the request."""
    try:
        yield
    except Invalid as error:
        error.problems = tuple(Problem(f"{place}.{problem.place}", problem.message) for problem in error.problems)
        raise


def place_of(location: Sequence[int | str]) -> str:
    """`("body", "tags", 2)` as `body.tags[2]`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


# pydantic's words are about Python; these are about JSON.
_SENTENCES = {
    "extra_forbidden": "There is no such field.",
    "missing": "This is needed and was not given.",
    "tuple_type": "This must be a list.",
    "list_type": "This must be a list.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "string_type": "This must be a text.",
}


def message_of(error: dict[str, Any]) -> str:
    """pydantic's message as a sentence."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind == "too_short":
        return f"There must be at least {context['min_length']} of these."
    if kind == "too_long":
        return f"There may be at most {context['max_length']} of these."
    if kind == "value_error":
        sentence = str(context["error"])
        return f"{sentence[:1].upper()}{sentence[1:]}{'' if sentence.endswith('.') else '.'}"
    return f"{error['msg']}."


def _writable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
