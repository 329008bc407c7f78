"""How the order of people is judged: by facts that the ranking cannot see, and by a measure that is computed right."""

from __future__ import annotations

import ast
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

import benchmarks
from benchmarks import cv
from benchmarks.facts import Facts, facts
from benchmarks.inflection import Forms, along, forms, into
from benchmarks.judged import REPORTED, TUNED_WITH, Need, grade, ideal, reported, tuning
from benchmarks.ndcg import ndcg
from benchmarks.shapes import SHAPES, Known, mix
from benchmarks.talent import POSITIONS, talent
from sample.requirements import Sources
from search.criteria import parse_criteria

SOMEBODY = Facts(
    number=1,
    main=("Java",),
    core=("Java", "SQL"),
    used=("Java", "SQL", "PHP"),
    wished=("Rust",),
    role="web",
    years=7,
    place="Brno",
    here=True,
)


def need(*skills: str, **more: object) -> Need:
    """A question for these skills and nothing else but what is said."""
    return replace(Need("", None, skills, None, None, "en"), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def people(rows: Sources) -> list[Facts]:
    """The first people of the benchmark, from the carried rows."""
    return [facts(rows.profiles, number) for number in range(1_500)]


@pytest.mark.parametrize(
    ("asked", "worth"),
    [
        (need("Java"), 3),
        (need("SQL"), 2),
        (need("PHP"), 1),
        (need("Rust"), 0),
        (need("Java", "Rust"), 0),
        (need("Java", "SQL"), 2),
        (need("Java", "PHP"), 2),
        (need("SQL", "PHP"), 1),
        (need("Java", role="web"), 3),
        (need("Java", role="mobile"), 2),
        (need("PHP", role="mobile"), 0),
        (need("Java", level="senior"), 3),
        (need("Java", level="junior"), 2),
    ],
)
def test_a_person_is_worth_what_they_did_and_want_to_go_on_with(asked: Need, worth: int) -> None:
    assert grade(asked, SOMEBODY) == worth


def test_only_people_at_the_place_are_in_the_best_order() -> None:
    elsewhere = replace(SOMEBODY, place="Germany", here=False)
    assert ideal(need("Java", place="Czechia"), [elsewhere, SOMEBODY]) == [3]
    assert ideal(need("Java", place="Germany"), [elsewhere, SOMEBODY]) == [3]
    assert ideal(need("Java"), [elsewhere, replace(elsewhere, main=()), SOMEBODY]) == [3, 3, 2]


def test_the_gain_of_known_lists_is_what_the_formula_gives() -> None:
    assert ndcg([3, 2, 1], [3, 2, 1]) == 1
    assert ndcg([], [3]) == 0
    assert ndcg([0, 3], [3]) == pytest.approx(1 / math.log2(3))
    # (2^1-1)/1 + (2^3-1)/log2(3) over (2^3-1)/1 + (2^1-1)/log2(3)
    assert ndcg([1, 3], [3, 1]) == pytest.approx((1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3)))


def test_what_stands_behind_the_tenth_place_counts_for_nothing() -> None:
    assert ndcg([0] * 10 + [3], [3]) == 0
    assert ndcg([3] * 10, [3] * 50) == 1


def test_the_rule_knows_neither_the_ranking_nor_what_a_search_can_see() -> None:
    """Everything that judging is made of, imports of imports included, stays clear of the search and of the CVs."""
    seen: set[str] = set()
    waiting = ["benchmarks.judged"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += imported(name)
    assert "benchmarks.facts" in seen
    rooms = {name.partition(".")[0] for name in seen}
    assert not rooms & {"search", "mappings", "engine", "indexer", "records", "api"}
    assert not seen & {"benchmarks.cv", "benchmarks.cv_words", "benchmarks.talent", "benchmarks.relevance"}


def imported(module: str) -> list[str]:
    """The modules of ours that this one imports."""
    path = Path(benchmarks.__file__).parent.parent / Path(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not source.exists():
        return []
    found: list[str] = []
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


def test_the_same_people_and_questions_come_every_time(rows: Sources, people: list[Facts]) -> None:
    assert [facts(rows.profiles, number) for number in range(100)] == people[:100]
    assert reported(people) == reported(people)
    assert cv.seen(people[5]) == cv.seen(people[5])
    assert talent(people[5]) == talent(people[5])


def test_no_question_that_is_reported_was_tuned_with(people: list[Facts]) -> None:
    used, shown = tuning(people), reported(people)
    assert (len(used), len(shown)) == (TUNED_WITH, REPORTED)
    assert REPORTED >= 60
    assert not {(each.text, each.place) for each in used} & {(each.text, each.place) for each in shown}


def test_questions_are_in_both_languages_and_have_an_answer(people: list[Facts]) -> None:
    shown = reported(people)
    languages = [each.language for each in shown]
    assert min(languages.count("cs"), languages.count("en")) >= REPORTED // 4
    assert sum(bool(ideal(each, people)) for each in shown) >= 0.9 * len(shown)


def test_every_typed_question_is_one_the_product_understands(people: list[Facts]) -> None:
    for each in (*tuning(people), *reported(people)):
        assert parse_criteria({"text": each.text}).text == each.text


def test_what_is_seen_of_a_person_only_hints_at_what_is_true(people: list[Facts]) -> None:
    tagged = [(set(cv.seen(person).tags), person) for person in people]
    missing = mean(bool(set(person.main) - tags) for tags, person in tagged if person.main)
    wrong = mean(bool(tags & set(person.wished)) for tags, person in tagged if person.wished)
    assert 0.02 < missing < 0.3
    assert 0.1 < wrong < 0.7


def test_cvs_are_as_long_as_real_ones_and_in_two_languages(people: list[Facts]) -> None:
    shown = [cv.seen(person) for person in people]
    lengths = [len(each.cv_text.split()) for each in shown]
    assert min(lengths) > 150
    assert max(lengths) < 700
    assert 0.2 < mean(each.czech for each in shown) < 0.4


def test_people_and_their_applications_are_those_that_were_promised(people: list[Facts]) -> None:
    made = [talent(person) for person in people]
    assert len({each.id for each in made}) == len({each.email for each in made}) == len(made)
    applied = [each for person in made for each in person.applications]
    assert 1.1 < len(applied) / len(made) < 1.5
    assert all(0 <= each.position < POSITIONS for each in applied)
    assert all(each.email.endswith("@example.com") for each in made)
    for person in made:
        moments = [(person.created_at, each.at, each.rejected_at or each.at) for each in person.applications]
        assert all(a <= b for each in moments for a, b in pairwise(each))


@pytest.mark.parametrize(
    ("name", "inflected"),
    [
        ("Java", Forms("Javy", "Javě", "Javou")),
        ("Scala", Forms("Scaly", "Scale", "Scalou")),
        ("Cassandra", Forms("Cassandry", "Cassandře", "Cassandrou")),
        ("Python", Forms("Pythonu", "Pythonu", "Pythonem")),
        ("Django", Forms("Djanga", "Djangu", "Djangem")),
        ("C++", Forms("C++", "C++", "C++")),
        ("SQL", Forms("SQL", "SQL", "SQL")),
        ("Node.js", Forms("Node.js", "Node.js", "Node.js")),
    ],
)
def test_names_of_skills_are_inflected_as_people_do(name: str, inflected: Forms) -> None:
    assert forms(name) == inflected


def test_prepositions_are_the_ones_that_can_be_spoken() -> None:
    assert (into("Javě"), into("SQL"), along("Javou"), along("SQL")) == ("v", "ve", "s", "se")


def test_every_shape_is_asked_equally_often_and_understood(people: list[Facts]) -> None:
    made = [talent(person) for person in people[:50]]
    known = Known([str(made[0].id)], [made[1].id], made)
    asked = mix(known, 20, seed=1)
    assert {each.shape for each in asked} == set(SHAPES)
    assert len(SHAPES) == 12
    assert len(asked) == 20 * 12
    for each in asked:
        parse_criteria(each.body["criteria"])
    assert mix(known, 20, seed=1) == asked
    assert len({str(each.body) for each in asked}) > 100
