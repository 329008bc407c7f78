"""Addresses: which of what a request names is one of ours, what of one is read, and where to sign in."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Request

# A path from the root, in the signs that an address consists of. Browsers read `//` and `/\` as the beginning of a
# host, and leave out tabs and line ends before they look.
_OWN = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}", re.ASCII)
HOME = "/"


def own_path(named: str) -> str:
    """The path, if it is one on this host; else the first page."""
    return named if _OWN.fullmatch(named) else HOME


def path_of(address: str) -> str:
    """The path of an address; nothing of what a header only calls one."""
    return _parts(address)[0]


def query_of(address: str) -> list[tuple[str, str]]:
    """What an address asks, in its order; nothing of what a header only calls one."""
    return parse_qsl(_parts(address)[1])


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
    path, query = _parts(shown or str(request.url))
    return own_path(f"{path}?{query}" if query else path)


def _parts(address: str) -> tuple[str, str]:
    # Anybody can send a header, and not everything can be taken apart: `http://[x`.
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.path, parts.query
