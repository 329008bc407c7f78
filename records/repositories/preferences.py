"""What users chose to hear of, where and when; and what the house says for whoever chose nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.locks import HOURS
from records.models import HouseChoice, NoticeChoice, Pool, PoolChoice, ReadingHours, User
from records.rights import covers

_HOURS = (
    "jsonb_build_object('zone', h.zone, 'language', h.language, 'quiet_from', h.quiet_from, 'quiet_until', "
    "h.quiet_until, 'working_days', h.working_days, 'digest_at', h.digest_at, 'digest_day', h.digest_day)"
)

_CHOSEN = text(
    f"""
    SELECT u.id, u.role, u.active,
           (SELECT coalesce(jsonb_object_agg(c.event || ' ' || c.channel, c.rhythm), '{{}}')
            FROM notice_choices c WHERE c.user_id = u.id) AS choices,
           (SELECT coalesce(jsonb_object_agg(c.pool_id::text || ' ' || c.channel, c.rhythm), '{{}}')
            FROM pool_choices c WHERE c.user_id = u.id) AS pools,
           (SELECT {_HOURS} FROM reading_hours h WHERE h.user_id = u.id) AS hours,
           (SELECT {_HOURS} FROM reading_hours h WHERE h.user_id IS NULL) AS house_hours,
           (SELECT coalesce(jsonb_object_agg(c.event || ' ' || c.channel, c.rhythm), '{{}}')
            FROM house_choices c) AS house
    FROM users u WHERE u.id = ANY(:users)
    """
).bindparams(bindparam("users", type_=ARRAY(Uuid)))

_FORGET_POOLS = text(
    f"""
    DELETE FROM pool_choices c WHERE c.user_id = :user AND NOT EXISTS (
        SELECT FROM pools p JOIN tracking t ON t.user_id = c.user_id AND {covers("t", "p")}
        WHERE p.id = c.pool_id AND p.deleted_at IS NULL)
    """
).bindparams(bindparam("user", type_=Uuid))


_PLANNING = text(f"SELECT pg_advisory_xact_lock_shared({HOURS})")
_CHANGING_HOURS = text(f"SELECT pg_advisory_xact_lock({HOURS})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one user chose: `choices` by (event, channel), `pools` by (pool, channel).

    `hours` and `house_hours` are None where there are none, and have the columns of ReadingHours.
    """

    user: uuid.UUID
    role: str
    active: bool
    choices: dict[tuple[str, str], str]
    pools: dict[tuple[uuid.UUID, str], str]
    house: dict[tuple[str, str], str]
    hours: dict[str, Any] | None
    house_hours: dict[str, Any] | None


def of(db: Session, users: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chosen]:
    """What each of these users chose, in one statement."""
    return {row.id: _chosen(row) for row in db.execute(_CHOSEN, {"users": list(users)})}


def keep_hours(db: Session) -> None:
    """Nobody's hours change until the caller's commit: what is planned by them is planned by the new ones or is there
    when they change.
    """
    db.execute(_PLANNING)


def choose(db: Session, user: uuid.UUID, event: str, channel: str, rhythm: str | None) -> None:
    """Have the user hear of these events so often on this channel; None: as the house says."""
    _choose(db, NoticeChoice, {"user_id": user, "event": event, "channel": channel}, rhythm)


def choose_pool(db: Session, user: uuid.UUID, pool: uuid.UUID, channel: str, rhythm: str | None) -> None:
    """The same of one pool and those below it; None: as all of them."""
    _choose(db, PoolChoice, {"user_id": user, "pool_id": pool, "channel": channel}, rhythm)


def choose_for_house(db: Session, event: str, channel: str, rhythm: str | None) -> None:
    """What holds for whoever chose nothing; None: what the product says."""
    _choose(db, HouseChoice, {"event": event, "channel": channel}, rhythm)


def set_hours(db: Session, user: uuid.UUID | None, hours: dict[str, Any]) -> None:
    """When a user, or (None) whoever has no hours of their own, wants to hear of things; as ReadingHours has it.

    What waits by the old ones is the caller's to date anew.
    """
    db.execute(_CHANGING_HOURS)
    wanted = insert(ReadingHours).values(id=uuid.uuid4(), user_id=user, **hours)
    db.execute(wanted.on_conflict_do_update(index_elements=["user_id"], set_=hours))


def forget_hours(db: Session, user: uuid.UUID | None) -> None:
    """As the house says; for the house itself (None), as the product does. Otherwise as `set_hours`."""
    db.execute(_CHANGING_HOURS)
    db.execute(delete(ReadingHours).where(ReadingHours.user_id.is_not_distinct_from(user)))


def forget_pools(db: Session, user: uuid.UUID) -> None:
    """Forget choices about pools that the user does not track any more."""
    db.execute(_FORGET_POOLS, {"user": user})


def may_be_chosen(db: Session, user: uuid.UUID, pool: uuid.UUID | None) -> bool:
    """Whether there are such a user and such a pool (if one is named), which stay until the caller's commit."""
    there = db.scalar(select(User.id).where(User.id == user).with_for_update(key_share=True, read=True))
    if there is None or pool is None:
        return there is not None
    kept = select(Pool.id).where(Pool.id == pool, Pool.deleted_at.is_(None)).with_for_update(key_share=True, read=True)
    return db.scalar(kept) is not None


def forget_loud_pools(db: Session, user: uuid.UUID, channel: str) -> None:
    """Forget which pools they wanted to hear of by themselves on this channel; what they switched off stays off."""
    db.execute(
        delete(PoolChoice).where(PoolChoice.user_id == user, PoolChoice.channel == channel, PoolChoice.rhythm != "off")
    )


def _choose(
    db: Session,
    table: type[NoticeChoice | PoolChoice | HouseChoice],
    about: dict[str, uuid.UUID | str],
    rhythm: str | None,
) -> None:
    """`about` is the key of the row that says it."""
    if rhythm is None:
        db.execute(delete(table).filter_by(**about))
        return
    wanted = insert(table).values(**about, rhythm=rhythm)
    db.execute(wanted.on_conflict_do_update(index_elements=list(about), set_={"rhythm": rhythm}))


def _chosen(row: Row[Any]) -> Chosen:
    return Chosen(
        row.id,
        row.role,
        row.active,
        _by_two(row.choices),
        {(uuid.UUID(pool), channel): rhythm for (pool, channel), rhythm in _by_two(row.pools).items()},
        _by_two(row.house),
        row.hours,
        row.house_hours,
    )


def _by_two(stored: dict[str, str]) -> dict[tuple[str, str], str]:
    found = {}
    for key, rhythm in stored.items():
        first, _, second = key.partition(" ")
        found[first, second] = rhythm
    return found
