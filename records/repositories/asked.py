""" "I want this person": what somebody asked for and what somebody was asked for, as long as nobody has answered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.models import Role
from records.repositories.access import IS_IN_A_TRACKED_POOL, IS_SHARED
from records.rights import gives

# Answered is what was shared; whoever said “done” afterwards waits for nothing. One asked twice is asked once, and
# each recruiter that was told has a notice of their own.
_BY = text(
    f"""
    SELECT c.id AS candidate, c.name, said.remark, said.at
    FROM (SELECT DISTINCT ON (candidate_id) candidate_id, kind, remark, min(created_at) AS at
          FROM notifications WHERE actor_id = :user AND kind IN ('wanted', 'done')
          GROUP BY candidate_id, kind, remark, group_key
          ORDER BY candidate_id, at DESC) said
    JOIN candidates c ON c.id = said.candidate_id AND c.deleted_at IS NULL
    WHERE said.kind = 'wanted' AND {IS_IN_A_TRACKED_POOL} AND NOT {IS_SHARED}
    ORDER BY said.at DESC, c.id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))

_OF = text(
    f"""
    SELECT * FROM (
        SELECT DISTINCT ON (n.actor_id, n.candidate_id) n.id AS notice, n.rung, n.created_at AS at, n.remark,
               c.id AS candidate, c.name, a.id AS asker, a.name AS asker_name
        FROM notifications n
        JOIN candidates c ON c.id = n.candidate_id AND c.deleted_at IS NULL
        JOIN users a ON a.id = n.actor_id AND a.active AND a.role = '{Role.HIRING_MANAGER.value}'
        WHERE n.user_id = :user AND n.kind = 'wanted' AND n.done_at IS NULL AND n.withdrawn_at IS NULL
          AND NOT EXISTS (SELECT FROM applications x JOIN shares s ON s.user_id = a.id AND {gives("s", "x")}
                          WHERE x.candidate_id = c.id)
        ORDER BY n.actor_id, n.candidate_id, n.rung DESC
    ) asked
    ORDER BY rung DESC LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))

# What could be given for each of these notices, and whether its asker has it already.
_ANSWERS = text(
    f"""
    SELECT n.id AS notice, n.actor_id AS asker, u.name AS asker_name,
           u.active AND u.role = '{Role.HIRING_MANAGER.value}' AS able,
           x.id AS application, x.stage, p.title,
           EXISTS (SELECT FROM shares s WHERE s.user_id = n.actor_id AND {gives("s", "x")}) AS given
    FROM notifications n
    JOIN users u ON u.id = n.actor_id
    LEFT JOIN applications x ON x.candidate_id = n.candidate_id AND x.rejected_at IS NULL
    LEFT JOIN positions p ON p.id = x.position_id
    WHERE n.user_id = :user AND n.id = ANY(:notices) AND n.kind = 'wanted'
    ORDER BY n.id, x.applied_at DESC, x.id
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("notices", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody was asked for. Of those asked of the reader also by whom, and by which notice."""

    candidate: uuid.UUID
    name: str
    remark: str | None
    at: datetime
    notice: uuid.UUID | None = None
    asker: uuid.UUID | None = None
    asker_name: str | None = None


@dataclass(frozen=True, slots=True)
class Giveable:
    """An application that could be the answer; `given`: the asker has it."""

    id: uuid.UUID
    position: str
    stage: str
    given: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """Who asked (`able`: they can be given something), and which applications of the person were not rejected."""

    asker: uuid.UUID
    asker_name: str
    able: bool
    applications: list[Giveable]


def by(db: Session, user: uuid.UUID, limit: int) -> list[Wish]:
    """What this hiring manager asked for, sees still, and was not given; the latest first."""
    rows = db.execute(_BY, {"user": user, "limit": limit})
    return [Wish(row.candidate, row.name, row.remark, row.at) for row in rows]


def of(db: Session, user: uuid.UUID, limit: int) -> list[Wish]:
    """What this recruiter was asked for and neither answered nor put aside; the latest first."""
    rows = db.execute(_OF, {"user": user, "limit": limit})
    return [Wish(row.candidate, row.name, row.remark, row.at, row.notice, row.asker, row.asker_name) for row in rows]


def answers(db: Session, user: uuid.UUID, notices: Sequence[uuid.UUID]) -> dict[uuid.UUID, Answers]:
    """By notice of the user, what could be given; other notices than requests are absent."""
    found: dict[uuid.UUID, Answers] = {}
    for row in db.execute(_ANSWERS, {"user": user, "notices": list(notices)}):
        answer = found.setdefault(row.notice, Answers(row.asker, row.asker_name, row.able, []))
        if row.application is not None:
            answer.applications.append(Giveable(row.application, row.title, row.stage, row.given))
    return found
