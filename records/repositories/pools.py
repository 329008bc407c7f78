"""Pools as a tree of criteria, their generations, and who tracks them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Uuid

from core.errors import Conflict, Invalid, NotFound, Problem
from records import outbox
from records.models import Pool, PoolChange, Role, Tracking, User
from records.repositories import mine, preferences
from records.rights import covers

_UUIDS = ARRAY(Uuid)

# Deep enough for "country / region / team / seniority / special" and shallow enough that criteria stay readable.
MAX_DEPTH = 8

_NEW_GENERATION = text(
    "UPDATE pools SET generation = nextval('pool_generations'), generation_at = clock_timestamp(),"
    " updated_at = clock_timestamp(),"
    " broken_reason = NULL"
    " WHERE ancestors @> ARRAY[CAST(:root AS uuid)] AND deleted_at IS NULL RETURNING id"
)

_REGROW_BRANCH = text(
    """
    WITH RECURSIVE branch AS (
        SELECT p.id, CAST(:above AS uuid[]) || p.id AS ancestors FROM pools p WHERE p.id = :root
        UNION ALL
        SELECT child.id, branch.ancestors || child.id FROM pools child JOIN branch ON child.parent_id = branch.id
    )
    UPDATE pools SET ancestors = branch.ancestors FROM branch WHERE pools.id = branch.id
    """
).bindparams(bindparam("above", type_=_UUIDS), bindparam("root", type_=Uuid))

_DEFINITIONS = text(
    """
    SELECT p.id, p.generation, p.live_generation, p.deleted_at IS NOT NULL AS deleted,
           p.broken_reason IS NOT NULL AS broken,
           (SELECT array_agg(a.criteria ORDER BY array_position(p.ancestors, a.id))
            FROM pools a WHERE a.id = ANY(p.ancestors)) AS chain
    FROM pools p WHERE p.id = ANY(:ids)
    """
).bindparams(bindparam("ids", type_=_UUIDS))

_GENERATIONS = text(
    "SELECT id, generation, live_generation, deleted_at IS NOT NULL AS deleted, broken_reason IS NOT NULL AS broken"
    " FROM pools WHERE id > :after AND id <= :up_to ORDER BY id LIMIT :limit"
).bindparams(bindparam("after", type_=Uuid), bindparam("up_to", type_=Uuid))

_WANTED_AMONG = text(
    "SELECT id, g FROM pools, unnest(ARRAY[generation, live_generation]) AS g"
    " WHERE (generation = ANY(:generations) OR live_generation = ANY(:generations)) AND deleted_at IS NULL"
    " AND ((g = generation AND broken_reason IS NULL) OR (g = live_generation AND NOT frozen))"
).bindparams(bindparam("generations", type_=ARRAY(BigInteger)))

# Where a generation waits to be shown already, whoever came since it was asked still comes to it, and is told of.
_ASKED_SINCE = "CASE WHEN generation = live_generation THEN clock_timestamp() ELSE generation_at END"

_REGISTER_AGAIN = text(
    f"UPDATE pools SET generation = nextval('pool_generations'), generation_at = {_ASKED_SINCE}"
    " WHERE id = :pool AND deleted_at IS NULL RETURNING id"
).bindparams(bindparam("pool", type_=Uuid))

_REGISTER_ALL_AGAIN = text(
    f"UPDATE pools SET generation = nextval('pool_generations'), generation_at = {_ASKED_SINCE}"
    " WHERE deleted_at IS NULL AND broken_reason IS NULL RETURNING id"
)

_COUNTS = text(
    "SELECT p.id, count(c.id) AS people FROM pools p"
    " LEFT JOIN matches m ON m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL"
    " LEFT JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL"
    " WHERE p.id = ANY(:ids) GROUP BY p.id"
).bindparams(bindparam("ids", type_=_UUIDS))

_TRACKED_BRANCHES = text(
    f"SELECT p.id FROM pools p JOIN tracking t ON {covers('t', 'p')} WHERE t.user_id = :user AND p.deleted_at IS NULL"
).bindparams(bindparam("user", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Definition:
    """What registration needs: the generation wanted, and the criteria from the root down to the pool itself."""

    id: uuid.UUID
    generation: int
    live_generation: int
    deleted: bool
    broken: bool
    chain: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Generations:
    """A pool's place in time, for the checker."""

    id: uuid.UUID
    generation: int
    live_generation: int
    deleted: bool
    broken: bool


def get(db: Session, pool: uuid.UUID) -> Pool:
    """The pool, or NotFound for unknown and deleted alike."""
    found = db.get(Pool, pool)
    if found is None or found.deleted_at is not None:
        raise NotFound("pool")
    return found


def lock(db: Session, pool: uuid.UUID) -> Pool:
    """The pool, held against other writers."""
    found = db.scalar(
        select(Pool)
        .where(Pool.id == pool, Pool.deleted_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("pool")
    return found


def add_many(
    db: Session,
    rows: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    parent: Pool | None,
    actor: uuid.UUID | None,
) -> list[uuid.UUID]:
    """Add pools (name, criteria) below `parent`, and the intent to register them."""
    above = _stands(db, parent)
    if len(above) >= MAX_DEPTH:
        raise Invalid(
            "Folders can be nested only so deep.",
            problems=(
                Problem("parent", f"The parent already lies {len(above)} levels deep; {MAX_DEPTH} is the most."),
            ),
        )
    ids = [uuid.uuid4() for _ in rows]
    db.execute(
        insert(Pool),
        [
            {
                "id": id_,
                "name": name,
                "parent_id": parent.id if parent else None,
                "ancestors": [*above, id_],
                "live_ancestors": [*above, id_],
                "criteria": dict(criteria),
                "created_by": actor,
            }
            for id_, (name, criteria) in zip(ids, rows, strict=True)
        ],
    )
    outbox.enqueue(db, "pool", ids, actor=actor)
    return ids


def change_criteria(db: Session, pool: Pool, criteria: Mapping[str, Any], *, actor: uuid.UUID | None) -> None:
    """Ask something else: a new generation of this pool and of every pool below it."""
    pool.criteria = dict(criteria)
    db.flush()
    _new_generation(db, pool, actor)


def move(db: Session, pool: Pool, parent: Pool | None, *, actor: uuid.UUID | None) -> None:
    """Put the pool under another parent; its branch asks something else from now on."""
    above = _stands(db, parent)
    if parent is not None and pool.id in above:
        raise Invalid(
            "A pool cannot be moved below itself.",
            problems=(Problem("parent", f"“{parent.name}” lies below “{pool.name}”."),),
        )
    deepest = db.scalar(
        select(func.max(func.cardinality(Pool.ancestors))).where(
            Pool.ancestors.contains([pool.id]), Pool.deleted_at.is_(None)
        )
    )
    if len(above) + int(deepest or 1) - len(pool.ancestors) + 1 > MAX_DEPTH:
        raise Invalid(
            "Folders can be nested only so deep.",
            problems=(Problem("parent", f"The branch would reach deeper than {MAX_DEPTH} levels."),),
        )
    pool.parent_id = parent.id if parent else None
    db.flush()
    db.execute(_REGROW_BRANCH, {"root": pool.id, "above": above})
    _new_generation(db, pool, actor)


def _stands(db: Session, parent: Pool | None) -> list[uuid.UUID]:
    """The parent's ancestors, and nobody may change, move or delete it until this transaction ends.

    Every change above a pool writes to the pool itself (its generation), so holding the parent is enough: else a
    change that commits beside us would miss the new child, which would go on asking the old question.
    """
    if parent is None:
        return []
    held = db.scalar(
        select(Pool)
        .where(Pool.id == parent.id, Pool.deleted_at.is_(None))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NotFound("pool")
    return list(held.ancestors)


def _new_generation(db: Session, pool: Pool, actor: uuid.UUID | None) -> None:
    branch = list(db.scalars(_NEW_GENERATION, {"root": pool.id}))
    outbox.enqueue(db, "pool", branch, actor=actor)
    db.refresh(pool)


def remove(db: Session, pool: Pool, *, actor: uuid.UUID | None) -> None:
    """Delete a pool that has none below it; its stored queries and matches go in the worker."""
    below = db.scalar(select(func.count()).where(Pool.parent_id == pool.id, Pool.deleted_at.is_(None)))
    if below:
        raise Conflict(f"“{pool.name}” has {below} pools below it; delete or move those first.")
    pool.deleted_at = db.scalar(select(func.clock_timestamp()))
    db.flush()
    outbox.enqueue(db, "pool", [pool.id], actor=actor)


def page(db: Session, after: uuid.UUID, limit: int, only: Sequence[uuid.UUID] | None = None) -> list[Pool]:
    """Pools in id order; `only` cuts to those a reader may see."""
    query = select(Pool).where(Pool.id > after, Pool.deleted_at.is_(None)).order_by(Pool.id).limit(limit)
    return list(db.scalars(query if only is None else query.where(Pool.id.in_(only))))


def counts(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people are in each pool now."""
    return {row.id: row.people for row in db.execute(_COUNTS, {"ids": list(ids)})}


def definitions(db: Session, ids: Sequence[uuid.UUID]) -> list[Definition]:
    """What registration needs to know of these pools, as of one moment."""
    return [Definition(*row) for row in db.execute(_DEFINITIONS, {"ids": list(ids)})]


def generations_between(db: Session, after: uuid.UUID, up_to: uuid.UUID, limit: int) -> list[Generations]:
    """A page of pools in id order, deleted ones included, for the checker."""
    parameters = {"after": after, "up_to": up_to, "limit": limit}
    return [Generations(*row) for row in db.execute(_GENERATIONS, parameters)]


def set_broken(db: Session, pool: uuid.UUID, generation: int, reason: str) -> Pool | None:
    """Say that this generation of the pool cannot match; the pool if its owner has to hear of it, which is once.

    Of a generation that is live but no longer wanted the owner is not told: what takes its place is under way.
    """
    found = db.scalar(
        select(Pool)
        .where(Pool.id == pool, Pool.deleted_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        return None
    found.frozen = found.frozen or found.live_generation == generation
    news = found.generation == generation and found.broken_reason is None
    if news:
        found.broken_reason = reason
    db.flush()
    return found if news else None


def freeze(db: Session, live_generations: Sequence[int]) -> None:
    """Have whoever is in the folders of these generations stay as last known, until other ones go live."""
    if live_generations:
        frozen = update(Pool).where(Pool.live_generation.in_(live_generations)).values(frozen=True)
        db.execute(frozen.execution_options(synchronize_session=False))


def track(db: Session, user: uuid.UUID, pool: uuid.UUID, actor: uuid.UUID) -> bool:
    """Let the user follow the pool; false if nothing was to be done."""
    row = insert(Tracking).values(user_id=user, pool_id=pool, created_by=actor)
    # Somebody else's decision stays when the user loses what made their own harmless (end_own_tracking).
    decided = row.on_conflict_do_update(
        index_elements=["user_id", "pool_id"],
        set_={"created_by": row.excluded.created_by},
        where=row.excluded.created_by != Tracking.user_id,
    )
    return db.scalar(decided.returning(Tracking.pool_id)) is not None


def untrack(db: Session, user: uuid.UUID, pool: uuid.UUID) -> bool:
    """End it; false if there was nothing to end."""
    statement = delete(Tracking).where(Tracking.user_id == user, Tracking.pool_id == pool).returning(Tracking.pool_id)
    ended = db.scalar(statement) is not None
    mine.forget_mutes(db, user)
    preferences.forget_pools(db, user)
    return ended


def end_own_tracking(db: Session, user: uuid.UUID) -> None:
    """End what the user tracks by their own decision; what somebody else decided for them stays."""
    db.execute(delete(Tracking).where(Tracking.user_id == user, Tracking.created_by == user))
    mine.forget_mutes(db, user)
    preferences.forget_pools(db, user)


def tracked_by(db: Session, user: uuid.UUID) -> list[tuple[Pool, datetime]]:
    """The pools a user tracks themselves (not those covered through a parent), by name, and since when."""
    query = (
        select(Pool, Tracking.created_at)
        .join(Tracking, Tracking.pool_id == Pool.id)
        .where(Tracking.user_id == user, Pool.deleted_at.is_(None))
        .order_by(Pool.name, Pool.id)
    )
    return [(row.Pool, row.created_at) for row in db.execute(query)]


def covered_by(db: Session, user: uuid.UUID) -> set[uuid.UUID]:
    """Every pool the user tracks, itself or through a pool above it."""
    return set(db.scalars(_TRACKED_BRANCHES, {"user": user}))


def view_readers(db: Session, pools: Sequence[uuid.UUID]) -> int:
    """How many active users see people because they track one of these pools (those who see everyone do not count)."""
    tracking = select(Tracking.user_id).where(Tracking.pool_id.in_(pools))
    query = select(func.count()).select_from(User)
    return db.scalar(query.where(User.id.in_(tracking), User.active, User.role == Role.HIRING_MANAGER.value)) or 0


def record_change(db: Session, pool: Pool, before: Mapping[str, Any], actor: uuid.UUID) -> None:
    """Write down who gave a pool other criteria or another parent, and what both were before."""
    after = asked_by(pool)
    if after != before:
        db.add(PoolChange(id=uuid.uuid4(), pool_id=pool.id, changed_by=actor, before=dict(before), after=after))
        db.flush()


def asked_by(pool: Pool) -> dict[str, Any]:
    """What decides who is in a pool, as it is written down of changes."""
    return {"criteria": pool.criteria, "parent": str(pool.parent_id) if pool.parent_id else None}


def changes(db: Session, pool: uuid.UUID, limit: int) -> list[PoolChange]:
    """The latest changes of a pool, newest first."""
    query = select(PoolChange).where(PoolChange.pool_id == pool)
    return list(db.scalars(query.order_by(PoolChange.changed_at.desc(), PoolChange.id).limit(limit)))


def roots(db: Session, limit: int) -> list[uuid.UUID]:
    """Pools that lie in no other, by name."""
    query = select(Pool.id).where(Pool.parent_id.is_(None), Pool.deleted_at.is_(None))
    return list(db.scalars(query.order_by(Pool.name, Pool.id).limit(limit)))


def starting(db: Session, start: str, only: Sequence[uuid.UUID] | None, limit: int) -> list[tuple[uuid.UUID, str]]:
    """Pools whose names, or a word of them, begin like this, by name; of `only` these where given."""
    begins = Pool.name.istartswith(start, autoescape=True) | Pool.name.icontains(f" {start}", autoescape=True)
    query = select(Pool.id, Pool.name).where(begins, Pool.deleted_at.is_(None))
    rows = db.execute(
        (query if only is None else query.where(Pool.id.in_(only))).order_by(Pool.name, Pool.id).limit(limit)
    )
    return [(row.id, row.name) for row in rows]


def asked_words(db: Session) -> list[tuple[uuid.UUID, str]]:
    """Every pool that asks for words of the text, and the text."""
    text_of = Pool.criteria["text"].astext
    return [
        (row.id, row.words)
        for row in db.execute(
            select(Pool.id, text_of.label("words")).where(Pool.deleted_at.is_(None), text_of.is_not(None))
        )
    ]


def naming(db: Session, key: str, places: Sequence[str]) -> list[uuid.UUID]:
    """Pools whose own criteria have this key in one of these places (`tags,any`), in id order."""
    asks = or_(*(func.jsonb_exists(Pool.criteria[tuple(place.split(","))], key) for place in places))
    return list(db.scalars(select(Pool.id).where(Pool.deleted_at.is_(None), asks).order_by(Pool.id)))


def ask_again(db: Session, pools: Sequence[uuid.UUID], *, actor: uuid.UUID | None) -> None:
    """The same criteria mean something else now (a synonym): a new generation of these pools and all below them."""
    branches = {branch for pool in pools for branch in db.scalars(_NEW_GENERATION, {"root": pool})}
    outbox.enqueue(db, "pool", sorted(branches), actor=actor)


def wanted_among(db: Session, generations: Sequence[int]) -> set[tuple[uuid.UUID, int]]:
    """The (pool, generation) pairs among these generations whose stored queries have a reason to be."""
    return {(row.id, row.g) for row in db.execute(_WANTED_AMONG, {"generations": list(generations)})}


def register_again(db: Session, pool: uuid.UUID) -> None:
    """The same criteria under a new generation: stored, filled and swapped in once more, silently."""
    outbox.enqueue(db, "pool", list(db.scalars(_REGISTER_AGAIN, {"pool": pool})), actor=None)


def register_all_again(db: Session) -> int:
    """The same for every pool there is; returns how many."""
    everyone = list(db.scalars(_REGISTER_ALL_AGAIN))
    outbox.enqueue(db, "pool", everyone, actor=None)
    return len(everyone)
