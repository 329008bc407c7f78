"""What a browser remembers of how its reader wants the pages: language, colours, shortcuts."""

from __future__ import annotations

from typing import Literal

from fastapi import Request, Response

from api import cookies

THEME = "micropools_theme"
KEYS = "micropools_keys"
A_YEAR_S = 365 * 24 * 3_600

Theme = Literal["light", "dark"]


def theme_of(request: Request) -> Theme | None:
    """The colours the reader chose; None leaves it to their system."""
    match cookies.read(request, THEME):
        case "light":
            return "light"
        case "dark":
            return "dark"
        case _:
            return None


def keys_of(request: Request) -> bool:
    """Whether single letters are shortcuts. Some people's software types letters by itself (WCAG 2.1.4)."""
    return cookies.read(request, KEYS) != "off"


def remember(request: Request, response: Response, cookie: str, choice: str) -> None:
    """Keep a choice for a year; an empty one is forgotten."""
    if choice:
        cookies.give(request, response, cookie, choice, A_YEAR_S)
    else:
        cookies.take_back(request, response, cookie)
