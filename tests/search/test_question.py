"""Questions keep their meaning however they are put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.normal_form import ways
from search.question import EVERYONE, NOBODY, Atom, Either, Every, Is, Not, Question, atoms, either, every, negation

ATOMS = st.builds(Is, st.just("tags"), st.sampled_from("abcd"))
QUESTIONS: st.SearchStrategy[Question] = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3).map(every) | st.lists(inner, max_size=3).map(either) | inner.map(negation)
    ),
    max_leaves=8,
)
WORLDS = st.sets(ATOMS)


def true_in(question: Question, world: set[Atom]) -> bool:
    match question:
        case Every(parts):
            return all(true_in(part, world) for part in parts)
        case Either(parts):
            return any(true_in(part, world) for part in parts)
        case Not(atom):
            return atom not in world
        case _:
            return question in world


@given(QUESTIONS, WORLDS)
def test_a_negation_is_true_where_the_question_is_not(question: Question, world: set[Atom]) -> None:
    assert true_in(negation(question), world) == (not true_in(question, world))
    assert negation(negation(question)) == question


@given(st.lists(QUESTIONS, max_size=3), WORLDS)
def test_every_and_either_are_all_and_any(parts: list[Question], world: set[Atom]) -> None:
    assert true_in(every(parts), world) == all(true_in(part, world) for part in parts)
    assert true_in(either(parts), world) == any(true_in(part, world) for part in parts)


@given(QUESTIONS, WORLDS)
def test_the_ways_to_be_true_are_all_of_them_and_no_more(question: Question, world: set[Atom]) -> None:
    assert any(all(true_in(atom, world) for atom in way) for way in ways(question)) == true_in(question, world)


@given(QUESTIONS)
def test_no_way_contradicts_itself(question: Question) -> None:
    for way in ways(question):
        assert not any(isinstance(atom, Not) and atom.atom in way for atom in way)


def test_everyone_and_nobody_are_the_ends() -> None:
    assert every([]) == EVERYONE
    assert either([]) == NOBODY
    assert negation(EVERYONE) == NOBODY
    assert every([Is("tags", "a"), NOBODY]) == NOBODY
    assert either([Is("tags", "a"), EVERYONE]) == EVERYONE


def test_atoms_are_listed_with_their_negations() -> None:
    question = every([Is("tags", "a"), either([Not(Is("tags", "b")), Is("tags", "c")])])
    assert list(atoms(question)) == [Is("tags", "a"), Not(Is("tags", "b")), Is("tags", "c")]
