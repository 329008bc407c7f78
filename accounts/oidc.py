"""Signing in at an OpenID provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0).

What must be remembered of a browser on its way there and back is kept by that browser, in a cookie: its state shows
that it is the browser that set out, its verifier that the code was made for it, its nonce that the provider's word is.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from core.errors import NotAuthenticated, Unavailable
from core.settings import settings

log = logging.getLogger(__name__)

# The way there, a password, a second factor, the way back.
JOURNEY_S = 600
# How long we believe what a provider says of itself.
KNOWN_S = 3_600
TIMEOUT_S = 10
# How far its clock may differ from ours.
LEEWAY_S = 60
# Signed with a key that only the provider has. What is signed with the client secret, or not at all, is no proof.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]


@dataclass(frozen=True, slots=True)
class Journey:
    """What a browser carries on its way to the provider and back: three times 256 random bits."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> Self:
        """A new one."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def read(cls, cookie: str) -> Self | None:
        """The one in a cookie."""
        parts = cookie.split(".")
        return cls(*parts) if len(parts) == 3 and all(parts) else None

    def __str__(self) -> str:
        return f"{self.state}.{self.nonce}.{self.verifier}"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider says it is. `email` only where it has verified that it is theirs."""

    issuer: str
    subject: str
    email: str | None


class Provider:
    """One provider, and what it says of itself."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._known_until = 0.0

    def address(self, journey: Journey, redirect_uri: str) -> str:
        """Where to send the browser."""
        with self._answering(), self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._described()["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(url)

    def who(self, journey: Journey, code: str, redirect_uri: str) -> Vouched:
        """Exchange the code for the provider's word, and look at it closely. NotAuthenticated where it is not good."""
        with self._answering(), self._client(redirect_uri) as client:
            token = client.fetch_token(
                self._described()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=journey.verifier,
            )
            claims = self._claims(token, journey.nonce)
            if "email" not in claims and "userinfo_endpoint" in self._described():
                # Of what "email" asks for, some providers put nothing into the token.
                told = client.get(self._described()["userinfo_endpoint"]).raise_for_status().json()
                claims = told | claims if told["sub"] == claims["sub"] else claims
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        return Vouched(self.issuer, str(claims["sub"]), claims["email"] if verified else None)

    def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            signed = jwt.decode(token["id_token"], self._keys(), registry=registry)
        except (InvalidKeyIdError, BadSignatureError):
            # It may have changed its keys since. Where it has only one it need not name it, so a new one looks like
            # a wrong signature.
            self._forget()
            signed = jwt.decode(token["id_token"], self._keys(), registry=registry)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "sub": {"essential": True},
                "aud": {"essential": True, "value": self._client_id},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY_S)
        return dict(claims)

    def _client(self, redirect_uri: str) -> OAuth2Client:
        ways = self._described().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        way = next((each for each in ("client_secret_basic", "client_secret_post") if each in ways), None)
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method=way if self._client_secret else "none",
            scope="openid email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery), its keys among it."""
        with self._lock:
            if time.monotonic() >= self._known_until:
                metadata = _fetched(get_well_known_url(self.issuer, external=True))
                if metadata.get("issuer") != self.issuer:
                    raise ValueError(f"the provider calls itself {metadata.get('issuer')!r}, not OIDC_ISSUER")
                self._metadata = metadata | {"jwks": _fetched(metadata["jwks_uri"])}
                self._known_until = time.monotonic() + KNOWN_S
            return self._metadata

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._described()["jwks"])

    def _forget(self) -> None:
        with self._lock:
            self._known_until = 0.0

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Its failures as ours: it is away, or it does not vouch for anybody. Why is for the log."""
        try:
            yield
        except httpx2.HTTPError as error:
            log.warning("The OpenID provider does not answer: %s", error)
            raise Unavailable("The sign-in provider does not answer; try again in a moment.") from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("Nobody was signed in by the OpenID provider: %s: %s", type(error).__name__, error)
            raise failed() from error


def provider() -> Provider | None:
    """The provider that the settings name, if they do."""
    named = settings()
    if not named.oidc_issuer:
        return None
    return _provider(named.oidc_issuer, named.oidc_client_id, named.oidc_client_secret.get_secret_value())


@lru_cache(maxsize=4)
def _provider(issuer: str, client_id: str, client_secret: str) -> Provider:
    return Provider(issuer, client_id, client_secret)


def forget_providers() -> None:
    """Ask them anew what they say of themselves."""
    _provider.cache_clear()


def failed() -> NotAuthenticated:
    """The one answer to every journey that did not end well."""
    return NotAuthenticated("The sign-in provider did not vouch for you. Start again at /v1/login/oidc.")


def _fetched(url: str) -> dict[str, Any]:
    found = httpx2.get(url, timeout=TIMEOUT_S).raise_for_status().json()
    if not isinstance(found, dict):
        raise TypeError(f"{url} is no object")
    return found
