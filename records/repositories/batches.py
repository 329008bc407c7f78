"""What a drain starts from, in one statement and so of one moment: the outbox rows it holds, and all it needs to know.

A document is never older than the rows taken with it, nor newer: whoever changed it since has a row of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Uuid

from records import outbox
from records.outbox import Claimed
from records.repositories import candidates, indexes
from records.repositories.candidates import Snapshot
from records.repositories.indexes import Footing

# `wanted` are people; CTEs that are read several times are materialized, so rows are locked once.
_BEGIN = """
    WITH held AS MATERIALIZED ({held}),
    wanted AS MATERIALIZED (SELECT DISTINCT entity_id AS id FROM held)
    SELECT 'footing' AS what, NULL AS id, to_jsonb(footing) AS body FROM ({footing}) footing
    UNION ALL
    SELECT 'row', NULL, jsonb_build_array(id, entity_id, actor_id, batch_id, notices, attempts) FROM held
    UNION ALL
    {documents}
"""


def _begin(held: str) -> str:
    return _BEGIN.format(held=held, footing=indexes.AT_EPOCH, documents=candidates.documents("SELECT id FROM wanted"))


_OF_ROWS = text(_begin(outbox.TAKE)).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
_OF_PEOPLE = text(_begin(outbox.TAKE_OF)).bindparams(bindparam("entities", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Batch:
    """Outbox rows that are held until the transaction ends, and the people they speak of."""

    rows: list[Claimed]
    footing: Footing
    snapshot: Snapshot


def of_rows(db: Session, ids: Sequence[int]) -> Batch:
    """The second step of a claim (outbox.take) for rows about people, with everything that follows from it."""
    return _read(db, _OF_ROWS, {"ids": list(ids)})


def of_people(db: Session, people: Sequence[uuid.UUID]) -> Batch:
    """Whatever waits for these people and is held by nobody else, its attempts not counted."""
    return _read(db, _OF_PEOPLE, {"kind": "candidate", "entities": list(people)})


def _read(db: Session, statement: Any, parameters: dict[str, Any]) -> Batch:
    found: dict[str, list[tuple[str, Any]]] = {}
    for what, key, body in db.execute(statement, parameters):
        found.setdefault(what, []).append((key, body))
    rows = [_claimed(body) for _, body in found.pop("row", ())]
    footing = Footing.of(found.pop("footing")[0][1])
    return Batch(sorted(rows, key=lambda row: row.id), footing, Snapshot.of(found))


def _claimed(body: list[Any]) -> Claimed:
    row, entity, actor, batch, notices, attempts = body
    return Claimed(
        row,
        uuid.UUID(entity),
        uuid.UUID(actor) if actor else None,
        uuid.UUID(batch) if batch else None,
        notices,
        attempts,
    )
