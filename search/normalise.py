"""Criteria as people say them -> criteria in keys, or every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.errors import Problem
from search.bands import Band, at_least, source_key, stage_key
from search.criteria import Application, Criteria, CriteriaInvalid, Language, Rejection
from search.question import EVERYONE, Question
from search.synonyms import with_synonyms
from search.text_query import TextProblem, parse_text
from search.vocabulary import Kind, Vocabulary

TAG_KINDS: tuple[Kind, ...] = ("skill", "label", "internal", "language")
# Comparing names with a large vocabulary costs tens of milliseconds each, so only the first few are.
MOST_SUGGESTIONS = 5
# No key can have this sign (vocabulary.KEY), so no document has this one. Nor is it one that joins keys (search.bands).
NOBODYS = "@"
_LANGUAGE: tuple[Kind, ...] = ("language",)
_LOCATION: tuple[Kind, ...] = ("location",)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of which one, all, or none must be there. `all` has a key for every name said, in their order."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedRejection:
    """One rejected application in keys."""

    reasons: tuple[str, ...] = ()
    by: str | None = None
    positions: tuple[str, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class ResolvedApplication:
    """One application in keys."""

    positions: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class ResolvedCriteria:
    """Criteria in which every name is a key and the text is parsed; nothing in it can be misunderstood."""

    tags: Keys = Keys()
    # The kind of each tag among these keys: it decides in which field the tag is looked for.
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    locations: Keys = Keys()
    sources: Keys = Keys()
    experience: Keys = Keys()
    languages: Keys = Keys()
    created_from: date | None = None
    created_to: date | None = None
    created_last_days: int | None = None
    applied: ResolvedApplication | None = None
    not_applied: ResolvedApplication | None = None
    pools: Keys = Keys()
    rejected: ResolvedRejection | None = None
    not_rejected: ResolvedRejection | None = None
    never_rejected: bool | None = None
    text: Question = EVERYONE


def resolve(criteria: Criteria, vocabulary: Vocabulary, *, unknown_is_nobody: bool = False) -> ResolvedCriteria:
    """The criteria in keys. Raises CriteriaInvalid with all the names that mean nothing, or more than one thing.

    `unknown_is_nobody`: a name that means nothing stands for something nobody has, so that whoever must not know a
    name is answered as if there were none.
    """
    names = _Names(vocabulary, unknown_is_nobody=unknown_is_nobody)
    rejections, applications = criteria.rejections, criteria.applications
    resolved = ResolvedCriteria(
        tags=Keys(
            any=names.keys(criteria.tags.any, "tags.any", TAG_KINDS),
            all=names.each(criteria.tags.all, "tags.all", TAG_KINDS),
            none=names.keys(criteria.tags.none, "tags.none", TAG_KINDS),
        ),
        kinds=names.kinds,
        locations=Keys(
            any=names.keys(criteria.locations.any, "locations.any", _LOCATION),
            none=names.keys(criteria.locations.none, "locations.none", _LOCATION),
        ),
        sources=Keys(
            any=_once(map(source_key, criteria.sources.any)), none=_once(map(source_key, criteria.sources.none))
        ),
        experience=Keys(any=_bands(criteria.experience.any), none=_bands(criteria.experience.none)),
        languages=Keys(
            any=names.rungs(criteria.languages.any, "languages.any"),
            all=names.each_rung(criteria.languages.all, "languages.all"),
            none=names.rungs(criteria.languages.none, "languages.none"),
        ),
        created_from=criteria.created.from_,
        created_to=criteria.created.to,
        created_last_days=criteria.created.last_days,
        applied=names.application(applications, "applications") if applications.says_something() else None,
        not_applied=names.application(applications.none, "applications.none") if applications.none else None,
        pools=Keys(
            any=_once(map(str, criteria.pools.any)),
            all=tuple(map(str, criteria.pools.all)),
            none=_once(map(str, criteria.pools.none)),
        ),
        rejected=names.rejection(rejections, "rejections") if rejections.says_something() else None,
        not_rejected=names.rejection(rejections.none, "rejections.none") if rejections.none else None,
        never_rejected=rejections.never,
        text=names.text(criteria.text),
    )
    if names.problems:
        raise CriteriaInvalid(names.problems)
    return resolved


class _Names:
    """Looks names up and collects what is wrong with them, so that all of it can be said at once."""

    def __init__(self, vocabulary: Vocabulary, *, unknown_is_nobody: bool) -> None:
        self.vocabulary = vocabulary
        self.unknown_is_nobody = unknown_is_nobody
        self.problems: list[Problem] = []
        self.kinds: dict[str, Kind] = {}

    def keys(self, names: Iterable[str], place: str, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        return _once(self.each(names, place, kinds))

    def each(self, names: Iterable[str], place: str, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        # Not once only: whether two names come to one key may depend on a tag the reader may not know of.
        return tuple(self._key(name, f"criteria.{place}[{i}]", kinds) for i, name in enumerate(names))

    def rungs(self, languages: Iterable[Language], place: str) -> tuple[str, ...]:
        return _once(self.each_rung(languages, place))

    def each_rung(self, languages: Iterable[Language], place: str) -> tuple[str, ...]:
        return tuple(
            at_least(self._language(language.code, f"criteria.{place}[{i}].code"), language.at_least)
            for i, language in enumerate(languages)
        )

    def rejection(self, rejection: Rejection, place: str) -> ResolvedRejection:
        return ResolvedRejection(
            reasons=self.keys(rejection.reasons, f"{place}.reasons", ("reason",)),
            by=rejection.by,
            positions=self.keys(rejection.positions, f"{place}.positions", ("position",)),
            since=rejection.since,
        )

    def application(self, application: Application, place: str) -> ResolvedApplication:
        return ResolvedApplication(
            positions=self.keys(application.positions, f"{place}.positions", ("position",)),
            stages=_once(map(stage_key, application.stages)),
            sources=_once(map(source_key, application.sources)),
            since=application.since,
        )

    def text(self, text: str) -> Question:
        if not text.strip():
            return EVERYONE
        parsed = parse_text(text)
        if isinstance(parsed, TextProblem):
            instead = f" Perhaps you meant: {parsed.correction}" if parsed.correction else ""
            sentence = f"{parsed.message} (character {parsed.position + 1}){instead}"
            self.problems.append(Problem("criteria.text", sentence))
            return EVERYONE
        return with_synonyms(parsed, self.vocabulary)

    def _language(self, code: str, place: str) -> str:
        # A code is a code, whatever tags there are: documents have codes.
        if re.fullmatch(r"[A-Za-z]{2,3}", code):
            return code.lower()
        return self._key(code, place, _LANGUAGE)

    def _key(self, name: str, place: str, kinds: tuple[Kind, ...]) -> str:
        found = self.vocabulary.find(name, kinds)
        if not found and self.unknown_is_nobody:
            return NOBODYS
        if len(found) != 1:
            self.problems.append(Problem(place, self._why_not(name, kinds, [entry.key for entry in found])))
            return name
        if kinds == TAG_KINDS:
            self.kinds[found[0].key] = found[0].kind
        return found[0].key

    def _why_not(self, name: str, kinds: tuple[Kind, ...], several: list[str]) -> str:
        if several:
            return f"“{name}” may mean any of {', '.join(several[:5])}; write the one you mean."
        what = "tag" if "skill" in kinds else kinds[0]
        if what == "tag" and self.vocabulary.find(name, _LOCATION):
            return f"“{name}” is a location; ask for it under locations."
        if what == "location" and self.vocabulary.find(name, TAG_KINDS):
            return f"“{name}” is a tag, not a location; ask for it under tags."
        sentence = f"There is no {what} “{name}”."
        if len(self.problems) < MOST_SUGGESTIONS and (near := self.vocabulary.suggest(name, kinds)):
            sentence += f" Did you mean {' or '.join(near)}?"
        return sentence


def _bands(bands: Iterable[Band]) -> tuple[str, ...]:
    return _once(bands)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
