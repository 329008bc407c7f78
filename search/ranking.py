"""In what order people are shown, and which words are marked. Neither decides whom a question finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from search.question import Either, Every, Phrase, Question, Word
from search.sight import Clause, either_of, words_in

# Where a word stands says how much it says. A name is looked for on purpose; somebody's skills and headline say what
# they are, the rest of a CV also what they once came across. Each place is evidence of its own, so they add up.
# Chosen by docs/decisions/0012.
WEIGHTS: dict[str, float] = {"name": 6.0, "skills": 4.0, "headline": 3.0, "text": 1.0}


def by_statistics(question: Question) -> Iterator[Clause]:
    """For those who see everybody: rare words count more, and so does a word that occurs often."""
    return _evidence(question, _boosted)


def by_what_is_seen(question: Question) -> Iterator[Clause]:
    """For everybody else: only where a word stands counts, since how rare it is depends on people they must not see."""
    return _evidence(question, _constant)


def _evidence(question: Question, weighed: Callable[[Clause, float], Clause]) -> Iterator[Clause]:
    for word in positive_words(question):
        for field, weight in WEIGHTS.items():
            yield weighed(words_in(field, word), weight)


def marked(question: Question) -> Clause | None:
    """What is marked in a text: the words asked for, and nothing that rights or pools ask besides.

    As typed: to mark what is spelled nearly like them the engine would analyse every text anew (search.spelling).
    """
    asked: list[Clause] = []
    for word in positive_words(question):
        asked.append(words_in("text", word))
        asked.append(words_in("notes", word))
    return either_of(asked) if asked else None


def positive_words(question: Question) -> Iterator[Word | Phrase]:
    """The words and phrases that are asked to occur, in order."""
    match question:
        case Every(parts) | Either(parts):
            for part in parts:
                yield from positive_words(part)
        case Word() | Phrase():
            yield question
        case _:
            return


def _boosted(clause: Clause, weight: float) -> Clause:
    return {"bool": {"should": [clause], "boost": weight}}


def _constant(clause: Clause, weight: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": weight}}
