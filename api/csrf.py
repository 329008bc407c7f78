"""Requests that a browser sends with a cookie must show that a page of ours meant them.

Two proofs, and both are needed: the headers that browsers add by themselves must not name another site, and
`X-CSRF-Token` must carry what only a page that may read our answers can know. The token is made of the session's
secret, so it is of no use with any other session and nothing has to be stored.
"""

from __future__ import annotations

import base64
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from core.errors import NotAllowed
from core.settings import settings

HEADER = "X-CSRF-Token"
# These change nothing, so it does not matter who made the browser send them.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BROUGHT = "csrf_proof"


class Unproven(NotAllowed):
    """The session's proof is missing or another session's."""


def proof_for(session: str) -> str:
    """The token that goes with a session's secret, and does not give it away."""
    return base64.urlsafe_b64encode(hmac.digest(session.encode(), b"csrf", "sha256")).rstrip(b"=").decode()


def bring(request: Request, proof: str) -> None:
    """Have this proof count as if a header had shown it: a form of a page brings it as a field."""
    setattr(request.state, _BROUGHT, proof)


def demand(request: Request, session: str) -> None:
    """Refuse a request of another site, and one without the session's proof."""
    refuse_other_sites(request)
    brought: str = getattr(request.state, _BROUGHT, "")
    shown = request.headers.get(HEADER, brought)
    if not hmac.compare_digest(shown.encode(), proof_for(session).encode()):
        raise Unproven(
            f"A request by session that changes something carries {HEADER} with the token of GET /v1/me/csrf."
        )


def refuse_other_sites(request: Request) -> None:
    """Refuse what a browser sends for a page that is not ours. A client that is no browser sends neither header."""
    if is_of_another_site(request):
        raise NotAllowed("This request was sent from a page of another site, so it was not carried out.")


def is_of_another_site(request: Request) -> bool:
    """Whether a page that is not ours made the browser ask, by a link even, as far as the browser says."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    return site not in (None, "same-origin", "none") or (origin is not None and not _ours(origin, request))


def _ours(origin: str, request: Request) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        # A header is whatever somebody sends: `http://[x`.
        return False
    # Behind a proxy that ends the encryption the scheme is not ours to judge, but the host is.
    return bool(parts.netloc) and (origin == settings().public_url or parts.netloc == request.headers.get("host"))
