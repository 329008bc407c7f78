"""Who is asking: by bearer token or by session, judged anew with every request."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def token(self) -> str | None:
        """The bearer token, if they hold one."""
        scheme, _, token = (self.authorization or "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


def authenticate(db: Session, shown: Credentials) -> Caller:
    """The caller behind the credentials; whatever is wrong with them, the answer is the same."""
    caller = authenticated(db, [shown])[0]
    if caller is None:
        raise NotAuthenticated(
            "Sign in, or send “Authorization: Bearer <token>” with a token that is valid and not revoked."
        )
    return caller


def authenticated(db: Session, shown: Sequence[Credentials]) -> list[Caller | None]:
    """The caller behind each of these; None where something is wrong with them."""
    tokens = {each.token for each in shown if each.token is not None}
    sessions = {each.session for each in shown if each.authorization is None and each.session is not None}
    by_token = callers.behind_tokens(db, list(tokens))
    by_session = callers.behind_sessions(db, list(sessions), settings().session_idle_s)
    return [
        by_token.get(each.token or "") if each.authorization is not None else by_session.get(each.session or "")
        for each in shown
    ]


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
