"""Users."""

from __future__ import annotations

import uuid

from sqlalchemy import select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from records.models import Role, User

# Waits for all who have added somebody and not committed yet; readers go on.
_HOLD = text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")


def add(db: Session, email: str, name: str, role: Role) -> User:
    """A new user; an address already taken is a Conflict."""
    statement = (
        insert(User)
        .values(id=uuid.uuid4(), email=email.lower(), name=name, role=role.value)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(User)
    )
    user = db.scalars(statement).one_or_none()
    if user is None:
        raise Conflict("There is already a user with this e-mail address.")
    return user


def exist(db: Session) -> bool:
    """Whether there is anybody at all, active or not."""
    return bool(db.scalar(select(select(User.id).exists())))


def add_first(db: Session, email: str, name: str) -> User | None:
    """The administrator of an installation without users; None where there is one already, even one being added now.

    The table is held against whoever else adds one, until the caller's commit.
    """
    db.execute(_HOLD)
    return None if exist(db) else add(db, email, name, Role.ADMINISTRATOR)


def get(db: Session, user: uuid.UUID) -> User:
    """The user, or NotFound."""
    found = db.get(User, user)
    if found is None:
        raise NotFound("user")
    return found


def lock(db: Session, user: uuid.UUID) -> User:
    """The user, held against other writers, or NotFound."""
    found = db.scalar(select(User).where(User.id == user).with_for_update())
    if found is None:
        raise NotFound("user")
    return found


def page(db: Session, after: tuple[str, uuid.UUID] | None, limit: int, part: str = "") -> list[User]:
    """Users by name; `after` is name and id of the last one of the page before, `part` stands in name or address."""
    query = select(User).order_by(User.name, User.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(User.name, User.id) > after)
    if part:
        query = query.where(User.name.icontains(part, autoescape=True) | User.email.icontains(part, autoescape=True))
    return list(db.scalars(query))


def by_email(db: Session, email: str) -> User | None:
    """The user with this address, in any case."""
    return db.scalar(select(User).where(User.email == email.lower()))


def active_of_roles(db: Session, roles: list[Role]) -> list[uuid.UUID]:
    """The active users of these roles."""
    query = select(User.id).where(User.active, User.role.in_([role.value for role in roles])).order_by(User.id)
    return list(db.scalars(query))


def active_among(db: Session, ids: list[uuid.UUID], roles: list[Role]) -> list[uuid.UUID]:
    """Those of `ids` that are active and of one of these roles."""
    query = select(User.id).where(User.id.in_(ids), User.active, User.role.in_([role.value for role in roles]))
    return list(db.scalars(query.order_by(User.id)))


def starting(db: Session, start: str, role: Role, limit: int) -> list[User]:
    """The active users of a role whose names, or a word of them, begin like this, by name."""
    begins = User.name.istartswith(start, autoescape=True) | User.name.icontains(f" {start}", autoescape=True)
    query = select(User).where(User.active, User.role == role.value, begins)
    return list(db.scalars(query.order_by(User.name, User.id).limit(limit)))


def names(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id."""
    return {row.id: row.name for row in db.execute(select(User.id, User.name).where(User.id.in_(ids)))}
