"""Pools as a tree that opens folder by folder, and what in it is news to a reader."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean, Integer, Text, Uuid

from records.repositories.notices import VISIBLE_MATCHES
from records.rights import covers

_UUIDS = ARRAY(Uuid)

# Notices looked through for what is new: whoever has left more than these unread does not count them.
MOST_UNREAD = 200

# Whoever does not see every pool has a tree of those they track and what lies below, whose tops are those that lie in
# none of them.
_OPENED = text(
    f"""
    WITH seen AS MATERIALIZED (
        SELECT p.id, p.name, p.parent_id, p.ancestors FROM pools p
        WHERE p.deleted_at IS NULL
          AND (:everything OR EXISTS (SELECT FROM tracking t WHERE t.user_id = :user AND {covers("t", "p")}))
    ), way AS (
        SELECT DISTINCT unnest(ancestors) AS id FROM seen WHERE id = ANY(:opened)
        UNION SELECT DISTINCT unnest(trim_array(ancestors, 1)) FROM seen WHERE id = ANY(:shown)
    )
    SELECT s.id, s.name, CASE WHEN a.id IS NOT NULL THEN s.parent_id END AS parent,
           EXISTS (SELECT FROM seen b WHERE b.parent_id = s.id) AS deeper
    FROM seen s LEFT JOIN seen a ON a.id = s.parent_id
    WHERE CASE WHEN :part = '' THEN a.id IS NULL OR a.id IN (SELECT id FROM way) OR s.id = ANY(:shown)
               ELSE strpos(lower(s.name), lower(:part)) > 0 END
    ORDER BY s.id = ANY(:shown) OR s.id IN (SELECT id FROM way) DESC, a.id IS NOT NULL DESC, lower(s.name), s.id
    LIMIT :limit
    """
).bindparams(
    bindparam("user", type_=Uuid),
    bindparam("everything", type_=Boolean),
    bindparam("opened", type_=_UUIDS),
    bindparam("shown", type_=_UUIDS),
    bindparam("part", type_=Text),
    bindparam("limit", type_=Integer),
)

# People whom a notice tells of that the reader has not opened, with the pools they are new in. Notices that have
# nothing left to tell are left out before so many are taken: else those of a pool tracked no more would hide others.
_NEWS = f"""
    SELECT v.candidate_id, v.pool_id FROM (
        SELECT n.id, n.user_id FROM notifications n
        WHERE n.user_id = :user AND n.kind IN ('match', 'summary')
          AND n.read_at IS NULL AND n.done_at IS NULL AND n.withdrawn_at IS NULL AND EXISTS ({VISIBLE_MATCHES})
        ORDER BY n.rung DESC LIMIT {MOST_UNREAD}
    ) n CROSS JOIN LATERAL ({VISIBLE_MATCHES}) v
"""
_NEW = text(
    f"""
    WITH news AS MATERIALIZED ({_NEWS})
    SELECT pool_id AS id, count(DISTINCT candidate_id) AS people FROM news WHERE pool_id = ANY(:pools) GROUP BY pool_id
    UNION ALL SELECT DISTINCT candidate_id, CAST(NULL AS bigint) FROM news WHERE candidate_id = ANY(:candidates)
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("pools", type_=_UUIDS), bindparam("candidates", type_=_UUIDS))


@dataclass(frozen=True, slots=True)
class Folder:
    """A pool in the tree; `deeper` says that there are others in it, which the reader may see."""

    id: uuid.UUID
    name: str
    parent: uuid.UUID | None
    deeper: bool


def opened(
    db: Session,
    user: uuid.UUID,
    *,
    everything: bool,
    opened: Sequence[uuid.UUID],
    shown: Sequence[uuid.UUID],
    part: str,
    limit: int,
) -> list[Folder]:
    """The tops, what lies in the folders that are `opened`, and the way to those that must be `shown`.

    With a `part` instead those with it in their name. At most `limit`: those that must be shown first, then what
    others lie in; in no order to be shown in.
    """
    asked = {
        "user": user,
        "everything": everything,
        "opened": list(opened),
        "shown": list(shown),
        "part": part,
        "limit": limit,
    }
    return [Folder(*row) for row in db.execute(_OPENED, asked)]


def new_to(
    db: Session, user: uuid.UUID, pools: Sequence[uuid.UUID], candidates: Sequence[uuid.UUID] = ()
) -> tuple[dict[uuid.UUID, int], set[uuid.UUID]]:
    """What notices tell of that the user has not opened: how many people in each pool, and who of these people."""
    rows = db.execute(_NEW, {"user": user, "pools": list(pools), "candidates": list(candidates)}).all()
    return (
        {row.id: row.people for row in rows if row.people is not None},
        {row.id for row in rows if row.people is None},
    )
