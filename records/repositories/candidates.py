"""Writing and reading candidates. Whatever changes a document raises the version and fills the outbox here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Uuid

from core.errors import Changed, NotFound
from records import outbox
from records.models import Candidate, ImportBatch, Tag
from records.models.candidates import CandidateProgress, CandidateTag

_UUIDS = ARRAY(Uuid)

# One statement for one person or a thousand: rows, tags, progress and outbox in one round trip and one commit.
_INSERT = text(
    """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(CAST(:people AS jsonb)) AS p(
            id uuid, name text, email text, phone text, headline text, cv_text text, source text,
            years_experience smallint, languages jsonb, tags uuid[])
    ), person AS (
        INSERT INTO candidates (id, name, email, phone, headline, cv_text, source, years_experience, languages,
                                batch_id, created_by)
        SELECT id, name, email, phone, headline, cv_text, source, years_experience, languages, :batch, :actor
        FROM given
    ), progress AS (
        INSERT INTO candidate_progress (candidate_id) SELECT id FROM given
    ), tagged AS (
        INSERT INTO candidate_tags (candidate_id, tag_id, origin, added_by)
        SELECT DISTINCT given.id, tag, :origin, CAST(:actor AS uuid) FROM given, unnest(given.tags) AS tag
    )
    INSERT INTO outbox (kind, entity_id, actor_id, batch_id, notices)
    SELECT 'candidate', id, :actor, :batch, :notices FROM given
    """
).bindparams(bindparam("batch", type_=Uuid), bindparam("actor", type_=Uuid))

_RAISE_VERSION = text(
    "UPDATE candidates SET version = version + 1, updated_at = clock_timestamp(),"
    " profile_at = CASE WHEN :profile THEN clock_timestamp() ELSE profile_at END"
    " WHERE id = ANY(:ids) AND deleted_at IS NULL RETURNING id, version"
).bindparams(bindparam("ids", type_=_UUIDS))

_LOCKED_IDS_WITH_TAGS = text(
    "SELECT id FROM candidates c WHERE deleted_at IS NULL AND EXISTS ("
    " SELECT FROM candidate_tags t WHERE t.candidate_id = c.id AND t.tag_id = ANY(:tags)) ORDER BY id FOR UPDATE"
).bindparams(bindparam("tags", type_=_UUIDS))

_ADD_TAGS = text(
    "INSERT INTO candidate_tags (candidate_id, tag_id, origin, added_by)"
    " SELECT :candidate, tag, :origin, CAST(:actor AS uuid) FROM unnest(:tags) AS tag"
    " ON CONFLICT DO NOTHING RETURNING tag_id"
).bindparams(bindparam("tags", type_=_UUIDS), bindparam("candidate", type_=Uuid), bindparam("actor", type_=Uuid))

_REMOVE_TAGS = text(
    "DELETE FROM candidate_tags WHERE candidate_id = :candidate AND tag_id = ANY(:tags) RETURNING tag_id"
).bindparams(bindparam("tags", type_=_UUIDS), bindparam("candidate", type_=Uuid))

# The person is locked by then, in a statement of its own: what others wrote of them until that moment (a note, a tag)
# is seen by this one, and nothing can be written of them after it. Outbox rows in a worker's hands are left to it.
_LEAVE_NOTHING_BUT_ID = text(
    """
    WITH gone AS (
        UPDATE candidates SET version = version + 1, deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
            name = '', email = NULL, phone = NULL, headline = '', cv_text = '', source = NULL,
            years_experience = NULL, languages = '[]'::jsonb, created_by = NULL, batch_id = NULL
        WHERE id = :id AND deleted_at IS NULL RETURNING id, version
    ), tags AS (
        DELETE FROM candidate_tags WHERE candidate_id IN (SELECT id FROM gone)
    ), applications AS (
        DELETE FROM applications WHERE candidate_id IN (SELECT id FROM gone)
    ), remarks AS (
        UPDATE notifications SET remark = NULL WHERE candidate_id IN (SELECT id FROM gone) AND remark IS NOT NULL
    ), errors AS (
        UPDATE outbox SET error = NULL WHERE id IN (
            SELECT id FROM outbox WHERE kind = 'candidate' AND entity_id IN (SELECT id FROM gone)
            AND error IS NOT NULL FOR UPDATE SKIP LOCKED)
    ), listed AS (
        INSERT INTO erasures (candidate_id, version, erased_by) SELECT id, version, :actor FROM gone
        ON CONFLICT (candidate_id) DO UPDATE SET version = excluded.version, listed_at = NULL, cleared_at = NULL
    )
    SELECT version FROM gone
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("actor", type_=Uuid))

# One statement is one snapshot: a document and its version can never be of two different moments (I3). Tags are
# sent once for all candidates of the batch.
_DOCUMENTS = """
    SELECT 'tag' AS what, tag.key AS id, jsonb_build_object(
        'kind', tag.kind, 'lineage', tag.lineage,
        'name', tag.name) AS body
    FROM tags tag
    WHERE tag.id IN (SELECT tag_id FROM candidate_tags WHERE candidate_id IN ({ids}))
    UNION ALL
    SELECT 'candidate', c.id::text, jsonb_build_object(
        'version', c.version, 'deleted', c.deleted_at IS NOT NULL,
        'name', c.name, 'email', c.email, 'phone', c.phone, 'headline', c.headline, 'cv_text', c.cv_text,
        'source', c.source, 'years_experience', c.years_experience, 'languages', c.languages,
        'created_at', c.created_at, 'updated_at', c.updated_at, 'profile_at', c.profile_at,
        'tags', (SELECT coalesce(array_agg(t.key ORDER BY t.key), '{{}}') FROM candidate_tags ct
                 JOIN tags t ON t.id = ct.tag_id WHERE ct.candidate_id = c.id),
        'applications', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', a.id, 'position', a.position_id, 'stage', a.stage, 'source', a.source,
            'applied_at', a.applied_at, 'rejected_at', a.rejected_at, 'reason', r.key, 'said_by', r.said_by,
            'rejection_note', a.rejection_note,
            'notes', (SELECT coalesce(jsonb_agg(n.text ORDER BY n.created_at, n.id), '[]'::jsonb)
                      FROM application_notes n WHERE n.application_id = a.id)
            ) ORDER BY a.applied_at, a.id), '[]'::jsonb)
            FROM applications a LEFT JOIN rejection_reasons r ON r.id = a.rejection_reason_id
            WHERE a.candidate_id = c.id))
    FROM candidates c WHERE c.id IN ({ids})
"""


def documents(ids: str) -> str:
    """The statement that reads what the documents of these people show; `ids` is an expression of their ids."""
    return _DOCUMENTS.format(ids=ids)


_LOAD = text(documents("SELECT unnest(:ids)")).bindparams(bindparam("ids", type_=_UUIDS))

_VERSIONS = text(
    "SELECT id, version, deleted_at IS NOT NULL AS deleted FROM candidates"
    " WHERE id > :after AND id <= :up_to ORDER BY id LIMIT :limit"
).bindparams(bindparam("after", type_=Uuid), bindparam("up_to", type_=Uuid))

# By when they changed: two more columns say where the next page begins.
_CHANGED = text(
    "SELECT id, version, deleted_at IS NOT NULL AS deleted, updated_at FROM candidates"
    " WHERE (updated_at, id) > (:since, :after) AND updated_at < :until ORDER BY updated_at, id LIMIT :limit"
).bindparams(bindparam("after", type_=Uuid))

_UNDONE = text(
    "SELECT p.candidate_id FROM candidate_progress p JOIN candidates c ON c.id = p.candidate_id"
    " WHERE p.matched_version < c.version AND p.candidate_id = ANY(:ids)"
    " AND NOT EXISTS (SELECT FROM outbox o WHERE o.entity_id = c.id AND o.kind = 'candidate' AND o.dead_at IS NULL)"
    " ORDER BY p.candidate_id"
).bindparams(bindparam("ids", type_=_UUIDS))

_SETTLED = text(
    "SELECT id, version, deleted_at IS NOT NULL AS deleted FROM candidates c WHERE id = ANY(:ids)"
    " AND NOT EXISTS (SELECT FROM outbox o WHERE o.entity_id = c.id AND o.kind = 'candidate' AND o.dead_at IS NULL)"
).bindparams(bindparam("ids", type_=_UUIDS))

_REQUEUE_ALL = text(
    "INSERT INTO outbox (kind, entity_id, notices) SELECT 'candidate', id, 'silent' FROM candidates RETURNING entity_id"
)

_OVERTAKE = text(
    "UPDATE candidates c SET version = v.version + 1 FROM unnest(:ids, :versions) AS v(id, version)"
    " WHERE c.id = v.id AND c.version <= v.version RETURNING c.id"
).bindparams(bindparam("ids", type_=_UUIDS), bindparam("versions", type_=ARRAY(BigInteger)))


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What a document needs to know of a tag."""

    kind: str
    lineage: list[str]
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Candidates and their tags as of one moment: `people[id]` is the row as JSON, `tags[key]` its tags' facts."""

    people: dict[uuid.UUID, dict[str, Any]]
    tags: dict[str, TagFacts]

    @classmethod
    def of(cls, found: Mapping[str, Sequence[tuple[str, Any]]]) -> Snapshot:
        """From the rows (id, body) of `documents`, by what they are."""
        return cls(
            {uuid.UUID(key): body for key, body in found.get("candidate", ())},
            {key: TagFacts(body["kind"], body["lineage"], body["name"]) for key, body in found.get("tag", ())},
        )


@dataclass(frozen=True, slots=True)
class Versioned:
    """A candidate's id, version and whether it is a tombstone."""

    id: uuid.UUID
    version: int
    deleted: bool


def insert(
    db: Session,
    people: Sequence[Mapping[str, Any]],
    *,
    actor: uuid.UUID | None,
    origin: str,
    batch: uuid.UUID | None = None,
    notices: outbox.Notices = "each",
) -> None:
    """Insert people (keys as the columns, plus `tags`: tag ids) with their outbox rows."""
    db.execute(
        _INSERT,
        {
            "people": json.dumps(list(people), default=str),
            "actor": actor,
            "origin": origin,
            "batch": batch,
            "notices": notices,
        },
    )


def insert_batch(db: Session, name: str, notices: outbox.Notices, actor: uuid.UUID) -> ImportBatch:
    """A batch under which people arrive together."""
    batch = ImportBatch(id=uuid.uuid4(), name=name, notices=notices, created_by=actor)
    db.add(batch)
    db.flush()
    return batch


def batch_of(db: Session, batch: uuid.UUID, actor: uuid.UUID) -> ImportBatch:
    """A batch that this actor began, to be continued."""
    found = db.get(ImportBatch, batch)
    if found is None or found.created_by != actor:
        raise NotFound("batch")
    return found


def change(db: Session, row: Candidate, columns: Mapping[str, Any], *, actor: uuid.UUID) -> None:
    """Give a locked candidate other values, under a new version."""
    for column, value in columns.items():
        setattr(row, column, value)
    db.flush()
    raise_versions(db, [row.id], actor=actor, profile=bool(columns.keys() - {"source"}))
    db.refresh(row)


def raise_versions(
    db: Session,
    ids: Sequence[uuid.UUID],
    *,
    actor: uuid.UUID | None,
    notices: outbox.Notices = "each",
    profile: bool = False,
    batch: uuid.UUID | None = None,
) -> dict[uuid.UUID, int]:
    """Say that the documents of these candidates changed: new versions, and outbox rows beside them.

    `profile` says that everybody who sees them sees the change. `batch`: they changed together, and are told of so.
    """
    changed = db.execute(_RAISE_VERSION, {"ids": list(ids), "profile": profile})
    versions = {row.id: row.version for row in changed}
    outbox.enqueue(db, "candidate", list(versions), actor=actor, batch=batch, notices=notices)
    return versions


def raise_versions_of_tagged(db: Session, tags: Sequence[uuid.UUID], *, actor: uuid.UUID | None) -> int:
    """The documents of everyone who carries one of these tags changed (renamed, moved, new synonym). Silent."""
    ids = list(db.scalars(_LOCKED_IDS_WITH_TAGS, {"tags": list(tags)}))
    raise_versions(db, ids, actor=actor, notices="silent")
    return len(ids)


def get(db: Session, candidate: uuid.UUID) -> Candidate:
    """The candidate, or NotFound for unknown and deleted alike."""
    found = db.get(Candidate, candidate)
    if found is None or found.deleted_at is not None:
        raise NotFound("candidate")
    return found


def lock(db: Session, candidate: uuid.UUID, *, expected_version: int | None = None) -> Candidate:
    """The candidate, held against other writers; refused if it is no longer at the version the caller saw."""
    found = db.scalar(
        select(Candidate)
        .where(Candidate.id == candidate, Candidate.deleted_at.is_(None))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("candidate")
    if expected_version is not None and found.version != expected_version:
        raise Changed("This person was changed by somebody else since you read them; read them again and repeat.")
    return found


def add_tags(
    db: Session, candidate: uuid.UUID, tags: Sequence[uuid.UUID], *, actor: uuid.UUID | None, origin: str
) -> list[Tag]:
    """Put tags on a candidate; those of them that were new."""
    parameters = {"candidate": candidate, "tags": list(tags), "actor": actor, "origin": origin}
    added = list(db.scalars(_ADD_TAGS, parameters))
    return list(db.scalars(select(Tag).where(Tag.id.in_(added)))) if added else []


def remove_tags(db: Session, candidate: uuid.UUID, tags: Sequence[uuid.UUID]) -> bool:
    """Take tags off a candidate; true if any of them was there."""
    return bool(list(db.scalars(_REMOVE_TAGS, {"candidate": candidate, "tags": list(tags)})))


def tags_of(db: Session, candidate: uuid.UUID) -> list[Tag]:
    """The candidate's tags by kind and name."""
    query = (
        select(Tag)
        .join(CandidateTag, CandidateTag.tag_id == Tag.id)
        .where(CandidateTag.candidate_id == candidate)
        .order_by(Tag.kind, Tag.name)
    )
    return list(db.scalars(query))


def delete(db: Session, candidate: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """Erase the candidate: reduced to a tombstone (id and version), which is returned, and noted as erased."""
    lock(db, candidate)
    version = db.execute(_LEAVE_NOTHING_BUT_ID, {"id": candidate, "actor": actor}).scalar_one()
    outbox.enqueue(db, "candidate", [candidate], actor=actor, notices="silent")
    return int(version)


def load(db: Session, ids: Sequence[uuid.UUID]) -> Snapshot:
    """Everything the documents of these candidates show, as of one moment."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for what, key, body in db.execute(_LOAD, {"ids": list(ids)}):
        found.setdefault(what, []).append((key, body))
    return Snapshot.of(found)


def versions_between(db: Session, after: uuid.UUID, up_to: uuid.UUID, limit: int) -> list[Versioned]:
    """A page of (id, version, tombstone?) in id order, for the checker."""
    parameters = {"after": after, "up_to": up_to, "limit": limit}
    return [Versioned(*row) for row in db.execute(_VERSIONS, parameters)]


def changed_between(
    db: Session, since: datetime, after: uuid.UUID, until: datetime, limit: int
) -> tuple[list[Versioned], datetime | None]:
    """A page of who changed in this time, and when the last of them did: the next page begins there, after their id."""
    parameters = {"since": since, "after": after, "until": until, "limit": limit}
    rows = db.execute(_CHANGED, parameters).all()
    return [Versioned(row.id, row.version, row.deleted) for row in rows], rows[-1].updated_at if rows else None


def unmatched_among(db: Session, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those whose matches are behind their version although nothing is queued for them: drift."""
    return list(db.scalars(_UNDONE, {"ids": list(ids)}))


def matched_up_to(db: Session, candidate: uuid.UUID) -> tuple[int, int]:
    """The candidate's version, and the one up to which their matches are stored."""
    version = get(db, candidate).version
    return version, db.get_one(CandidateProgress, candidate).matched_version


def by_email(db: Session, email: str) -> list[Candidate]:
    """Everybody with this address, in any case; there may be several, nobody checked."""
    query = select(Candidate).where(func.lower(Candidate.email) == email.lower(), Candidate.deleted_at.is_(None))
    return list(db.scalars(query.order_by(Candidate.id)))


def shown(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """Those among `ids` that are still here, by id."""
    query = select(Candidate).where(Candidate.id.in_(ids), Candidate.deleted_at.is_(None))
    return {row.id: row for row in db.scalars(query)}


def settled(db: Session, ids: Sequence[uuid.UUID]) -> list[Versioned]:
    """Those among `ids` for which nothing is queued: the engine should hold exactly this version of them."""
    return [Versioned(*row) for row in db.execute(_SETTLED, {"ids": list(ids)})]


def unknown_among(db: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those among `ids` that never were, or are no longer, a row here."""
    return set(ids) - set(db.scalars(select(Candidate.id).where(Candidate.id.in_(ids))))


def requeue(db: Session, ids: Sequence[uuid.UUID]) -> None:
    """Bring these candidates to the engine again, silently: nobody is told of a repair."""
    outbox.enqueue(db, "candidate", ids, actor=None, notices="silent")


def requeue_all(db: Session) -> int:
    """Bring everybody, the deleted too, to the engine again, silently; returns how many there are."""
    return len(list(db.scalars(_REQUEUE_ALL)))


def overtake(db: Session, versions: Mapping[uuid.UUID, int]) -> None:
    """Lift candidates above versions that the engine already holds, so that it takes what is true here."""
    parameters = {"ids": list(versions), "versions": list(versions.values())}
    requeue(db, list(db.scalars(_OVERTAKE, parameters)))
