"""Whom, and which numbers, each kind of reader finds: the engine against plain Python over the same facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.door import Answer, Page, search
from engine.indexes import refresh
from search.bands import source_key, stage_key
from search.compile import compile_criteria, compile_parts
from search.criteria import parse_criteria
from search.facets import Facet, FacetName, read
from search.normalise import Keys, ResolvedCriteria, resolve
from search.secure import Access, Folder, secure_search
from tests.on_engine import OwnIndexes
from tests.search.oracle import ALL, Eyes, bands_of, holds, places_of, sources_of
from tests.search.world import KINDS, PEOPLE, POSITIONS, TODAY, VOCABULARY, Application, Asked, Person, asked

PROPERTY = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
)
# Enough that no facet of the world is cut.
ALL_VALUES = 50
COUNTED: tuple[FacetName, ...] = (
    "tags", "locations", "sources", "experience", "languages", "positions", "stages", "reasons", "never_rejected",
)  # fmt: skip


def understood(each: Asked) -> ResolvedCriteria:
    return resolve(parse_criteria(each.criteria), VOCABULARY)


def indexed(engine: Engine, indexes: OwnIndexes, people: list[Person]) -> dict[str, Person]:
    """The people under ids of their own; what was there before is gone."""
    body: dict[str, Any] = {"query": {"match_all": {}}}
    engine.call("POST", f"/{indexes.candidates}/_delete_by_query", body, refresh=True, conflicts="proceed")
    by_id = {str(uuid4()): person for person in people}
    ready = [Document(key, 1, orjson.dumps(person.document(key))) for key, person in by_id.items()]
    assert bulk_index(engine, [indexes.serving.candidates], ready).failed == []
    refresh(engine, indexes.candidates)
    return by_id


def ask(
    engine: Engine, indexes: OwnIndexes, each: Asked, access: Access
) -> tuple[Answer, dict[FacetName, dict[str, int]]]:
    facets = tuple(Facet(name, ALL_VALUES) for name in COUNTED)
    query = secure_search(compile_parts(understood(each), TODAY), access, facets)
    answer = search(engine, indexes.candidates, query, Page(200, "newest"))
    numbers = {name: dict(counted.values) for name, counted in read(facets, answer.facets).items()}
    return answer, numbers


def without(criteria: ResolvedCriteria, facet: FacetName) -> ResolvedCriteria:
    """The question but for what was chosen in the facet."""
    match facet:
        case "tags":
            return replace(criteria, tags=Keys(all=criteria.tags.all))
        case "locations" | "sources" | "experience":
            nothing: Any = {facet: Keys()}
            return replace(criteria, **nothing)
        case "languages":
            return replace(criteria, languages=Keys(all=criteria.languages.all))
        case "positions" | "stages":
            return replace(criteria, applied=None)
        case "reasons":
            return replace(criteria, rejected=None)
        case _:
            return replace(criteria, never_rejected=None)


def values(facet: FacetName, person: Person, criteria: ResolvedCriteria) -> Iterable[str]:  # noqa: PLR0911 - one line a facet
    """Which values of the facet the person, as seen, counts for."""
    match facet:
        case "tags":
            return [tag for tag in person.tags if KINDS[tag] in ("skill", "language")]
        case "locations":
            return places_of(person)
        case "sources":
            return sources_of(person)
        case "experience":
            return bands_of(person)
        case "languages":
            return {code for code, _ in person.languages}
        case "positions" | "stages":
            return {
                each.position if facet == "positions" else stage_key(each.stage)
                for each in person.applications
                if _beside(facet, each, criteria)
            }
        case "reasons":
            return {each.reason for each in person.applications if each.reason and _rejected_beside(each, criteria)}
        case _:
            return ["no" if any(each.reason for each in person.applications) else "yes"]


def _beside(facet: FacetName, each: Application, criteria: ResolvedCriteria) -> bool:
    asked_of_it = criteria.applied
    return asked_of_it is None or (
        (facet == "positions" or not asked_of_it.positions or each.position in asked_of_it.positions)
        and (facet == "stages" or not asked_of_it.stages or stage_key(each.stage) in asked_of_it.stages)
        and (not asked_of_it.sources or (each.source is not None and source_key(each.source) in asked_of_it.sources))
        and (asked_of_it.since is None or each.applied >= asked_of_it.since)
    )


def _rejected_beside(each: Application, criteria: ResolvedCriteria) -> bool:
    asked_of_it = criteria.rejected
    return asked_of_it is None or (
        (asked_of_it.by is None or each.by == asked_of_it.by)
        and (not asked_of_it.positions or each.position in asked_of_it.positions)
        and (asked_of_it.since is None or (each.rejected is not None and each.rejected >= asked_of_it.since))
    )


def compare(
    answer: Answer,
    numbers: dict[FacetName, dict[str, int]],
    each: Asked,
    people: dict[str, Person],
    eyes: Eyes = ALL,
) -> None:
    """`people` are those whom the reader sees at all."""
    criteria = understood(each)
    meant = {key for key, person in people.items() if holds(criteria, each.text, person, eyes)}
    assert {hit.id for hit in answer.hits} == meant, each
    assert answer.total == len(meant), each
    for facet in COUNTED:
        rest = without(criteria, facet)
        counted: Counter[str] = Counter()
        for person in people.values():
            if holds(rest, each.text, person, eyes):
                counted.update(values(facet, eyes.of(person), criteria))
        found = {value: many for value, many in numbers[facet].items() if many}
        assert found == dict(counted), (facet, each)


@PROPERTY
@given(st.lists(PEOPLE, min_size=1, max_size=12), st.lists(asked(), min_size=1, max_size=6))
def test_whoever_sees_everything_finds_whom_the_question_means_and_every_number(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Person], questions: list[Asked]
) -> None:
    by_id = indexed(engine, shared_indexes, people)
    for each in questions:
        compare(*ask(engine, shared_indexes, each, Access(uuid4(), "recruiter")), each, by_id)


@PROPERTY
@given(
    st.lists(PEOPLE, min_size=1, max_size=12),
    st.lists(asked(), min_size=1, max_size=6),
    asked(),
    st.sets(st.sampled_from(POSITIONS), max_size=1),
    st.integers(0, 3),
)
def test_a_manager_finds_whom_they_see_by_what_they_see_of_them(
    engine: Engine,
    shared_indexes: OwnIndexes,
    people: list[Person],
    questions: list[Asked],
    tracked: Asked,
    positions: set[str],
    nth: int,
) -> None:
    """Shared: a position, and every `nth` application of it or any other; tracked: a pool that may ask anything."""
    by_id = indexed(engine, shared_indexes, people)
    shared = {
        f"{key}-{number}"
        for at, (key, person) in enumerate(by_id.items())
        for number, _ in enumerate(person.applications)
        if nth and (at + number) % nth == 0
    }
    ids = {id(person): key for key, person in by_id.items()}

    def sees(person: Person, application: Application) -> bool:
        number = next(n for n, each in enumerate(person.applications) if each is application)
        return application.position in positions or f"{ids[id(person)]}-{number}" in shared

    pool = understood(tracked)
    in_pool = {key for key, person in by_id.items() if holds(pool, tracked.text, person)}
    seen = {
        key: person
        for key, person in by_id.items()
        if key in in_pool or any(sees(person, each) for each in person.applications)
    }
    access = Access(
        uuid4(),
        "hiring_manager",
        applications=tuple(sorted(shared)),
        positions=tuple(sorted(positions)),
        tracked=(Folder("tracked", compile_criteria(pool, TODAY)),),
    )
    eyes = Eyes(everything=False, sees=sees)
    for each in questions:
        compare(*ask(engine, shared_indexes, each, access), each, seen, eyes)


def test_a_stranger_finds_nobody_and_no_value_of_any_facet(engine: Engine, shared_indexes: OwnIndexes) -> None:
    person = Person(
        tags=frozenset({"java", "vip", "no-hire"}), towns=frozenset({"cz.jm.brno"}), sources=frozenset({"web"}),
        years=3, languages=(("de", "b2"),), created=TODAY,
        applications=(Application("p1", "salary", "us", TODAY),), texts=(("Java",),),
    )  # fmt: skip
    indexed(engine, shared_indexes, [person] * 3)
    nothing: Any = Asked({}, None)
    answer, numbers = ask(engine, shared_indexes, nothing, Access(uuid4(), "hiring_manager"))
    assert answer.total == 0
    assert [many for counted in numbers.values() for many in counted.values() if many] == []
    assert {name for name, counted in numbers.items() if counted} <= {"never_rejected"}
