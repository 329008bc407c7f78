"""Web Push on the wire: a message only one browser can read (RFC 8291), from a sender that can prove itself (RFC 8292).

The libraries for it bring two HTTP clients along, so it is made here of the primitives it consists of; the RFC's own
example is a test.
"""

from __future__ import annotations

import binascii
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# A record must hold all of it. Every message is filled up to one length, so that its length says nothing.
RECORD, FILLED = 4_096, 2_048
# What a proof is good for; push services refuse more than a day.
PROOF_S = 12 * 3_600


@dataclass(frozen=True, slots=True)
class Keys:
    """What a browser gave to encrypt with: its public key and a shared secret."""

    public: ec.EllipticCurvePublicKey
    auth: bytes

    @classmethod
    def read(cls, p256dh: str, auth: str) -> Keys:
        """As browsers write them. Raises ValueError when they are none."""
        secret = decoded(auth)
        if len(secret) != 16:
            raise ValueError("auth must be 16 bytes")
        return cls(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(p256dh)), secret)


def encrypted(
    keys: Keys,
    text: bytes,
    fill: int = FILLED,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push. `own` and `salt` are new for every message; tests name those of the RFC."""
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs, ours = _point(keys.public), _point(own.public_key())
    shared = own.exchange(ec.ECDH(), keys.public)
    material = _derived(shared, keys.auth, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, (text + b"\x02").ljust(fill, b"\0"), None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + sealed


def new_key() -> str:
    """A key of ours, to be kept: whoever has it can send as this installation."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encoded(number.to_bytes(32, "big"))


def public_part(key: str) -> str:
    """What a browser is told of our key, so that nobody else can send to it."""
    return encoded(_point(_private(key).public_key()))


def proof(key: str, endpoint: str, subject: str) -> str:
    """The Authorization header: this message is from the owner of the key. `subject`: where complaints go."""
    parts = urlsplit(endpoint)
    claims: dict[str, object] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + PROOF_S}
    if subject:
        claims["sub"] = subject
    signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(_private(key).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_part(key)}"


def encoded(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """What `encoded` wrote. Raises ValueError."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(key), "big"), ec.SECP256R1())
