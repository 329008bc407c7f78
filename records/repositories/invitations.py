"""Invitations that wait to be accepted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.digest import digest_of, new_secret
from core.errors import Conflict, NotFound
from records.models import Invitation, Role, User

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is asked to join, and as what."""

    email: str
    name: str
    role: Role


def add(db: Session, whom: Invited, by: uuid.UUID | None) -> tuple[Invitation, str]:
    """A new invitation and its secret, stored nowhere. A user's address, or one already invited, is a Conflict."""
    email = whom.email.lower()
    if db.scalar(select(User.id).where(User.email == email)) is not None:
        raise Conflict("There is already a user with this e-mail address.")
    secret = new_secret()
    statement = (
        insert(Invitation)
        .values(
            id=uuid.uuid4(),
            email=email,
            name=whom.name,
            role=whom.role.value,
            digest=digest_of(secret),
            invited_by=by,
            expires_at=func.clock_timestamp() + LIFE,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Invitation)
    )
    invitation = db.scalars(statement).one_or_none()
    if invitation is None:
        raise Conflict("This address has been invited already; send that invitation again, or revoke it.")
    return invitation, secret


def renew(db: Session, invitation: uuid.UUID, by: uuid.UUID) -> tuple[Invitation, str]:
    """The invitation with a new secret and a new week, from now on `by`'s; the old secret is worth nothing any more."""
    secret = new_secret()
    statement = (
        update(Invitation)
        .where(Invitation.id == invitation)
        .values(digest=digest_of(secret), invited_by=by, expires_at=func.clock_timestamp() + LIFE)
        .returning(Invitation)
    )
    renewed = db.scalars(statement).one_or_none()
    if renewed is None:
        raise NotFound("invitation")
    return renewed, secret


def revoke(db: Session, invitation: uuid.UUID) -> None:
    """Take an invitation back."""
    if db.scalar(delete(Invitation).where(Invitation.id == invitation).returning(Invitation.id)) is None:
        raise NotFound("invitation")


def take(db: Session, secret: str) -> Invited | None:
    """Whom this secret invites; it is used up with the caller's commit. None when it is not worth anything.

    It is worth as much as its writer: nobody joins on the word of somebody who is no administrator any more. Nobody
    wrote one that was made on the server itself.
    """
    valid = (Invitation.digest == digest_of(secret)) & (Invitation.expires_at > func.clock_timestamp())
    writer = select(User.id).where(User.id == Invitation.invited_by, User.active, User.role == Role.ADMINISTRATOR.value)
    vouched = Invitation.invited_by.is_(None) | writer.exists()
    taken = delete(Invitation).where(valid, vouched).returning(Invitation.email, Invitation.name, Invitation.role)
    row = db.execute(taken).one_or_none()
    return Invited(row.email, row.name, Role(row.role)) if row else None


def page(db: Session, after: uuid.UUID, limit: int) -> list[Invitation]:
    """Invitations in id order, expired ones too."""
    return list(db.scalars(select(Invitation).where(Invitation.id > after).order_by(Invitation.id).limit(limit)))
