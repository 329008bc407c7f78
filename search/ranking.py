"""In what order people are shown, and which words are marked. Neither decides whom a question finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from search.question import Either, Every, Phrase, Question, Word
from search.sight import Clause, either_of, words_in
from search.wording import can_be_misspelt, nearly

# Where a word stands says how much it says. A name is looked for on purpose; somebody's skills and headline say what
# they are, the rest of a CV also what they once came across. Each place is evidence of its own, so they add up.
# Chosen by docs/decisions/0012.
WEIGHTS: dict[str, float] = {"name": 6.0, "skills": 4.0, "headline": 3.0, "text": 1.0}
NEARLY = 0.3


def by_statistics(question: Question, *, forgiving: bool) -> Iterator[Clause]:
    """For those who see everybody: rare words count more, and so does a word that occurs often."""
    return _evidence(question, _boosted, forgiving=forgiving)


def by_what_is_seen(question: Question, *, forgiving: bool) -> Iterator[Clause]:
    """For everybody else: only where a word stands counts, since how rare it is depends on people they must not see."""
    return _evidence(question, _constant, forgiving=forgiving)


def _evidence(question: Question, weighed: Callable[[Clause, float], Clause], *, forgiving: bool) -> Iterator[Clause]:
    for word in positive_words(question):
        for field, weight in WEIGHTS.items():
            yield weighed(words_in(field, word), weight)
        if forgiving and can_be_misspelt(word):
            yield _constant(nearly("text", word), NEARLY)


def marked(question: Question, *, forgiving: bool) -> Clause | None:
    """What is marked in a text: the words asked for, and nothing that rights or pools ask besides."""
    asked: list[Clause] = []
    for word in positive_words(question):
        asked.append(words_in("text", word))
        asked.append(words_in("notes", word))
        if forgiving and can_be_misspelt(word):
            asked.append(nearly("text", word))
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
