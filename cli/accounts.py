"""The sample logins: one user of each role, tokens and password kept in files only the owner may read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from accounts.passwords import passwords
from embedded.secret import write_private
from records.database import Session, session
from records.models import Role
from records.repositories import callers, tokens, users
from records.repositories import passwords as kept

FILE = "sample-logins.json"
KEPT_IN = "sample-password"


@dataclass(frozen=True, slots=True)
class Login:
    """A sample user."""

    role: Role
    id: UUID
    email: str
    token: str


def sample_logins(home: Path) -> dict[Role, Login]:
    """The sample users with a working token each; made on the first call, the same ones afterwards."""
    path = home / FILE
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    logins: dict[Role, Login] = {}
    with session() as db:
        for role in Role:
            email = f"{role.value.replace('_', '.')}@example.com"
            user = users.by_email(db, email) or users.add(db, email, f"Sample {role.value.replace('_', ' ')}", role)
            token = kept.get(email, "")
            caller = callers.behind_token(db, token) if token else None
            if caller is None or caller.id != user.id:
                token = tokens.issue(db, user.id, "sample login")[1]
            logins[role] = Login(role, user.id, email, token)
        db.commit()
    write_private(path, json.dumps({login.email: login.token for login in logins.values()}, indent=2))
    return logins


def sample_password(home: Path, logins: Mapping[Role, Login]) -> str:
    """With which all sample users sign in on the page; who has a password already keeps it."""
    path = home / KEPT_IN
    if not path.exists():
        write_private(path, secrets.token_urlsafe(12))
    password = path.read_text(encoding="utf-8").strip()
    with session() as db:
        without = [login.id for login in logins.values() if not _has_password(db, login.id)]
        hashed = passwords().hash(password) if without else ""
        for user in without:
            kept.store(db, user, hashed)
        db.commit()
    return password


def _has_password(db: Session, user: UUID) -> bool:
    stored = kept.of_user(db, user)
    return stored is not None and stored.password_hash is not None
