"""The sample logins: one user of each role, their tokens kept in a file only the owner may read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from embedded.secret import write_private
from records.database import session
from records.models import Role
from records.repositories import callers, tokens, users

FILE = "sample-logins.json"


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
