"""Signing in through an OpenID provider."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from accounts import oidc
from accounts.oidc import Journey, Provider
from api import cookies
from api.network import network_of
from api.routes.login import client_of, replace_session
from api.wire import StrictRoute
from api.work import ANYBODY, AnybodyWork
from core.errors import NotAllowed, NotFound
from core.settings import settings
from records.repositories import identities, sessions
from records.repositories.sessions import Opening

router = APIRouter(tags=["signing in"], route_class=StrictRoute)

Said = Annotated[str | None, Query(max_length=4_000)]


@router.get(
    "/login/oidc",
    status_code=303,
    response_class=RedirectResponse,
    dependencies=[ANYBODY],
    summary="Sign in elsewhere",
)
def depart(request: Request) -> RedirectResponse:
    """Sends the browser to the provider that the settings name; 404 where they name none."""
    journey = Journey.begin()
    answer = RedirectResponse(_provider().address(journey, _way_back()), 303)
    cookies.give(request, answer, cookies.JOURNEY, str(journey), oidc.JOURNEY_S)
    return answer


@router.get("/login/oidc/callback", status_code=303, response_class=RedirectResponse, summary="Back from elsewhere")
def arrive(
    request: Request, work: AnybodyWork, code: Said = None, state: Said = None, iss: Said = None
) -> RedirectResponse:
    """Signs in an active user whom the provider vouches for, and sends the browser to the first page.

    At first by the address that the provider has verified, from then on by the provider's own name for them. Nobody
    becomes a user by this.
    """
    provider = _provider()
    journey = Journey.read(cookies.read(request, cookies.JOURNEY) or "")
    set_out = journey is not None and hmac.compare_digest(journey.state.encode(), (state or "").encode())
    if journey is None or not set_out or not code or iss not in (None, provider.issuer):
        raise oidc.failed()
    vouched = provider.who(journey, code, _way_back())
    user = identities.active_user(work.db, vouched.issuer, vouched.subject)
    if user is None and vouched.email is not None:
        user = identities.link(work.db, vouched.issuer, vouched.subject, vouched.email)
    opening = Opening("oidc", client_of(request), network_of(request))
    secret = sessions.open_for(work.db, user, opening, settings().session_life_s) if user else None
    if secret is None:
        raise NotAllowed(
            "This account opens nothing here. Ask an administrator for an invitation to its address,"
            " and see that your provider has verified that the address is yours."
        )
    answer = RedirectResponse("/", 303)
    cookies.take_back(request, answer, cookies.JOURNEY)
    replace_session(work, request, answer, secret)
    return answer


def _provider() -> Provider:
    found = oidc.provider()
    if found is None:
        raise NotFound("sign-in provider")
    return found


def _way_back() -> str:
    return f"{settings().public_url}/v1/login/oidc/callback"
