"""What could be tracked, and whom tracking it would show to a user: asked before anything is saved."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from core.text import fold
from records.rights import covers, gives

# A tag that is a place stands for every place in it, as it does in criteria.
_NAMED_BY = "below.id = t.id OR (t.kind = 'location' AND below.lineage @> ARRAY[t.key])"

_SHOWN = text(
    f"""
    WITH offered AS (
        SELECT m.candidate_id, above.name AS through
        FROM pools above
        JOIN pools p ON above.id = ANY(p.ancestors) AND above.id = ANY(p.live_ancestors) AND p.deleted_at IS NULL
        JOIN matches m ON m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL
        WHERE above.id = ANY(:pools)
        UNION
        SELECT ct.candidate_id, t.name
        FROM tags t JOIN tags below ON {_NAMED_BY} JOIN candidate_tags ct ON ct.tag_id = below.id
        WHERE t.key = ANY(:tags)
    ), seen AS (
        SELECT m.candidate_id FROM tracking w
        JOIN pools p ON {covers("w", "p")} AND p.deleted_at IS NULL
        JOIN matches m ON m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL
        WHERE w.user_id = :user
        UNION
        SELECT a.candidate_id FROM shares s JOIN applications a ON {gives("s", "a")} WHERE s.user_id = :user
    ), people AS (
        SELECT c.id, c.name, c.headline, array_agg(o.through ORDER BY o.through) AS through,
               NOT :everybody AND c.id NOT IN (SELECT candidate_id FROM seen) AS new
        FROM offered o JOIN candidates c ON c.id = o.candidate_id AND c.deleted_at IS NULL
        GROUP BY c.id
    )
    SELECT id, name, headline, through, new, count(*) OVER () AS people, count(*) FILTER (WHERE new) OVER () AS more
    FROM people ORDER BY new DESC, name, id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("pools", type_=ARRAY(Uuid)), bindparam("tags", type_=ARRAY(Text)))

_POOLS = text(
    f"""
    SELECT p.id, p.name,
           EXISTS (SELECT FROM tracking t WHERE t.user_id = :user AND {covers("t", "p")}) AS tracked,
           (SELECT count(*) FROM matches m JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
            WHERE m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL) AS people
    FROM pools p
    WHERE p.deleted_at IS NULL AND (p.name ILIKE :starts ESCAPE '/' OR p.name ILIKE :within ESCAPE '/')
    ORDER BY p.name, p.id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))

_PEOPLE_OF_TAGS = text(
    f"""
    SELECT t.key, count(DISTINCT ct.candidate_id) AS people
    FROM tags t JOIN tags below ON {_NAMED_BY} JOIN candidate_tags ct ON ct.tag_id = below.id
    WHERE t.key = ANY(:keys) GROUP BY t.key
    """
).bindparams(bindparam("keys", type_=ARRAY(Text)))

# The pools that ask for one tag and nothing else, the oldest first. A broken one shows nobody who comes.
_OF_TAG = text(
    """
    SELECT id FROM pools
    WHERE deleted_at IS NULL AND parent_id IS NULL AND broken_reason IS NULL
      AND criteria IN (jsonb_build_object(CAST(:part AS text), jsonb_build_object('any', jsonb_build_array(:key))),
                       jsonb_build_object(CAST(:part AS text), jsonb_build_object('all', jsonb_build_array(:key))))
    ORDER BY created_at, id LIMIT 1
    """
).bindparams(bindparam("key", type_=Text), bindparam("part", type_=Text))


# Pools that ask for an internal tag, with everything that tag answers to.
_INTERNAL = text(
    """
    SELECT p.id, p.name, l.folded FROM pools p
    CROSS JOIN LATERAL jsonb_array_elements_text(
        coalesce(p.criteria #> '{tags,any}', '[]') || coalesce(p.criteria #> '{tags,all}', '[]')) AS asked(key)
    JOIN tags t ON t.key = asked.key AND t.kind = 'internal' JOIN tag_labels l ON l.tag_id = t.id
    WHERE p.id = ANY(:pools) AND p.deleted_at IS NULL
    """
).bindparams(bindparam("pools", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whom the user would see, through which of the things offered; `new`: they do not see them now."""

    id: uuid.UUID
    name: str
    headline: str
    through: list[str]
    new: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """The first of those who would be seen, how many there are, and how many of them the user does not see now."""

    first: list[Shown]
    people: int
    more: int


@dataclass(frozen=True, slots=True)
class FoundPool:
    """A pool that could be tracked, and whether the user does, or one above it."""

    id: uuid.UUID
    name: str
    tracked: bool
    people: int


def shown(
    db: Session, user: uuid.UUID, pools: Sequence[uuid.UUID], tags: Sequence[str], limit: int, *, everybody: bool
) -> Offer:
    """Whom these pools, and the people who carry these tags, would show. `everybody`: the user sees all there are."""
    rows = db.execute(
        _SHOWN, {"user": user, "pools": list(pools), "tags": list(tags), "everybody": everybody, "limit": limit}
    ).all()
    first = [Shown(row.id, row.name, row.headline, row.through, row.new) for row in rows]
    return Offer(first, rows[0].people if rows else 0, rows[0].more if rows else 0)


def pools_starting(db: Session, user: uuid.UUID, start: str, limit: int) -> list[FoundPool]:
    """Pools with a word in their names that begins like this, by name."""
    escaped = start.replace("/", "//").replace("%", "/%").replace("_", "/_")
    parameters = {"user": user, "starts": f"{escaped}%", "within": f"% {escaped}%", "limit": limit}
    return [FoundPool(*row) for row in db.execute(_POOLS, parameters)]


def people_of_tags(db: Session, keys: Sequence[str]) -> dict[str, int]:
    """How many people carry each of these tags; of a place, or a place in it."""
    found = {row.key: int(row.people) for row in db.execute(_PEOPLE_OF_TAGS, {"keys": list(keys)})} if keys else {}
    return {key: found.get(key, 0) for key in keys}


def pool_of_tag(db: Session, key: str, part: str) -> uuid.UUID | None:
    """The pool that asks for this tag and nothing else, if there is one; `part` is where criteria name such tags."""
    found: uuid.UUID | None = db.scalar(_OF_TAG, {"key": key, "part": part})
    return found


def called_like_internal_tags(db: Session, pools: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Those of these pools whose name is one of an internal tag they ask for, with it: it tells what the tag says."""
    rows = db.execute(_INTERNAL, {"pools": list(pools)}).all() if pools else []
    return {row.id: row.name for row in rows if fold(row.name) == row.folded}
