"""Addresses of ours: which of what a request names is one, and where to sign in."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from fastapi import Request

# A path from the root, in the signs that an address consists of. Browsers read `//` and `/\` as the beginning of a
# host, and leave out tabs and line ends before they look.
_OWN = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}", re.ASCII)
HOME = "/"


def own_path(named: str) -> str:
    """The path, if it is one on this host; else the first page."""
    return named if _OWN.fullmatch(named) else HOME


def in_path(key: str) -> str:
    """A key as a part of a path. A slash in it may stay, because it comes last there."""
    return quote(key, safe="/")


def login_address(request: Request) -> str:
    """Where to sign in, so that the page asked for comes next."""
    here = _page_of(request)
    return "/login" if here == HOME else f"/login?next={quote(here, safe='/')}"


def _page_of(request: Request) -> str:
    """The page that a browser shows or asks for: htmx says of which page it asks a part, a form comes from one."""
    shown = request.headers.get("hx-current-url", "")
    if not shown and request.method != "GET":
        shown = request.headers.get("referer", HOME)
    parts = urlsplit(shown or str(request.url))
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
