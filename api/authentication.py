"""Who is asking: by bearer token or by session, judged anew with every request."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api import cookies, csrf
from core.errors import NotAuthenticated
from core.settings import settings
from records.database import Session
from records.repositories import callers
from records.repositories.callers import Caller


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows. With an Authorization header that alone counts, whatever the browser added."""

    authorization: str | None
    session: str | None

    @classmethod
    def of(cls, request: Request) -> Credentials:
        """The credentials of a request."""
        header = request.headers.get("authorization")
        return cls(header, cookies.read(request, cookies.SESSION) if header is None else None)


def authenticate(db: Session, shown: Credentials) -> Caller:
    """The caller behind the credentials; whatever is wrong with them, the answer is the same."""
    caller = None
    if shown.authorization is not None:
        scheme, _, token = shown.authorization.partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            caller = callers.behind_token(db, token.strip())
    elif shown.session is not None:
        caller = callers.behind_session(db, shown.session, settings().session_idle_s)
    if caller is None:
        raise NotAuthenticated(
            "Sign in, or send “Authorization: Bearer <token>” with a token that is valid and not revoked."
        )
    return caller


def admit(db: Session, request: Request) -> Caller:
    """The caller of a request, who meant to send it; that their token or session is in use is written down."""
    shown = Credentials.of(request)
    caller = authenticate(db, shown)
    if shown.session is not None and request.method not in csrf.SAFE:
        csrf.demand(request, shown.session)
    if caller.signed_in.stale:
        callers.note_use(db, caller.signed_in)
        # At once, so that no other request of theirs waits for this one to end.
        db.commit()
    return caller
