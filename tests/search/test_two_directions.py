"""I5: whom a search finds, percolation matches, and both are whom the question means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.door import matching_ids
from engine.indexes import refresh
from engine.percolator import StoredQuery, count_unextracted, percolate, pool_key, register
from mappings.documents import percolation_view
from search import render_stored as stored_queries
from search.compile import compile_criteria, conjoin
from search.criteria import parse_criteria
from search.normalise import ResolvedCriteria, resolve
from search.question import Question
from search.render_stored import NotStorable
from search.secure import Access, secure
from search.text_query import TextProblem, parse_text
from tests.on_engine import OwnIndexes
from tests.search.oracle import holds
from tests.search.world import PEOPLE, TODAY, VOCABULARY, Asked, Person, asked

# How many examples, and which: the profile says (tests/conftest.py).
PROPERTY = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
)
generations = count(1)

Found = dict[int, set[int]]


def both_directions(
    engine: Engine, indexes: OwnIndexes, people: Sequence[Person], questions: Sequence[Question]
) -> tuple[Found, Found, set[int]]:
    """Who is found by searching and who by percolating, per question, and which questions cannot be stored."""
    numbers = {str(uuid4()): n for n, _ in enumerate(people)}
    documents = [people[n].document(key) for key, n in numbers.items()]
    bulk = [Document(each["id"], 1, orjson.dumps(each)) for each in documents]
    assert bulk_index(engine, [indexes.serving.candidates], bulk).failed == []
    refresh(engine, indexes.candidates)
    searched: Found = {}
    stored: list[StoredQuery] = []
    pools: dict[int, int] = {}
    refused: set[int] = set()
    for n, question in enumerate(questions):
        query = secure(question, Access.system())
        found = [key for batch in matching_ids(engine, indexes.candidates, query) for key, _ in batch]
        searched[n] = {numbers[key] for key in found if key in numbers}
        try:
            generation = next(generations)
            stored += stored_queries.render_stored(question, pool_key(uuid4(), generation))
            pools[generation] = n
        except NotStorable as refusal:
            assert refusal.reason
            refused.add(n)
    assert register(engine, indexes.pools, stored).failed == []
    percolated: Found = {n: set() for n in pools.values()}
    outcomes = percolate(engine, indexes.pools, [percolation_view(each) for each in documents])
    for person, outcome in enumerate(outcomes):
        assert outcome.failed is None
        for generation in outcome.generations & pools.keys():
            percolated[pools[generation]].add(person)
    return searched, percolated, refused


def understood(each: Asked) -> ResolvedCriteria:
    return resolve(parse_criteria(each.criteria), VOCABULARY)


@PROPERTY
@given(st.lists(PEOPLE, min_size=1, max_size=8), st.lists(asked(), min_size=1, max_size=12))
def test_search_and_percolation_find_whom_the_question_means(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Person], questions: list[Asked]
) -> None:
    resolved = [understood(each) for each in questions]
    compiled = [compile_criteria(each, TODAY) for each in resolved]
    searched, percolated, refused = both_directions(engine, shared_indexes, people, compiled)
    for n, each in enumerate(resolved):
        meant = {i for i, person in enumerate(people) if holds(each, questions[n].text, person)}
        assert searched[n] == meant, questions[n]
        assert n in refused or percolated[n] == meant, questions[n]
        asks_a_moving_date = each.created_last_days is not None
        ones = (each.rejected, each.not_rejected, each.applied, each.not_applied)
        asks_one_since = any(part and part.since for part in ones)
        if asks_a_moving_date or asks_one_since:
            assert n in refused
    assert count_unextracted(engine, shared_indexes.pools) == 0


@PROPERTY
@given(st.lists(PEOPLE, min_size=1, max_size=8), st.tuples(asked(), asked(), asked()))
def test_a_pool_in_a_pool_holds_those_whom_both_mean(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Person], questions: tuple[Asked, Asked, Asked]
) -> None:
    resolved = [understood(each) for each in questions]
    compiled = [compile_criteria(each, TODAY) for each in resolved]
    chains = [(0, 1), (0, 1, 2)]
    nested = [conjoin(compiled[n] for n in chain) for chain in chains]
    searched, percolated, refused = both_directions(engine, shared_indexes, people, nested)
    for n, chain in enumerate(chains):
        meant = {
            i for i, person in enumerate(people) if all(holds(resolved[c], questions[c].text, person) for c in chain)
        }
        assert searched[n] == meant
        assert n in refused or percolated[n] == meant


@PROPERTY
@given(st.lists(PEOPLE, min_size=1, max_size=8), st.lists(asked(), min_size=1, max_size=12))
def test_a_question_too_wide_to_write_out_is_matched_all_the_same(
    engine: Engine, shared_indexes: OwnIndexes, people: list[Person], questions: list[Asked]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_queries, "MOST_STORED", 1)
        compiled = [compile_criteria(understood(each), TODAY) for each in questions]
        searched, percolated, refused = both_directions(engine, shared_indexes, people, compiled)
    for n in range(len(questions)):
        assert n in refused or percolated[n] == searched[n], questions[n]
    assert count_unextracted(engine, shared_indexes.pools) == 0


# What people write: letters of several alphabets, signs, joined words, forms of words in both languages.
LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")) | st.sampled_from("aábcčdeéěi +#.-'/@"),
    max_size=30,
)
FORMS = st.sampled_from(
    ["Praze", "praha", "programátorů", "programator", "testing", "tested", "running", "vyvojari", "vývojářích", "C++17"]
)
ANY_TEXT = st.lists(LETTERS | FORMS, max_size=5).map(" ".join)


@PROPERTY
@given(
    st.lists(ANY_TEXT, min_size=1, max_size=6),
    st.lists(ANY_TEXT.filter(lambda text: bool(text.strip())), min_size=1, max_size=8),
)
def test_both_directions_read_any_text_alike(
    engine: Engine, shared_indexes: OwnIndexes, texts: list[str], typed: list[str]
) -> None:
    people = [
        Person(frozenset(), frozenset(), frozenset(), None, (), TODAY, (), ((text,),)) for text in [*texts, *typed]
    ]
    questions = []
    for text in typed:
        quoted = " ".join(f'"{word}"' for word in text.replace('"', " ").split())
        for asked_text in (text, quoted):
            parsed = parse_text(asked_text)
            if not isinstance(parsed, TextProblem):
                questions.append(parsed)
    searched, percolated, refused = both_directions(engine, shared_indexes, people, questions)
    for n in range(len(questions)):
        assert n in refused or percolated[n] == searched[n], questions[n]
