"""The engine against plain Python on 20,000 profiles of real people's skills, with what only they bring: the long tail
of names, the very common ones, and texts in two languages.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import orjson
import pytest

from benchmarks.source import sources
from core.text import fold, key_of
from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.door import Page, search
from engine.indexes import refresh
from indexer.document import build_document
from records.repositories.candidates import TagFacts
from sample.locations import locations
from sample.profiles import CandidatePayload, candidates
from sample.tags import skills
from search.bands import experience_band
from search.compile import compile_parts
from search.criteria import parse_criteria
from search.facets import Facet, FacetName, read
from search.normalise import resolve
from search.secure import Access, secure_search
from search.vocabulary import Entry, Vocabulary
from tests.on_engine import OwnIndexes

MANY = 20_000
TODAY = date(2026, 6, 15)
POSITIONS = tuple(str(uuid.UUID(int=n)) for n in range(1, 8))
REASONS = ("salary", "skills", "silent")
STAGES = ("new", "interview", "offer")


@dataclass(frozen=True)
class Known:
    """One person as plain facts: all that the oracle looks at."""

    id: str
    skills: frozenset[str]
    places: frozenset[str]
    years: int | None
    words: frozenset[str]
    applications: tuple[tuple[str, str, str | None], ...]


PLACES = {place.name: place for place in locations()}
BY_KEY = {place.key: place for place in locations()}
SYNONYMS = {skill.name: skill.synonyms for skill in skills()}


def above(name: str) -> list[str]:
    """The names of a place and of all places around it."""
    chain = [PLACES[name]]
    while (parent := chain[-1].parent) is not None:
        chain.append(BY_KEY[parent])
    return [place.name for place in chain]


def words(text: str) -> Iterator[str]:
    """The words of a text as people see them: what stands between spaces and commas, C++ and .NET whole."""
    for piece in re.split(r"[\s,;:()\[\]/\"“”|-]+", text):
        yield fold(piece).rstrip(".?!")


def known(number: int, payload: CandidatePayload) -> Known:
    places = [place for lives in payload["locations"] for place in above(lives)]
    named = [*payload["tags"], *payload["locations"]]
    text = " , ".join([payload["name"], payload["headline"], payload["cv_text"], *named])
    made = [
        (
            POSITIONS[(number + n) % 7],
            STAGES[(number // 3 + n) % 3],
            REASONS[number // 3 % 3] if (number + n) % 4 else None,
        )
        for n in range(number % 3)
    ]
    return Known(
        str(uuid.UUID(int=number + 1)),
        frozenset(payload["tags"]),
        frozenset(places),
        payload["years_experience"],
        frozenset(words(text)),
        tuple(made),
    )


def document(person: Known, payload: CandidatePayload) -> dict[str, Any]:
    """The same person through the product's own document."""
    moment = datetime.combine(TODAY, datetime.min.time(), UTC).isoformat()
    facts = {key_of(name): TagFacts("skill", [key_of(name)], name) for name in person.skills}
    for lives in payload["locations"]:
        place = PLACES[lives]
        lineage = [PLACES[name].key for name in reversed(above(lives))]
        facts[place.key] = TagFacts("location", lineage, lives)
    row: dict[str, Any] = {
        **{name: payload[name] for name in ("name", "headline", "cv_text", "email", "phone", "source", "languages")},
        "years_experience": payload["years_experience"],
        "version": 1,
        "deleted": False,
        "created_at": moment,
        "updated_at": moment,
        "profile_at": moment,
        "tags": sorted(facts),
        "applications": [
            {
                "id": str(uuid.uuid5(uuid.UUID(person.id), str(n))), "position": position, "stage": stage,
                "source": None, "applied_at": moment, "rejected_at": moment if reason else None, "reason": reason,
                "said_by": "us" if reason else None, "rejection_note": None, "notes": [],
            }
            for n, (position, stage, reason) in enumerate(person.applications)
        ],
    }  # fmt: skip
    return build_document(uuid.UUID(person.id), row, facts)


@pytest.fixture(scope="module")
def people(engine: Engine, shared_indexes: OwnIndexes) -> list[Known]:
    """Everybody, indexed."""
    found: list[Known] = []
    rows, _ = sources()
    # From behind: a file of two years' answers begins with the year that asked less.
    for batch in _batches(candidates(MANY, rows.profiles[::-1])):
        ready = []
        for payload in batch:
            person = known(len(found), payload)
            found.append(person)
            ready.append(Document(person.id, 1, orjson.dumps(document(person, payload))))
        assert bulk_index(engine, [shared_indexes.serving.candidates], ready).failed == []
    refresh(engine, shared_indexes.candidates)
    return found


def _batches(payloads: Iterator[CandidatePayload]) -> Iterator[list[CandidatePayload]]:
    while batch := list(islice(payloads, 500)):
        yield batch


def vocabulary(people: list[Known]) -> Vocabulary:
    names = {skill for person in people for skill in person.skills}
    return Vocabulary.of(
        [
            *(Entry(key_of(name), name, "skill", None, SYNONYMS.get(name, ())) for name in sorted(names)),
            *(Entry(place.key, place.name, "location", place.parent, place.synonyms) for place in locations()),
            *(Entry(reason, reason, "reason") for reason in REASONS),
            *(Entry(position, position, "position") for position in POSITIONS),
        ]
    )


Holds = Callable[[Known], bool]


def has(*wanted: str) -> Holds:
    return lambda person: all(word in person.words for word in wanted)


QUESTIONS: dict[str, tuple[dict[str, Any], Holds]] = {
    "(python OR ruby) AND kubernetes": (
        {"text": "(python OR ruby) AND kubernetes"},
        lambda p: ("python" in p.words or "ruby" in p.words) and "kubernetes" in p.words,
    ),
    "(a AND b) OR (c AND d)": (
        {"text": "(java AND oracle) or (Ruby and MongoDB)"},
        lambda p: {"java", "oracle"} <= p.words or {"ruby", "mongodb"} <= p.words,
    ),
    "python AND C++": ({"text": "python AND C++"}, has("python", "c++")),
    "C++ beside each other with a phrase": ({"text": 'c++ "assembly"'}, has("c++", "assembly")),
    "plzen for Plzeň": ({"text": "plzen"}, has("plzen")),
    "Plzeň for plzen": ({"text": "PLZEŇ"}, has("plzen")),
    "C# is C#": ({"text": "C#"}, has("c#")),
    "java is not JavaScript": (
        {"text": "java -javascript"},
        lambda p: "java" in p.words and "javascript" not in p.words,
    ),
    "Go is a word": ({"text": "Go"}, lambda p: "go" in p.words or "golang" in p.words),
    "R is a letter": ({"text": "R"}, has("r")),
    "C is not C++": ({"text": "C NOT (C++ OR C#)"}, lambda p: "c" in p.words and not {"c++", "c#"} & p.words),
    "a tag of several in a region": (
        {"tags": {"any": ["Python", "Ruby"]}, "locations": {"any": ["Česko"]}},
        lambda p: bool(p.skills & {"Python", "Ruby"}) and "Czechia" in p.places,
    ),
    "tags, years and a word": (
        {
            "tags": {"all": ["Java", "SQL"], "none": ["PHP"]},
            "experience": {"any": ["5-9", "10-19"]},
            "text": "python",
        },
        lambda p: (
            {"Java", "SQL"} <= p.skills
            and "PHP" not in p.skills
            and experience_band(p.years) in ("5-9", "10-19")
            and "python" in p.words
        ),
    ),
    "rejected for a reason on a position": (
        {"rejections": {"reasons": ["salary"], "positions": [POSITIONS[0]]}},
        lambda p: any(reason == "salary" and position == POSITIONS[0] for position, _, reason in p.applications),
    ),
    "at a stage, never rejected, a skill": (
        {"applications": {"stages": ["Interview"]}, "rejections": {"never": True}, "tags": {"any": ["JavaScript"]}},
        lambda p: (
            any(stage == "interview" for _, stage, _ in p.applications)
            and not any(reason for _, _, reason in p.applications)
            and "JavaScript" in p.skills
        ),
    ),
}
COUNTED: tuple[FacetName, ...] = ("tags", "locations", "experience", "stages", "positions", "reasons", "never_rejected")


def counted(facet: FacetName, person: Known) -> Iterator[str]:
    """The values of a facet that a person counts for."""
    match facet:
        case "tags":
            yield from map(key_of, person.skills)
        case "locations":
            yield from (PLACES[name].key for name in person.places)
        case "experience":
            yield from [band] if (band := experience_band(person.years)) else []
        case "stages":
            yield from {stage for _, stage, _ in person.applications}
        case "positions":
            yield from {position for position, _, _ in person.applications}
        case "reasons":
            yield from {reason for _, _, reason in person.applications if reason}
        case _:
            yield "no" if any(reason for _, _, reason in person.applications) else "yes"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_finds_exactly_those_it_means(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Known], name: str
) -> None:
    criteria, holds = QUESTIONS[name]
    parts = compile_parts(resolve(parse_criteria(criteria), vocabulary(people)), TODAY)
    facets = tuple(Facet(facet, 200) for facet in COUNTED if Facet(facet).part not in parts.chosen)
    query = secure_search(parts, Access(uuid.uuid4(), "recruiter"), facets)
    meant = {person.id for person in people if holds(person)}
    assert meant, "a question that means nobody shows nothing"
    answer = search(engine, shared_indexes.candidates, query, Page(10_000, "id"))
    assert {hit.id for hit in answer.hits} == meant
    assert answer.total == len(meant)
    for facet, found in read(facets, answer.facets).items():
        expected = Counter(value for person in people if person.id in meant for value in counted(facet, person))
        most = sorted(expected.items(), key=lambda each: (-each[1], each[0]))[:200]
        assert [each for each in found.values if each[1]] == most or dict(found.values) == dict(expected), facet


def test_pages_of_any_order_show_everybody_once(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Known]
) -> None:
    criteria, holds = QUESTIONS["python AND C++"]
    parts = compile_parts(resolve(parse_criteria(criteria), vocabulary(people)), TODAY)
    query = secure_search(parts, Access(uuid.uuid4(), "recruiter"), ranked=True)
    for order in ("relevance", "newest", "name", "activity"):
        seen: list[str] = []
        after = None
        while hits := search(engine, shared_indexes.candidates, query, Page(500, order, after)).hits:
            seen += [hit.id for hit in hits]
            after = hits[-1].cursor
        assert sorted(seen) == sorted(person.id for person in people if holds(person)), order
