"""A push service on this machine, and a browser's half of the keys: it reads what only that browser can."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifications.webpush import decoded, encoded
from records.repositories.devices import Target
from tests.notifications.serving import serving, whole_body


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """As it goes over the wire."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


@dataclass
class Received:
    """A push as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """A subscription, with the half of its keys that never leaves the browser."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def subscription(self) -> dict[str, Any]:
        """As PushSubscription.toJSON() has it."""
        keys = {"p256dh": encoded(point(self.key.public_key())), "auth": encoded(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    def target(self) -> Target:
        """As we keep it."""
        keys = self.subscription["keys"]
        return Target(uuid.uuid4(), self.endpoint, keys["p256dh"], keys["auth"])

    def read(self, body: bytes) -> bytes:
        """What is in a push (RFC 8188 and 8291), by the steps of a receiver."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert int.from_bytes(body[16:20], "big") >= len(sealed), "more than one record"
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        info = b"WebPush: info\0" + point(self.key.public_key()) + theirs
        material = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        text, mark, rest = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").rpartition(b"\x02")
        assert mark and not rest
        return text


def claims_of(authorization: str, public: str) -> dict[str, Any]:
    """What a sender says of itself. Raises unless it is signed with the key it names, and that key is `public`."""
    parts = dict(part.strip().split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
    assert parts["k"] == public
    header, payload, signature = parts["t"].split(".")
    assert json.loads(decoded(header)) == {"typ": "JWT", "alg": "ES256"}
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(public))
    key.verify(der, f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    claims: dict[str, Any] = json.loads(decoded(payload))
    return claims


class PushService:
    """Takes pushes, and answers each path as it was told to."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        # By path: a status with headers, or None for one that never answers.
        self.answers: dict[str, tuple[int, dict[str, str]] | None] = {}
        self.over = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            """One push."""

            def do_POST(self) -> None:
                """Keep it and answer."""
                if (body := whole_body(self)) is None:
                    return
                service.received.append(Received(self.path, dict(self.headers.items()), body))
                answer = service.answers.get(self.path, (201, {}))
                if answer is None:
                    service.over.wait()
                    return
                self.send_response(answer[0])
                for name, value in {**answer[1], "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def browser(self, name: str) -> Browser:
        """One that subscribed here."""
        return Browser(f"{self.address}/{name}")


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service for a while."""
    service = PushService()
    with serving(service.server, service.over):
        yield service
