"""What a question means, said a second time in plain Python over plain facts, to hold the engine against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.text import fold
from search.bands import EXPERIENCE_BANDS, LEVELS, experience_band, source_key, stage_key
from search.normalise import Keys, ResolvedApplication, ResolvedCriteria, ResolvedRejection
from tests.search.world import KINDS, TODAY, VOCABULARY, Application, Person

# What else the words of the world are called.
OTHER_NAMES: tuple[frozenset[tuple[str, ...]], ...] = (
    frozenset({("java",), ("j2ee",), ("java", "se")}),
    frozenset({("c++",), ("cpp",)}),
)
# What a hiring manager sees of a person's tags.
SEEN_KINDS = ("skill", "location", "language")


@dataclass(frozen=True)
class Eyes:
    """What a reader sees: of a person their applications as far as `sees` says; of the rest all, or the profile."""

    everything: bool = True
    sees: Callable[[Person, Application], bool] = lambda _person, _application: True

    def of(self, person: Person) -> Person:
        """The person as this reader knows them."""
        if self.everything:
            return person
        seen = tuple(each for each in person.applications if self.sees(person, each))
        tags = frozenset(tag for tag in person.tags if KINDS[tag] in SEEN_KINDS)
        return replace(person, applications=seen, tags=tags, sources=frozenset())


ALL = Eyes()


def holds(criteria: ResolvedCriteria, text: tuple[Any, ...] | None, person: Person, eyes: Eyes = ALL) -> bool:
    """Whether the person, as these eyes see them, is one of those asked for."""
    person = eyes.of(person)
    rejected = [each for each in person.applications if each.reason]
    return (
        _keys(criteria.tags, person.tags)
        and _keys(criteria.locations, places_of(person))
        and _keys(criteria.sources, sources_of(person))
        and _keys(criteria.experience, bands_of(person))
        and _languages(criteria.languages, person)
        and _created(criteria, person)
        and (criteria.applied is None or any(_applied(criteria.applied, each) for each in person.applications))
        and (
            criteria.not_applied is None
            or not any(_applied(criteria.not_applied, each) for each in person.applications)
        )
        and (criteria.rejected is None or any(_rejection(criteria.rejected, each) for each in rejected))
        and (criteria.not_rejected is None or not any(_rejection(criteria.not_rejected, each) for each in rejected))
        and (criteria.never_rejected is None or criteria.never_rejected == (not rejected))
        and (text is None or _text(text, person))
    )


def places_of(person: Person) -> set[str]:
    """Where they are, and what lies above."""
    return {above for town in person.towns for above in VOCABULARY.ancestors(town)}


def sources_of(person: Person) -> set[str]:
    """Where they, and their applications, came from."""
    return {source_key(each) for each in (*person.sources, *(a.source for a in person.applications)) if each}


def bands_of(person: Person) -> set[str]:
    """The band of their years, if those are known."""
    band = experience_band(person.years)
    assert band is None or band in EXPERIENCE_BANDS
    return {band} if band else set()


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


def _applied(asked: ResolvedApplication, application: Application) -> bool:
    """Everything asked holds of this one application."""
    return (
        (not asked.positions or application.position in asked.positions)
        and (not asked.stages or stage_key(application.stage) in asked.stages)
        and (not asked.sources or (application.source is not None and source_key(application.source) in asked.sources))
        and (asked.since is None or application.applied >= asked.since)
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
    phrases = next((names for names in OTHER_NAMES if phrase in names), frozenset({phrase}))
    texts = [tuple(map(fold, words)) for words in (*person.texts, *(n for a in person.applications for n in a.notes))]
    return any(_occurs(each, words) for each in phrases for words in texts)


def _occurs(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words) - len(phrase) + 1))
