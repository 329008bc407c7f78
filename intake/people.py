"""New people, one or a thousand: tags looked up once, rows written in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.text import fold
from intake.tagging import Named, unknown
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

    def named(self) -> list[Named]:
        """The names with their places in the request."""
        labels = [Named(f"{self.place}.tags[{at}]", name) for at, name in enumerate(self.tags)]
        return labels + [Named(f"{self.place}.locations[{at}]", name, True) for at, name in enumerate(self.locations)]


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
    found, problems = _looked_up(db, rows)
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


def problems_of(db: Session, rows: Sequence[Row]) -> list[list[Problem]]:
    """What keeps each row out now; nothing is written."""
    return _looked_up(db, rows)[1]


def _looked_up(db: Session, rows: Sequence[Row]) -> tuple[Mapping[str, tags.Found], list[list[Problem]]]:
    named = [row.named() for row in rows]
    found = tags.by_labels(db, (each.name for names in named for each in names))
    wrong = [[each for each in names if not each.is_one_of(found)] for names in named]
    told = iter(unknown(db, [each for names in wrong for each in names]))
    return found, [[next(told) for _ in names] for names in wrong]
