"""A real OpenID provider on loopback: Authlib's server side behind uvicorn. It checks what a provider has to check
(client secret, redirect URI, PKCE, codes used once), and can be told to lie in its tokens."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.api.serving import PATIENCE_S

CLIENT_ID = "micropools-test"
CLIENT_SECRET = "a secret of the client"
SCOPE = "openid email"


@dataclass
class Person:
    """Who signs in at the provider."""

    subject: str
    email: str
    verified: bool = True


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """The one client that is registered."""

    redirect_uri: str

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that was given and not used yet."""

    code: str
    redirect_uri: str
    nonce: str
    person: Person
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return SCOPE

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Lies:
    """What the next tokens say though it is not so.

    `key` signs them with another key under the known key's name, `secret` with HS256, and `unsigned` not at all.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | None = None
    secret: bytes | None = None
    unsigned: bool = False
    email_in_token: bool = True
    issuer_of_metadata: str = ""
    userinfo: dict[str, Any] = field(default_factory=dict)


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._data = dict(pairs)
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for key, value in pairs:
            self._lists[key].append(value)

    @property
    def data(self) -> dict[str, str]:
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._lists


class _Asked(OAuth2Request):  # type: ignore[misc]
    def __init__(self, request: Request, body: bytes) -> None:
        super().__init__(request.method, str(request.url), headers=dict(request.headers) | {})
        self.headers = {name.title(): value for name, value in request.headers.items()}
        self._form = dict(parse_qsl(body.decode()))
        self.payload = _Payload(parse_qsl(request.url.query) + parse_qsl(body.decode()))

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Provider(AuthorizationServer):  # type: ignore[misc]
    """The provider. Set `person` to whoever shall sign in next; `keys` are rotated by adding one."""

    def __init__(self, redirect_uri: str) -> None:
        super().__init__()
        self.issuer = ""
        self.client = Client(redirect_uri)
        self.person = Person("subject-1", "nobody@example.com")
        self.lies = Lies()
        self.codes: dict[str, Code] = {}
        self.keys = [new_key("first")]
        self.tokens: dict[str, Person] = {}
        self.asked: list[str] = []
        self.register_token_generator("default", BearerTokenGenerator(lambda **_: f"access-{time.monotonic_ns()}"))
        self.register_grant(_grant(self), [_OpenId(self), CodeChallenge(required=True)])

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        self.tokens[token["access_token"]] = request.user

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        if isinstance(body, dict):
            return JSONResponse(body, status, headers=dict(headers))
        return Response(body, status, headers=dict(headers))

    async def authorize(self, request: Request) -> Response:
        """The person signs in and agrees at once."""
        asked = _Asked(request, b"")
        self.asked.append("authorize")
        grant = self.get_consent_grant(asked, self.person)
        response: Response = self.create_authorization_response(asked, self.person, grant)
        return response

    async def token(self, request: Request) -> Response:
        """A code becomes a token."""
        self.asked.append("token")
        response: Response = self.create_token_response(_Asked(request, await request.body()))
        return response

    async def userinfo(self, request: Request) -> Response:
        """What the token of a person says of them."""
        self.asked.append("userinfo")
        person = self.tokens[request.headers["authorization"].removeprefix("Bearer ")]
        told = {"sub": person.subject, "email": person.email, "email_verified": person.verified}
        return JSONResponse(told | self.lies.userinfo)

    async def metadata(self, request: Request) -> Response:
        """What the provider says of itself."""
        return JSONResponse(
            {
                "issuer": self.lies.issuer_of_metadata or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )

    async def jwks(self, request: Request) -> Response:
        """The public keys."""
        self.asked.append("jwks")
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})


def new_key(name: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)


class _OpenId(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        """The token, with whatever the provider was told to lie about."""
        lies, key, now = self.provider.lies, self.provider.keys[-1], int(time.time())
        claims: dict[str, Any] = {
            "iss": self.provider.issuer,
            "aud": CLIENT_ID,
            "sub": request.user.subject,
            "iat": now,
            "exp": now + 300,
            **self.get_authorization_code_claims(request.authorization_code),
        }
        if lies.email_in_token:
            claims |= {"email": request.user.email, "email_verified": request.user.verified}
        claims = {name: value for name, value in (claims | lies.claims).items() if value is not None}
        if lies.unsigned or lies.secret is not None:
            return forged(claims, str(key.kid), lies.secret)
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, lies.key or key)

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        return UserInfo(sub=user.subject)


def forged(claims: dict[str, Any], kid: str, secret: bytes | None) -> str:
    """A token made by hand, signed with a shared secret or not at all: no library would make it."""
    header = {"alg": "HS256" if secret is not None else "none", "kid": kid}
    said = b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.digest(secret, said, "sha256") if secret is not None else b""
    return b".".join((said, _base64(signature))).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _grant(provider: Provider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            data = request.payload.data
            provider.codes[code] = Code(
                code=code,
                redirect_uri=data["redirect_uri"],
                nonce=data["nonce"],
                person=request.user,
                code_challenge=data["code_challenge"],
                code_challenge_method=data["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Person:
            return authorization_code.person

    return Grant


@contextmanager
def serving(provider: Provider) -> Iterator[None]:
    """The provider answers, and knows its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.metadata),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
            Route("/userinfo", provider.userinfo),
            Route("/jwks", provider.jwks),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listening],), name="openid provider")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listening.close()
        assert not thread.is_alive()
