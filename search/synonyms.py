"""Words that are the name of a skill, a place or a language, together with its other names: JS is JavaScript."""

from __future__ import annotations

from core.text import fold
from search.question import Either, Every, Not, Phrase, Question, Word, either, every, negation
from search.vocabulary import Kind, Vocabulary

# Labels of other kinds are in no text, and to some readers they do not exist.
WORDED: tuple[Kind, ...] = ("skill", "location", "language")
# A word written out into more than this makes a pool dearer than the people it finds are worth.
MOST_OTHERS = 8


def with_synonyms(question: Question, vocabulary: Vocabulary) -> Question:
    """The same question, each word or phrase that names one tag asked in all the names of that tag.

    What must not occur must not occur by another name either.
    """
    match question:
        case Every(parts):
            return every(with_synonyms(part, vocabulary) for part in parts)
        case Either(parts):
            return either(with_synonyms(part, vocabulary) for part in parts)
        case Word(text) | Phrase(text):
            others = _other_names(text, vocabulary)
            typed = Word(text, named=True) if isinstance(question, Word) else question
            return either([typed, *map(_asked, others)]) if others else question
        case Not(atom):
            return negation(with_synonyms(atom, vocabulary))
        case _:
            return question


def _other_names(text: str, vocabulary: Vocabulary) -> list[str]:
    folded = fold(text)
    found = {
        entry.key: entry
        for names in (vocabulary.by_name, vocabulary.by_synonym)
        for entry in names.get(folded, ())
        if entry.kind in WORDED
    }
    if len(found) != 1:
        return []
    entry = next(iter(found.values()))
    others = {fold(name): name for name in (entry.name, *entry.synonyms)}
    others.pop(folded, None)
    return [others[name] for name in sorted(others)][:MOST_OTHERS]


def _asked(name: str) -> Question:
    return Phrase(" ".join(name.split())) if " " in name.strip() else Word(name, named=True)
