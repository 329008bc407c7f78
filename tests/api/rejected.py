"""A world in which people were rejected, and the same questions about it asked in SQL."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text

from records.database import session
from records.models import Application, Role
from records.repositories import candidates
from tests.api.answers import ok
from tests.installation import Installation

SKILLS = ("Java", "Python")
TOWNS = ("Brno", "Znojmo", "Praha")
REGION = "Jižní Morava"
REASONS = (("salary", "candidate"), ("skills", "us"), ("silent", "us"))
POSITIONS = ("Engineer", "Accountant", "Tester")
STAGES = ("new", "interview", "offer")
SOURCES = (None, "web", "referral")
MONTHS = ("2026-01", "2026-02", "2026-03")

# (position, reason or None, stage, source, month)
Facts = tuple[int, int | None, int, int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """Skills, a town, and applications."""

    skills: frozenset[str]
    town: str
    applications: tuple[Facts, ...]


def people(seed: int, many: int) -> list[Person]:
    """So many people, most of them rejected once, most of those for one of few reasons on one of few positions."""
    draw = random.Random(seed)

    def facts() -> Facts:
        return (
            draw.choice((0, 0, 0, 1, 1, 2)),
            draw.choice((0, 0, 0, 1, 1, 2, None)),
            draw.randrange(3),
            draw.randrange(3),
            draw.randrange(3),
        )

    return [
        Person(
            skills=frozenset(skill for skill in SKILLS if draw.random() < 0.4),
            town=draw.choice(TOWNS),
            applications=tuple(facts() for _ in range(draw.choice((0, 1, 1, 1, 1, 2, 3)))),
        )
        for _ in range(many)
    ]


@dataclass(frozen=True, slots=True)
class Names:
    """The positions' ids."""

    positions: tuple[str, ...]


def fill(house: Installation, those: Sequence[Person]) -> Names:
    """Make them, and settle. The installation is emptied before."""
    house.empty()
    house.add_users()
    house.skills(*SKILLS)
    house.tag(REGION, "location", key="south")
    for town in TOWNS:
        house.tag(town, "location", **({} if town == "Praha" else {"parent": "south"}))
    for reason, said_by in REASONS:
        ok(house.administrator.post("/v1/rejection-reasons", json={"name": reason, "said_by": said_by}), 201)
    positions = tuple(
        ok(house.recruiter.post("/v1/positions", json={"title": title}), 201)["id"] for title in POSITIONS
    )
    add(house, those, positions)
    return Names(positions)


def add(house: Installation, those: Sequence[Person], positions: Sequence[str]) -> list[uuid.UUID]:
    """Some more people."""
    if not those:
        return []
    rows = [
        {"name": f"Person {n}", "tags": sorted(person.skills), "locations": [person.town]}
        for n, person in enumerate(those)
    ]
    body = {"name": "World", "notices": "silent", "candidates": rows}
    ids = [uuid.UUID(each) for each in ok(house.recruiter.post("/v1/candidates/bulk", json=body), 201)["ids"]]
    with session() as db:
        reasons = {row.key: row.id for row in db.execute(text("SELECT key, id FROM rejection_reasons"))}
        for candidate, person in zip(ids, those, strict=True):
            for position, reason, stage, source, month in person.applications:
                at = datetime.fromisoformat(f"{MONTHS[month]}-15T12:00").replace(tzinfo=UTC)
                rejected = (
                    {} if reason is None else {"rejected_at": at, "rejection_reason_id": reasons[REASONS[reason][0]]}
                )
                db.add(
                    Application(
                        id=uuid.uuid4(),
                        candidate_id=candidate,
                        position_id=uuid.UUID(positions[position]),
                        stage=STAGES[stage],
                        source=SOURCES[source],
                        applied_at=at,
                        **rejected,
                    )
                )
        db.flush()
        candidates.raise_versions(db, ids, actor=house.id_of(Role.RECRUITER), notices="silent")
        db.commit()
    house.settle()
    return ids


@dataclass(frozen=True, slots=True)
class Criterion:
    """Criteria as sent, and the same as a condition on `c`."""

    sent: dict[str, Any]
    sql: str


def _tagged(*keys: str) -> str:
    return (
        "EXISTS (SELECT FROM candidate_tags ct JOIN tags t ON t.id = ct.tag_id"
        f" WHERE ct.candidate_id = c.id AND t.lineage && ARRAY[{', '.join(map(repr, keys))}])"
    )


_REJECTED = (
    "EXISTS (SELECT FROM applications o JOIN rejection_reasons w ON w.id = o.rejection_reason_id"
    " WHERE o.candidate_id = c.id AND w.key = 'salary')"
)

CRITERIA = (
    Criterion({}, "true"),
    Criterion({"tags": {"any": ["Java"]}}, _tagged("java")),
    Criterion({"tags": {"any": ["Java", "Python"]}}, _tagged("java", "python")),
    Criterion({"tags": {"all": ["Java", "Python"]}}, f"{_tagged('java')} AND {_tagged('python')}"),
    Criterion({"tags": {"none": ["Java"]}}, f"NOT {_tagged('java')}"),
    Criterion({"locations": {"any": [REGION]}}, _tagged("south")),
    Criterion({"locations": {"any": ["Brno"]}}, _tagged("brno")),
    Criterion({"locations": {"any": ["Znojmo"]}}, _tagged("znojmo")),
    Criterion({"rejections": {"reasons": ["salary"]}}, _REJECTED),
    Criterion({"rejections": {"none": {"reasons": ["salary"]}}}, f"NOT {_REJECTED}"),
)

DIMENSIONS = {
    "reason": "r.key",
    "said_by": "r.said_by",
    "position": "a.position_id::text",
    "stage": "a.stage",
    "source": "a.source",
    "month": "to_char(a.rejected_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, both ways."""

    criterion: Criterion
    by: tuple[str, ...]
    first: str | None
    last: str | None

    @property
    def body(self) -> dict[str, Any]:
        """As it is sent."""
        months = {"from": self.first, "to": self.last}
        return {"criteria": self.criterion.sent, "by": list(self.by), **{k: v for k, v in months.items() if v}}

    def rows(self) -> list[tuple[str, str, tuple[str | None, ...], str]]:
        """Every rejection asked for: its application, its person, its values, its month."""
        columns = "".join(f", {DIMENSIONS[each]}" for each in self.by)
        query = (
            f"SELECT a.id::text, c.id::text, {DIMENSIONS['month']} AS month{columns} FROM applications a"
            " JOIN candidates c ON c.id = a.candidate_id AND c.deleted_at IS NULL"
            " JOIN rejection_reasons r ON r.id = a.rejection_reason_id"
            f" WHERE ({self.criterion.sql}) AND (CAST(:first AS text) IS NULL OR {DIMENSIONS['month']} >= :first)"
            f" AND (CAST(:last AS text) IS NULL OR {DIMENSIONS['month']} <= :last)"
        )
        with session() as db:
            found = db.execute(text(query), {"first": self.first, "last": self.last}).all()
        return [(row[0], row[1], tuple(row[3:]), row[2]) for row in found]


QUESTIONS: st.SearchStrategy[Question] = st.builds(
    Question,
    st.sampled_from(CRITERIA),
    st.lists(st.sampled_from(sorted(DIMENSIONS)), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from((None, None, "2026-01", "2026-02")),
    st.sampled_from((None, None, "2026-02", "2026-03")),
)
