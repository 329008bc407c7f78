"""What one page has the next one say: “The password was changed.”, or a part of a page beside itself."""

from __future__ import annotations

import json
from urllib.parse import quote, unquote

from fastapi import Request, Response

from api import cookies

COOKIE = "micropools_said"
# Long enough for a redirect, too short for anything to be said on a page it has nothing to do with.
LIFE_S = 20
MOST = 300


def say_next(request: Request, response: Response, sentence: str) -> None:
    """Have the page that the browser is sent to say this, once."""
    cookies.give(request, response, COOKIE, quote(sentence[:MOST]), LIFE_S)


def say_beside(response: Response, sentence: str) -> None:
    """Have static/toasts.js say this when htmx has put the part in its place."""
    response.headers["HX-Trigger"] = json.dumps({"said": {"value": sentence[:MOST]}})


def said(request: Request) -> str:
    """What this page is to say."""
    return unquote(cookies.read(request, COOKIE) or "")[:MOST]


def forget(request: Request, response: Response) -> None:
    """It was said."""
    if cookies.read(request, COOKIE):
        cookies.take_back(request, response, COOKIE)
