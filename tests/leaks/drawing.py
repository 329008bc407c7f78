"""What requests are made of: things that are seen, hidden, not there yet and never there, drawn at random."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any

from api import cursors
from search.facets import FACETS
from tests.leaks.house import House
from tests.leaks.words import (
    ASKED_REASON,
    ASKED_SKILLS,
    ELSEWHERE,
    FIRST_NAMES,
    HEADLINES,
    INTERNAL,
    LAST_NAMES,
    NOTED,
    OTHER_REASONS,
    OTHER_SKILLS,
    REGION,
    SEEN_LABEL,
    SOURCES,
    STAGES,
    STREAMED,
    TOWNS,
    UNSEEN_LABELS,
    UNSEEN_SKILLS,
    WORDS,
)

BANDS = ("0-1", "2-4", "5-9", "10-19", "20+")
LEVELS = ("a1", "b1", "b2", "c1")
# From so many letters on a word is found with one or two of them wrong.
LONG = 8
SORTS = ("relevance", "newest", "oldest", "name", "activity")


class Draw:
    """One session's luck. `touched` is what hidden things it asked for: those the next changes begin with."""

    def __init__(self, house: House, rng: random.Random) -> None:
        self.house = house
        self.rng = rng
        self.touched: set[str] = set()

    # -- one of these --

    def one(self, *choices: Sequence[str]) -> str:
        """From one of several lists that are not empty, each as likely."""
        picked = self.rng.choice(self.rng.choice([each for each in choices if each]))
        self.touched.add(picked)
        return picked

    def chance(self, of: float) -> bool:
        """True in this part of all cases."""
        return self.rng.random() < of

    def some(self, most: int, draw: Any) -> list[str]:
        """One to `most` draws."""
        return [draw() for _ in range(self.rng.randint(1, most))]

    # -- things --

    def candidate(self) -> str:
        """Somebody seen, three times in four."""
        seen, hidden = self.house.seen, self.house.hidden
        if self.chance(0.7):
            return self.one(seen.viewed, seen.owned)
        return self.one(hidden.people, hidden.people, hidden.gone, [self.nowhere()])

    def pool(self) -> str:
        """A pool, tracked in two cases of three."""
        if self.chance(0.65):
            return self.one(self.house.seen.pools)
        return self.one(self.house.hidden.pools, self.house.hidden.pools, [self.nowhere()])

    def position(self) -> str:
        """A position."""
        seen = self.house.seen
        return self.one(seen.positions, seen.positions_known, self.house.hidden.positions, [self.nowhere()])

    def application(self) -> str:
        """An application."""
        hidden = self.house.hidden
        return self.one(
            self.house.seen.applications, hidden.applications, hidden.applications_of_seen, [self.nowhere()]
        )

    def user(self) -> str:
        """A user, mostly one of the readers."""
        own = list(self.house.ids.values())
        return self.one(own, own, own, self.house.hidden.users, [self.nowhere()])

    def token(self) -> str:
        """A token of somebody else."""
        return self.one([token for _, token in self.house.hidden.tokens], [self.nowhere()])

    def notice(self, *of: str) -> str:
        """A notice: of one's own only in these states."""
        own = [notice for state in of for notice in self.house.seen.notices[state]]
        return self.one(own, own, self.house.hidden.notices, [self.nowhere()])

    def nowhere(self) -> str:
        """An id that nothing has."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    # -- names --

    def tag(self) -> str:
        """A tag by name, synonym or key, there or not."""
        coming = self.house.coming
        return self.one(
            ASKED_SKILLS,
            OTHER_SKILLS,
            OTHER_SKILLS,
            [f"{skill} syn" for skill in OTHER_SKILLS],
            UNSEEN_SKILLS,
            (SEEN_LABEL, *UNSEEN_LABELS, *INTERNAL),
            self.house.hidden.tags,
            coming.names("skill"),
            coming.names("label"),
        )

    def place(self) -> str:
        """A place by name."""
        return self.one((REGION, *TOWNS), ELSEWHERE, self.house.hidden.towns, self.house.coming.names("town"))

    def language(self) -> dict[str, str]:
        """A language, perhaps from a level up."""
        spoken = {"code": self.one(("cs", "en", "de"), ("pl", "Klingon"), self.house.coming.names("language"))}
        return spoken | ({"at_least": self.rng.choice(LEVELS)} if self.chance(0.4) else {})

    def title(self) -> str:
        """A position by title or id."""
        titles = ("Data engineer", "Tester of payments")
        return self.one(titles, self.house.hidden.titles, self.house.coming.names("position"), [self.position()])

    def reason(self) -> str:
        """A rejection reason by name, as it is spelt or otherwise."""
        known = (ASKED_REASON, *OTHER_REASONS)
        return self.one(known, [name.upper() for name in known], self.house.coming.names("reason"))

    def source(self) -> str:
        """A source."""
        return self.one(SOURCES, self.house.coming.names("source"))

    def stage(self) -> str:
        """A stage."""
        return self.one(STAGES, self.house.coming.names("stage"))

    def day(self) -> str:
        """A day before, at or after everything here."""
        return self.rng.choice(("2020-01-01", "2026-06-30", "2099-12-31"))

    def word(self) -> str:
        """A word of a text, as somebody types it."""
        if self.chance(0.25):
            return self.mistyped()
        if self.chance(0.6):
            return self.one(WORDS, WORDS, WORDS, NOTED)
        return self.one(
            STREAMED,
            [word for name in (*FIRST_NAMES, *LAST_NAMES, *HEADLINES) for word in name.split()],
            [f"{skill} syn".split()[0] for skill in (*OTHER_SKILLS, *UNSEEN_SKILLS)],
            self.house.coming.names("skill"),
            [address.partition("@")[0] for address in self.house.hidden.emails],
        )

    def mistyped(self) -> str:
        """A word that seen people have, with one letter wrong."""
        word = self.rng.choice([word for word in WORDS if len(word) >= LONG and word.isascii()])
        at = self.rng.randrange(1, len(word))
        wrong = f"{word[:at]}{self.rng.choice('xqw')}{word[at + 1 :]}"
        self.touched.add(wrong)
        self.house.mistyped.append(wrong)
        return wrong

    def text(self) -> str:
        """Words, joined in some way; now and then in a way that cannot be understood."""
        one, other = self.word(), self.word()
        ways = (
            f"{one} {other}",
            f"{one} OR {other}",
            f"{one} NOT {other}",
            f'"{one} {other}"',
            f"({one} OR {other}) AND {self.word()}",
            f'"{self.rng.choice(HEADLINES) or one}"',
            f"({one}",
        )
        common = " OR ".join(self.rng.sample(WORDS, 2))
        self.house.compared += common.split(" OR ")
        return self.rng.choices((one, common, self.rng.choice(ways)), (3, 3, 2))[0]

    def typed(self) -> str:
        """The beginning of a name."""
        kinds = ("skill", "town", "pool", "position", "person")
        coming = [name for kind in kinds for name in self.house.coming.names(kind)]
        name = self.one(
            FIRST_NAMES,
            LAST_NAMES,
            (*ASKED_SKILLS, *OTHER_SKILLS, *UNSEEN_SKILLS, REGION, *TOWNS, *ELSEWHERE),
            ("Java in Moravia", "Speakers", "Python everywhere", "Never rejected", "Data engineer"),
            self.house.hidden.titles,
            coming,
            coming,
        )
        return name[: self.rng.randint(1, len(name))].strip() or name

    # -- questions --

    def criteria(self) -> dict[str, Any]:
        """One to three parts of a question."""
        parts = {
            "tags": self._tags,
            "locations": lambda: self._any_or_none(self.place),
            "sources": lambda: self._any_or_none(self.source),
            "experience": lambda: self._any_or_none(lambda: self.rng.choice(BANDS)),
            "languages": lambda: {self.rng.choice(("any", "all", "none")): self.some(2, self.language)},
            "created": self._created,
            "applications": lambda: self._of_applications(self._application),
            "rejections": self._rejections,
            "pools": lambda: {self.rng.choice(("any", "any", "all", "none")): self.some(2, self.pool)},
            "text": self.text,
        }
        weights = (4, 2, 2, 1, 2, 1, 3, 3, 3, 8)
        count = self.rng.choice((0, 1, 1, 1, 1, 2, 3))
        return {name: parts[name]() for name in self.rng.choices(list(parts), weights, k=count)}

    def facets(self) -> list[dict[str, Any]]:
        """Facets to be counted; rarely one that is not for everybody."""
        names = self.rng.sample(FACETS, self.rng.choice((0, 0, 1, 2, 3)))
        names = [name for name in names if name not in ("labels", "internal") or self.chance(0.1)]
        return [self._facet(name) for name in names]

    def _facet(self, name: str) -> dict[str, Any]:
        asked: dict[str, Any] = {"name": name, "size": self.rng.choice((1, 3, 20, 100))}
        if self.chance(0.25):
            asked["search"] = self.typed()
        if name == "pools" and self.chance(0.5):
            asked["pools"] = self.some(2, self.pool)
        return asked

    def _tags(self) -> dict[str, Any]:
        return {
            how: self.some(3, self.tag) for how in self.rng.sample(("any", "all", "none"), self.rng.choice((1, 1, 2)))
        }

    def _any_or_none(self, draw: Any) -> dict[str, Any]:
        return {self.rng.choice(("any", "any", "none")): self.some(2, draw)}

    def _created(self) -> dict[str, Any]:
        if self.chance(0.3):
            return {"last_days": self.rng.choice((1, 30, 3000))}
        first, last = sorted((self.day(), self.day()))
        return {"from": first, "to": last}

    def _of_applications(self, draw: Any) -> dict[str, Any]:
        if self.chance(0.3):
            return {"none": draw()}
        return dict(draw())

    def _application(self) -> dict[str, Any]:
        parts = {
            "positions": lambda: self.some(2, self.title),
            "stages": lambda: self.some(2, self.stage),
            "sources": lambda: self.some(2, self.source),
            "since": self.day,
        }
        return {name: parts[name]() for name in self.rng.sample(tuple(parts), self.rng.choice((1, 1, 2)))}

    def _rejections(self) -> dict[str, Any]:
        if self.chance(0.3):
            return {"never": self.chance(0.5)}
        return self._of_applications(self._rejection)

    def _rejection(self) -> dict[str, Any]:
        parts = {
            "reasons": lambda: self.some(2, self.reason),
            "by": lambda: self.rng.choice(("us", "candidate")),
            "positions": lambda: self.some(2, self.title),
            "since": self.day,
        }
        return {name: parts[name]() for name in self.rng.sample(tuple(parts), self.rng.choice((1, 1, 2)))}

    # -- pages --

    def sort(self) -> str:
        """An order."""
        return self.rng.choice(SORTS)

    def limit(self) -> int:
        """Few at a time, so that there is a next page."""
        return self.rng.choice((1, 2, 5, 20, 200, 200))

    def forged_cursor(self, sort: str) -> str:
        """A cursor that points where its sender has never been: behind somebody hidden, say."""
        key: dict[str, object] = {
            "relevance": float(self.rng.choice((0, 1, 7))),
            "newest": 1_790_000_000_000,
            "oldest": 1_790_000_000_000,
            "name": self.rng.choice(FIRST_NAMES).lower(),
            "activity": 1_790_000_000_000,
        }
        return cursors.write(sort, self.chance(0.3), self.rng.randrange(100), key[sort], self.candidate())
