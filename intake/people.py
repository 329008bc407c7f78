"""New people, one or a thousand: tags looked up once, rows written in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.text import fold
from intake.tagging import LABELS, PLACES, unknown
from records import outbox
from records.database import Session
from records.repositories import candidates, tags


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a request: where it stands there, the columns, and the names of tags and places."""

    place: str
    columns: Mapping[str, Any]
    tags: Sequence[str]
    locations: Sequence[str]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of each row, in order: the new id, or the problems that kept it out."""

    ids: list[uuid.UUID | None]
    problems: list[list[Problem]]


def add(
    db: Session,
    rows: Sequence[Row],
    *,
    actor: uuid.UUID,
    origin: str,
    batch: uuid.UUID | None = None,
    notices: outbox.Notices = "each",
    new_tags: bool = False,
) -> Added:
    """Write the rows whose tags are all known; `new_tags` adds unknown skills first. Unknown places never are."""
    if new_tags:
        tags.add_missing(db, (name for row in rows for name in row.tags), "skill")
    found = tags.by_labels(db, (name for row in rows for name in (*row.tags, *row.locations)))
    problems = [_wrong(db, row, found) for row in rows]
    ids: list[uuid.UUID | None] = [None if wrong else uuid.uuid4() for wrong in problems]
    people = [
        {
            **row.columns,
            "id": id_,
            "tags": list(dict.fromkeys(found[fold(name)].id for name in (*row.tags, *row.locations))),
        }
        for row, id_ in zip(rows, ids, strict=True)
        if id_ is not None
    ]
    if people:
        candidates.insert(db, people, actor=actor, origin=origin, batch=batch, notices=notices)
    return Added(ids, problems)


def _wrong(db: Session, row: Row, found: Mapping[str, tags.Found]) -> list[Problem]:
    problems: list[Problem] = []
    for field, names, kinds in (("tags", row.tags, LABELS), ("locations", row.locations, PLACES)):
        wrong = [
            (f"{row.place}.{field}[{at}]", name)
            for at, name in enumerate(names)
            if fold(name) not in found or found[fold(name)].kind not in kinds
        ]
        if wrong:
            problems += unknown(db, wrong, places=field == "locations")
    return problems
