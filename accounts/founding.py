"""The first administrator of an installation, created by whoever opens its first page. Once, and never again."""

from __future__ import annotations

from accounts.passwords import check, passwords
from core.errors import NotFound
from records.database import Session
from records.models import User
from records.repositories import passwords as kept
from records.repositories import users


def is_open(db: Session) -> bool:
    """Whether nobody has come yet."""
    return not users.exist(db)


def begin(db: Session, email: str, name: str, password: str) -> User:
    """The first user, an administrator. The caller commits. Raises NotFound as soon as there is anybody."""
    if not is_open(db):
        raise closed()
    check(password, "body.password", (email, name))
    # Before the table is held: it takes a while, and two may compute at once.
    password_hash = passwords().hash(password)
    user = users.add_first(db, email, name)
    if user is None:
        raise closed()
    kept.store(db, user.id, password_hash)
    return user


def closed() -> NotFound:
    """What the page of the first visit is ever after."""
    return NotFound("page")
