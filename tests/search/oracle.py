"""What a question means, said a second time in plain Python over plain facts, to hold the engine against."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.text import fold
from search.bands import EXPERIENCE_BANDS, LEVELS, experience_band, source_key
from search.normalise import Keys, ResolvedCriteria, ResolvedRejection
from tests.search.world import TODAY, VOCABULARY, Application, Person


def holds(criteria: ResolvedCriteria, text: tuple[Any, ...] | None, person: Person) -> bool:
    """Whether the person is one of those asked for."""
    places = {above for town in person.towns for above in VOCABULARY.ancestors(town)}
    band = experience_band(person.years)
    assert band is None or band in EXPERIENCE_BANDS
    rejected = [each for each in person.applications if each.reason]
    return (
        _keys(criteria.tags, person.tags)
        and _keys(criteria.locations, places)
        and _keys(criteria.sources, {source_key(source) for source in person.sources})
        and _keys(criteria.experience, {band} if band else set())
        and _languages(criteria.languages, person)
        and _created(criteria, person)
        and (criteria.rejected is None or any(_rejection(criteria.rejected, each) for each in rejected))
        and (criteria.not_rejected is None or not any(_rejection(criteria.not_rejected, each) for each in rejected))
        and (criteria.never_rejected is None or criteria.never_rejected == (not rejected))
        and (text is None or _text(text, person))
    )


def _keys(asked: Keys, held: Any) -> bool:
    return (
        (not asked.any or any(key in held for key in asked.any))
        and all(key in held for key in asked.all)
        and not any(key in held for key in asked.none)
    )


def _languages(asked: Keys, person: Person) -> bool:
    def spoken(rung: str) -> bool:
        code, _, level = rung.partition(">=")
        return any(
            code == held and (not level or (reached is not None and LEVELS.index(reached) >= LEVELS.index(level)))
            for held, reached in person.languages
        )

    return (
        (not asked.any or any(map(spoken, asked.any)))
        and all(map(spoken, asked.all))
        and not any(map(spoken, asked.none))
    )


def _created(criteria: ResolvedCriteria, person: Person) -> bool:
    if criteria.created_last_days is not None:
        return person.created >= TODAY - timedelta(days=criteria.created_last_days)
    return (criteria.created_from is None or criteria.created_from <= person.created) and (
        criteria.created_to is None or person.created <= criteria.created_to
    )


def _rejection(asked: ResolvedRejection, application: Application) -> bool:
    """Everything asked holds of this one application."""
    return (
        (not asked.reasons or application.reason in asked.reasons)
        and (not asked.positions or application.position in asked.positions)
        and (asked.by is None or application.by == asked.by)
        and (asked.since is None or (application.rejected is not None and application.rejected >= asked.since))
    )


def _text(tree: tuple[Any, ...], person: Person) -> bool:
    kind, content = tree
    if kind == "and":
        return all(_text(part, person) for part in content)
    if kind == "or":
        return any(_text(part, person) for part in content)
    if kind == "not":
        return not _text(content, person)
    phrase = tuple(map(fold, (content,) if kind == "word" else content))
    return any(_occurs(phrase, tuple(map(fold, words))) for words in person.texts)


def _occurs(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words) - len(phrase) + 1))
