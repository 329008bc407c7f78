"""How another system knows that a webhook is from here: Standard Webhooks (standardwebhooks.com), symmetric. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence

_MARK = "whsec_"


def new_secret() -> str:
    """32 random bytes, as the specification writes them."""
    return _MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(delivery: uuid.UUID | str, timestamp: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers of the specification; `timestamp` in seconds. One signature for each key, any of them will do.

    The id is the same at every attempt, the timestamp is that of this one.
    """
    signed = f"{delivery}.{timestamp}.".encode() + body
    return {
        "webhook-id": str(delivery),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    digest = hmac.new(base64.b64decode(key.removeprefix(_MARK)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
