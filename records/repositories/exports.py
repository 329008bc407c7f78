"""What leaves as a file: people with everything a reader may see of them, a page of them in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.repositories.access import IS_IN_A_TRACKED_POOL, IS_SHARED
from records.rights import covers, gives

# As api.views shows one person: labels only to those who track a pool that asks for them and has the person in it
# (`asked` is repositories.access._ASKED_TAGS of all their pools), applications only where they were shared.
_EXPORTED = text(
    f"""
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT p.id AS pool, p.live_generation, key
        FROM tracking w JOIN pools p ON {covers("w", "p")} AND p.deleted_at IS NULL
        CROSS JOIN LATERAL (
            SELECT min(array_position(p.live_ancestors, t.pool_id)) AS depth FROM tracking t
            WHERE t.user_id = :user AND {covers("t", "p")}) tracked
        CROSS JOIN LATERAL jsonb_array_elements(p.live_chain) WITH ORDINALITY AS chain(criteria, depth)
        CROSS JOIN LATERAL jsonb_array_elements_text(
            coalesce(chain.criteria -> 'tags' -> 'any', '[]') || coalesce(chain.criteria -> 'tags' -> 'all', '[]')
        ) AS key
        WHERE w.user_id = :user AND chain.depth >= tracked.depth AND NOT :everything
    )
    SELECT c.id, c.name, c.email, c.phone, c.headline, c.years_experience, c.languages, c.source, c.created_at,
           CASE WHEN :everything THEN c.updated_at ELSE c.profile_at END AS active,
           seen.owned, carried.tags, applied.applications
    FROM candidates c
    CROSS JOIN LATERAL (SELECT :everything OR {IS_SHARED} AS owned OFFSET 0) seen
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_array(t.kind, t.name) ORDER BY t.kind, t.name, t.key), '[]') AS tags
        FROM candidate_tags ct JOIN tags t ON t.id = ct.tag_id
        WHERE ct.candidate_id = c.id AND (
            :everything OR t.kind IN ('skill', 'location', 'language')
            OR (t.kind = 'label' AND EXISTS (
                SELECT FROM asked JOIN matches m ON m.pool_id = asked.pool AND m.generation = asked.live_generation
                WHERE asked.key = t.key AND m.candidate_id = c.id AND m.left_at IS NULL)))) carried
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'position', p.title, 'stage', a.stage, 'reason', r.name) ORDER BY a.applied_at, a.id), '[]') AS applications
        FROM applications a JOIN positions p ON p.id = a.position_id
        LEFT JOIN rejection_reasons r ON r.id = a.rejection_reason_id
        WHERE a.candidate_id = c.id AND (:everything OR EXISTS (
            SELECT FROM shares s WHERE s.user_id = :user AND {gives("s", "a")}))) applied
    WHERE c.id = ANY(:people) AND c.deleted_at IS NULL AND (seen.owned OR {IS_IN_A_TRACKED_POOL})
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("people", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Exported:
    """A person as far as the reader may see them. `tags` are (kind, name), `applications` those they may see.

    `active` is when last something changed that they can see.
    """

    id: uuid.UUID
    name: str
    email: str | None
    phone: str | None
    headline: str
    years_experience: int | None
    languages: list[dict[str, Any]]
    source: str | None
    created_at: datetime
    active: datetime
    owned: bool
    tags: list[tuple[str, str]]
    applications: list[dict[str, Any]]


def of(db: Session, user: uuid.UUID, people: Sequence[uuid.UUID], *, everything: bool) -> list[Exported]:
    """Those of these people whom the user sees now, in the order given."""
    rows = db.execute(_EXPORTED, {"user": user, "people": list(people), "everything": everything})
    found = {row[0]: Exported(*row) for row in rows}
    return [found[each] for each in people if each in found]
