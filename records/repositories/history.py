"""What happened to a person, put together from the rows that tell of it: nothing is written down twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

What = Literal[
    "added", "imported", "tagged", "applied", "noted", "rejected", "shared", "unshared",
    "position_shared", "position_unshared", "entered", "left", "wanted", "done",
]  # fmt: skip

# A reader who asks rings several bells at once; it is told once. A share of a whole position counts from when the
# person applied, if that was later, and its end only if they had applied by then.
_HISTORY = """
    SELECT c.created_at AS at, CASE WHEN c.batch_id IS NULL THEN 'added' ELSE 'imported' END AS what,
           c.created_by AS by, coalesce(b.name, c.source) AS name,
           NULL::uuid AS whom, NULL::text AS text, NULL::uuid AS pool, NULL::uuid AS position
    FROM candidates c LEFT JOIN import_batches b ON b.id = c.batch_id WHERE c.id = :candidate
    UNION ALL
    SELECT ct.added_at, 'tagged', ct.added_by, t.name, NULL, NULL, NULL, NULL
    FROM candidate_tags ct JOIN tags t ON t.id = ct.tag_id JOIN candidates c ON c.id = ct.candidate_id
    WHERE ct.candidate_id = :candidate AND ct.added_at > c.created_at
    UNION ALL
    SELECT a.applied_at, 'applied', NULL, p.title, NULL, NULL, NULL, p.id
    FROM applications a JOIN positions p ON p.id = a.position_id WHERE a.candidate_id = :candidate
    UNION ALL
    SELECT n.created_at, 'noted', n.author_id, p.title, NULL, n.text, NULL, p.id
    FROM application_notes n JOIN applications a ON a.id = n.application_id JOIN positions p ON p.id = a.position_id
    WHERE a.candidate_id = :candidate
    UNION ALL
    SELECT a.rejected_at, 'rejected', a.rejected_by, r.name, NULL, a.rejection_note, NULL, a.position_id
    FROM applications a JOIN rejection_reasons r ON r.id = a.rejection_reason_id WHERE a.candidate_id = :candidate
    UNION ALL
    SELECT s.created_at, 'shared', s.granted_by, p.title, s.user_id, NULL, NULL, p.id
    FROM applications a JOIN shares s ON s.application_id = a.id JOIN positions p ON p.id = a.position_id
    WHERE a.candidate_id = :candidate
    UNION ALL
    SELECT s.revoked_at, 'unshared', s.revoked_by, p.title, s.user_id, NULL, NULL, p.id
    FROM applications a JOIN shares s ON s.application_id = a.id JOIN positions p ON p.id = a.position_id
    WHERE a.candidate_id = :candidate AND s.revoked_at IS NOT NULL
    UNION ALL
    SELECT greatest(s.created_at, a.applied_at), 'position_shared', s.granted_by, p.title, s.user_id, NULL, NULL, p.id
    FROM applications a JOIN shares s ON s.position_id = a.position_id JOIN positions p ON p.id = a.position_id
    WHERE a.candidate_id = :candidate AND (s.revoked_at IS NULL OR s.revoked_at > a.applied_at)
    UNION ALL
    SELECT s.revoked_at, 'position_unshared', s.revoked_by, p.title, s.user_id, NULL, NULL, p.id
    FROM applications a JOIN shares s ON s.position_id = a.position_id JOIN positions p ON p.id = a.position_id
    WHERE a.candidate_id = :candidate AND s.revoked_at > a.applied_at
    UNION ALL
    SELECT m.matched_at, 'entered', NULL, p.name, NULL, NULL, p.id, NULL
    FROM matches m JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    WHERE m.candidate_id = :candidate
    UNION ALL
    SELECT m.left_at, 'left', NULL, p.name, NULL, NULL, p.id, NULL
    FROM matches m JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    WHERE m.candidate_id = :candidate AND m.left_at IS NOT NULL
    UNION ALL
    SELECT min(n.created_at), n.kind, n.actor_id, NULL, NULL, n.remark, NULL, NULL
    FROM notifications n WHERE n.candidate_id = :candidate AND n.kind IN ('wanted', 'done')
    GROUP BY n.kind, n.actor_id, n.remark, n.group_key
"""
_NAMED = text(
    f"""
    SELECT h.at, h.what, by_whom.name AS by_name, h.name, whom.name AS whom, h.text, h.pool, h.position
    FROM ({_HISTORY}) h
    LEFT JOIN users by_whom ON by_whom.id = h.by LEFT JOIN users whom ON whom.id = h.whom
    ORDER BY h.at DESC, h.what, h.name, h.whom LIMIT :limit
    """
).bindparams(bindparam("candidate", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened; `name` is what it was about, `whom` a colleague it was shared with, `text` the words."""

    at: datetime
    what: What
    by_name: str | None
    name: str | None
    whom: str | None
    text: str | None
    pool: uuid.UUID | None
    position: uuid.UUID | None


def of(db: Session, candidate: uuid.UUID, limit: int) -> list[Happened]:
    """What happened to the candidate, newest first."""
    rows = db.execute(_NAMED, {"candidate": candidate, "limit": limit})
    return [Happened(**row) for row in rows.mappings()]
