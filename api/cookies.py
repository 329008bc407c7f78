"""Our cookies: for scripts out of reach, for other sites' forms too, and encrypted wherever somebody could listen."""

from __future__ import annotations

from fastapi import Request, Response

from api.network import is_encrypted, stays_here

SESSION = "micropools_session"
# What is remembered of a browser that was sent to the OpenID provider.
JOURNEY = "micropools_journey"


def read(request: Request, name: str) -> str | None:
    """What the browser sent back, if anything."""
    return request.cookies.get(_full(request, name)) or None


def give(request: Request, response: Response, name: str, value: str, life_s: int) -> None:
    """Have the browser keep it for this long."""
    response.set_cookie(
        _full(request, name), value, max_age=life_s, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def take_back(request: Request, response: Response, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(_full(request, name), path="/", secure=_secure(request), httponly=True, samesite="lax")


def _secure(request: Request) -> bool:
    """Always but for a browser and an API on one machine. Unencrypted from elsewhere the browser keeps no cookie."""
    return is_encrypted(request) or not stays_here(request)


def _full(request: Request, name: str) -> str:
    """The prefix makes browsers refuse what a neighbouring host or an unencrypted page would plant."""
    return f"__Host-{name}" if _secure(request) else name
