"""The sample an empty installation can begin with, a piece at a time: places, skills, reasons, a few pools, people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.errors import Conflict
from core.text import fold
from intake import people
from intake.people import Row
from intake.pools import storable
from records.database import Session
from records.repositories import candidates, pools, positions, sampled, tags
from records.repositories.tags import NewTag
from sample import locations, profiles, reasons
from sample import tags as skills
from search.criteria import Criteria, Locations, Tags

NAME = "Sample people"
PEOPLE = 500
# A piece takes about a second, so that whoever waits for the page sees it move.
TAGS_AT_ONCE = 200
PEOPLE_AT_ONCE = 100

POOLS = (
    ("Python in South Moravia", Criteria(tags=Tags(any=("Python",)), locations=Locations(any=("Jihomoravský kraj",)))),
    ("Django + Linux", Criteria(tags=Tags(all=("Django", "Linux")))),
    ("JavaScript in Praha", Criteria(tags=Tags(any=("JavaScript",)), locations=Locations(any=("Praha",)))),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the sample is here, of how much. Not `offered` where there are people of somebody's own."""

    done: int
    total: int
    offered: bool


def progress(db: Session) -> Progress:
    """How far it is; nothing is changed."""
    state = sampled.state(db, NAME)
    if state.others:
        return Progress(0, 0, offered=False)
    vocabulary = list(_vocabulary())
    total = len(vocabulary) + PEOPLE
    if state.people:
        return Progress(min(len(vocabulary) + state.people, total), total, offered=True)
    return Progress(len(vocabulary) - len(_missing(db, vocabulary)), total, offered=True)


def go_on(db: Session, actor: uuid.UUID) -> bool:
    """Bring in the next piece; whether there was one. The caller commits. `actor` tracks the pools."""
    sampled.hold(db)
    state = sampled.state(db, NAME)
    if state.others:
        raise Conflict("There are people here already; the sample is for an installation without any.")
    if state.people >= PEOPLE:
        return False
    if missing := _missing(db, list(_vocabulary())):
        for new in missing[:TAGS_AT_ONCE]:
            tags.add(db, new)
        return True
    batch = sampled.batch(db, NAME)
    if batch is None:
        batch = candidates.insert_batch(db, NAME, "silent", actor)
        _reasons(db)
        _pools(db, actor)
    some = islice(profiles.candidates(PEOPLE), state.people, state.people + PEOPLE_AT_ONCE)
    people.add(
        db,
        [Row("sample", _columns(each), each["tags"], each["locations"]) for each in some],
        actor=actor,
        origin="import",
        batch=batch.id,
        notices="silent",
        new_tags=True,
    )
    return True


def _vocabulary() -> Iterator[NewTag]:
    for place in locations.locations():
        yield NewTag(place.name, "location", place.key, place.parent, place.synonyms)
    for skill in skills.skills():
        yield NewTag(skill.name, "skill", skill.key, None, skill.synonyms)


def _missing(db: Session, vocabulary: list[NewTag]) -> list[NewTag]:
    """Those that no tag answers to yet, the ones above before the ones below."""
    known = tags.by_labels(db, (new.key or new.name for new in vocabulary))
    return [new for new in vocabulary if fold(new.key or new.name) not in known]


def _columns(payload: profiles.CandidatePayload) -> dict[str, object]:
    return {name: value for name, value in payload.items() if name not in ("tags", "locations")}


def _reasons(db: Session) -> None:
    known = {row.name for row in positions.reasons(db)}
    for reason in reasons.REASONS:
        if reason.name not in known:
            positions.add_reason(db, reason.name, reason.by)


def _pools(db: Session, actor: uuid.UUID) -> None:
    asked = [(name, storable(db, criteria, None)[0]) for name, criteria in POOLS]
    for pool in pools.add_many(db, asked, parent=None, actor=actor):
        pools.track(db, actor, pool, actor)
