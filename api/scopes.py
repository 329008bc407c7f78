"""Which scope a token needs for which request: the one place that says so.

`read` for whatever only reads, `stream` for event streams, `write` for everything else, but for what is about rights
themselves: requests that change something and are for administrators alone, or about one's own account, need `admin`.
Closed by default: a new route that takes POST needs `write`, or `admin` where only administrators may use it, until
it is listed below as a question. A scope never gives what the user's role does not.
"""

from __future__ import annotations

from collections.abc import Collection

from core.errors import Invalid, NotAllowed, Problem
from records.models import Role, Scope
from records.repositories.callers import Caller

# Questions that are too long for an address.
QUESTIONS = frozenset(
    {
        "/search",
        "/pools/preview",
        "/statistics/rejections",
        "/statistics/rejections.csv",
        "/users/{user}/tracking/preview",
        "/bulk/selection",
        "/bulk/export",
    }
)
STREAMS = frozenset({"/notifications/stream"})


def needed(method: str, template: str, roles: Collection[Role]) -> Scope:
    """The scope for a method on a route (its path without /v1) that these roles may use."""
    if template in STREAMS:
        return Scope.STREAM
    if method in ("GET", "HEAD") or (method == "POST" and template in QUESTIONS):
        return Scope.READ
    if set(roles) <= {Role.ADMINISTRATOR} or template.startswith("/me/"):
        return Scope.ADMIN
    return Scope.WRITE


def granted(wanted: Collection[Scope] | None, maker: Caller, role: Role) -> frozenset[Scope]:
    """What a new token for a user of this role is good for: never for more than whoever makes it, or than the role.

    Without a wish, for as much as can be.
    """
    possible = maker.signed_in.scopes
    if role != Role.ADMINISTRATOR:
        possible -= {Scope.ADMIN}
    if wanted is None:
        return possible
    if beyond := sorted(set(wanted) - possible):
        only = ", ".join(sorted(possible)) or "none"
        message = f"This token cannot have {', '.join(beyond)}; possible are: {only}."
        raise Invalid("The token would be good for too much.", problems=(Problem("body.scopes", message),))
    return frozenset(wanted)


def demand(scope: Scope, given: Collection[Scope]) -> None:
    """Refuse a token that is not good for it."""
    if scope not in given:
        raise NotAllowed(f"This needs a token with the scope “{scope}”; this one has: {', '.join(sorted(given))}.")
