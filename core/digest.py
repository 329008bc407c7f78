"""Secrets that we hand out, and what we keep of them."""

from __future__ import annotations

import hashlib
import secrets


def new_secret(mark: str = "") -> str:
    """256 random bits as text for headers, cookies and links, behind a mark by which a leaked one is recognised."""
    return mark + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """What is stored of a secret. It is random, so neither salt nor a slow hash would add anything."""
    return hashlib.sha256(secret.encode()).digest()
