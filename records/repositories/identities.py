"""Who users are at OpenID providers."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from records.models import Identity, User


def active_user(db: Session, issuer: str, subject: str) -> uuid.UUID | None:
    """The active user who is this person there."""
    query = select(User.id).join(Identity, Identity.user_id == User.id)
    return db.scalar(query.where(Identity.issuer == issuer, Identity.subject == subject, User.active))


def link(db: Session, issuer: str, subject: str, email: str) -> uuid.UUID | None:
    """Remember that the active user with this address is that person there; None where there is no such user.

    Nor where one of the two is known as somebody else already: an address that was given to another colleague later
    opens nothing of the first one's.
    """
    user = db.scalar(select(User.id).where(User.email == email.lower(), User.active))
    if user is None:
        return None
    statement = insert(Identity).values(issuer=issuer, subject=subject, user_id=user).on_conflict_do_nothing()
    linked: uuid.UUID | None = db.scalar(statement.returning(Identity.user_id))
    return linked
