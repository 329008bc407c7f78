"""What can be seen of a person: headline, CV and tags, made from the facts with the noise that real ones have.

Written down before the ranking was tuned, and not changed since:

| what is seen | main | core | used | wished |
| --- | --- | --- | --- | --- |
| a tag (set by people, forms and imports) | 0.95 | 0.85 | 0.6 | 0.1 |
| the headline, where it names a skill at all (0.6) | 0.9 | | | 0.1 |
| the first lines of the CV (0.7) | yes | | | |
| tasks of the latest job | mostly | half | some | |
| tasks of earlier jobs | some | some | mostly | |
| the list of skills in the CV | 0.9 | 0.85 | 0.75 | 0.15 |
| beside others who used it, "never", courses, wishes | | | | once or more |

So a CV names on average a dozen technologies that the person has hardly touched, and one in twenty main ones is no tag.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from benchmarks.cv_words import CZECH, ENGLISH, Language
from benchmarks.facts import Facts
from benchmarks.inflection import along, forms, into

# Of those who live here; everybody else's is English.
CZECH_CVS: Final = 0.75
SHORTEST_WORDS: Final = 200
LONGEST_WORDS: Final = 600
THIS_YEAR: Final = 2026

_TAGGED: Final = {"main": 0.95, "core": 0.85, "used": 0.6, "wished": 0.1}
_LISTED: Final = {"main": 0.9, "core": 0.85, "used": 0.75, "wished": 0.15}
_HEADLINE_SKILL, _HEADLINE_WISH, _ABOUT = 0.6, 0.1, 0.7
# Which kind of skill a task of a job is about: the latest job, and those before.
_LATEST: Final = ("main", "main", "main", "core", "core", "used")
_EARLIER: Final = ("used", "used", "core", "main")
_SYLLABLES: Final = (
    "bra", "cen", "dor", "fil", "gam", "hel", "ite", "kor", "lum", "mar", "net", "opt", "pol", "qua", "rys", "sol",
    "tek", "uni", "ver", "wex", "zor", "al", "be", "di", "no", "ra", "si", "ta",
)  # fmt: skip
_TOWNS: Final = ("Praha", "Brno", "Ostrava", "Plzeň", "Berlin", "Wien", "London", "Austin", "Kraków", "Bratislava")
_Kind = dict[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product is told of a person's work. `czech`: the language of the CV."""

    headline: str
    cv_text: str
    tags: tuple[str, ...]
    czech: bool


def seen(person: Facts, seed: int = 0) -> Seen:
    """The same for the same person and seed."""
    drawn = random.Random(f"cv/{seed}/{person.number}/{person.main}")
    czech = person.here and drawn.random() < CZECH_CVS
    writer = _Writer(person, CZECH if czech else ENGLISH, drawn)
    headline = writer.headline()
    return Seen(headline, writer.text(headline), writer.tags(), czech)


class _Writer:
    def __init__(self, person: Facts, language: Language, drawn: random.Random) -> None:
        self.person = person
        self.language = language
        self.random: Callable[[], float] = drawn.random
        main = set(person.main)
        core = [name for name in person.core if name not in main]
        known = {*main, *core}
        self.kinds: _Kind = {
            "main": person.main,
            "core": core,
            "used": [name for name in person.used if name not in known],
            "wished": person.wished,
        }

    def tags(self) -> tuple[str, ...]:
        return tuple(self._some(_TAGGED))

    def headline(self) -> str:
        words = self.language
        title = self._pick(words.titles[self.person.role])
        if self.random() < 0.6:
            level = words.senior if self.person.years >= 5 else words.junior if self.person.years <= 2 else "{}"
            title = level.format(title[:1].lower() + title[1:] if level != "{}" else title)
        if self.random() >= _HEADLINE_SKILL or not self.person.main:
            return title
        wish = self.random() < _HEADLINE_WISH and bool(self.person.wished)
        names = [self._pick(self.person.wished)] if wish else list(self.person.main)
        return self._pick(words.headline_with).format_map(self._named(names) | {"title": title})

    def text(self, headline: str) -> str:
        wanted = SHORTEST_WORDS + int(self.random() ** 2 * (LONGEST_WORDS - SHORTEST_WORDS))
        ends = [*self._ends()]
        left = wanted - sum(part.count(" ") + 1 for part in ends)
        parts = [headline, self._about()]
        left -= sum(part.count(" ") + 1 for part in parts)
        until, first = THIS_YEAR, True
        while left > 0:
            job, until, words = self._job(until, first, left)
            parts.append(job)
            left -= words
            first = False
        return "\n".join([*parts, *ends])

    def _about(self) -> str:
        said = [self._say(self.language.about) for _ in range(2)]
        if self.random() < _ABOUT and self.person.main:
            said.insert(1, self._say(self.language.about_skills, self.person.main))
        return " ".join(said)

    def _job(self, until: int, first: bool, most: int) -> tuple[str, int, int]:
        since = until - 1 - int(self.random() * 4)
        words = self.language
        head = words.job.format(
            title=self._pick(words.titles[self.person.role]),
            company=_company(int(self.random() * 6_000)),
            town=self._pick(_TOWNS),
            since=since,
            until=words.until_now if first else until,
        )
        kinds = _LATEST if first else _EARLIER
        count = head.count(" ") + 1
        said = [head]
        for _ in range(3 + int(self.random() * 6)):
            chance = self.random()
            if chance < 0.45:
                sentence = self._say(words.done_with, self._skills_of(kinds))
            elif chance < 0.6:
                sentence = self._say(words.beside, self._skills_of(("wished", "wished", "used")))
            else:
                sentence = self._say(words.filler)
            said.append(sentence)
            count += sentence.count(" ") + 1
            if count > most:
                break
        return " ".join(said), since, count

    def _ends(self) -> Iterator[str]:
        words, wished = self.language, self.person.wished
        listed = list(self._some(_LISTED))
        if listed:
            yield self._pick(words.skills).format(all=", ".join(listed))
        if wished:
            for sentences, chance in (
                (words.basics, 0.3),
                (words.wishes, 0.6),
                (words.course, 0.4),
                (words.never, 0.15),
            ):
                if self.random() < chance:
                    yield self._say(sentences, self._sample(wished))
        yield self._say(words.studies)
        if self.random() < 0.6:
            yield self._pick(words.rest)

    def _skills_of(self, kinds: Sequence[str]) -> Sequence[str]:
        names = self.kinds[self._pick(kinds)] or self.person.used
        return self._sample(names) if names else ()

    def _sample(self, names: Sequence[str]) -> Sequence[str]:
        if len(names) < 2:
            return names
        at = int(self.random() * len(names))
        return names[at], names[at - 1]

    def _say(self, sentences: Sequence[str], names: Sequence[str] = ()) -> str:
        sentence = self._pick(sentences)
        year = THIS_YEAR - 5 - int(self.random() * 20)
        values: dict[str, object] = {
            "years": max(1, self.person.years),
            "few": 2 + int(self.random() * 8),
            "percent": 5 + int(self.random() * 80),
            "thing": self._pick(self.language.things),
            "school": _company(int(self.random() * 300)) + " College",
            "since": year - 4,
            "until": year,
        }
        if "{a" in sentence:
            # Nobody's skill but everybody's: who has none worked with a computer.
            values |= self._named(names or ("Windows",))
        return sentence.format_map(values)

    def _named(self, names: Sequence[str]) -> dict[str, object]:
        return {**_said("a", names[0]), **_said("b", names[1] if len(names) > 1 else names[0])}

    def _some(self, chances: dict[str, float]) -> Iterator[str]:
        for kind, chance in chances.items():
            yield from (name for name in self.kinds[kind] if self.random() < chance)

    def _pick(self, values: Sequence[str]) -> str:
        return values[int(self.random() * len(values))]


@cache
def _said(place: str, name: str) -> dict[str, object]:
    of, within, using = forms(name)
    return {
        place: name,
        f"{place}_of": of,
        f"{place}_by": using,
        f"{place}_in": f"{into(within)} {within}",
        f"{place}_with": f"{along(using)} {using}",
    }


@cache
def _company(number: int) -> str:
    """A made-up name, another one for each number."""
    name = ""
    rest = number + len(_SYLLABLES) ** 2
    while rest:
        rest, at = divmod(rest, len(_SYLLABLES))
        name += _SYLLABLES[at]
    return name.capitalize()
