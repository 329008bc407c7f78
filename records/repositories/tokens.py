"""Bearer tokens."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Interval, cast, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.digest import digest_of, new_secret
from core.errors import NotFound
from records.models import ApiToken, Scope
from records.repositories.callers import EVERY_SCOPE

MARK = "mp_"


def issue(
    db: Session,
    user: uuid.UUID,
    name: str,
    scopes: Collection[Scope] = EVERY_SCOPE,
    life: timedelta | None = None,
    at_latest: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token for the user; the second value is shown once and stored nowhere. It expires after `life`.

    `at_latest`, the end of the token it was made with, comes first where it is earlier.
    """
    token = new_secret(MARK)
    statement = insert(ApiToken).values(
        id=uuid.uuid4(),
        user_id=user,
        name=name,
        digest=digest_of(token),
        scopes=[scope.value for scope in Scope if scope in scopes],
        # Without a limit there is no value, and LEAST passes over those.
        expires_at=func.least(func.clock_timestamp() + cast(life, Interval), cast(at_latest, DateTime(timezone=True))),
    )
    return db.scalars(statement.returning(ApiToken)).one(), token


def revoke(db: Session, user: uuid.UUID, token: uuid.UUID) -> None:
    """End a token; it is refused from the next request on."""
    statement = (
        update(ApiToken)
        .where(ApiToken.id == token, ApiToken.user_id == user, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(ApiToken.id)
    )
    if db.scalar(statement) is None:
        raise NotFound("token")


def of_user(db: Session, user: uuid.UUID) -> list[ApiToken]:
    """The tokens of a user that are still good for something, newest first."""
    alive = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > func.clock_timestamp())
    query = select(ApiToken).where(ApiToken.user_id == user, ApiToken.revoked_at.is_(None), alive)
    return list(db.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id)))
