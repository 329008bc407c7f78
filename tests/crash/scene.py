"""Who arrives, which pools there are, and who belongs where: worked out in plain Python, without the product."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from random import Random
from typing import Any

SKILLS = ("Java", "Kotlin", "Python", "Go", "Junior")
# Each place with the place around it.
PLACES: dict[str, str | None] = {"Morava": None, "Brno": "Morava", "Olomouc": "Morava", "Praha": None}

# What somebody turns out to know later. Never "Junior": leaving is the matter of other tests.
LATER = ("Kotlin", "Go")


@dataclass(frozen=True)
class Person:
    """Somebody who arrives. `later` is a tag put on them some people later, `patient` whether we repeat until told."""

    name: str
    tags: tuple[str, ...]
    place: str
    later: str | None = None
    patient: bool = True

    def body(self) -> dict[str, Any]:
        """As the API takes them."""
        return {"name": self.name, "tags": list(self.tags), "locations": [self.place]}

    def facts(self, *, tagged: bool) -> frozenset[str]:
        """Everything a pool may ask of them, with or without the later tag."""
        around = PLACES[self.place]
        later = (self.later,) if tagged and self.later else ()
        return frozenset({*self.tags, *later, self.place, *((around,) if around else ())})


Holds = Callable[[AbstractSet[str]], bool]


@dataclass(frozen=True)
class Asked:
    """A pool: the criteria for the product, the same as a condition on facts, and which readers track it."""

    name: str
    criteria: dict[str, Any]
    holds: Holds
    parent: str | None = None
    readers: tuple[str, ...] = ()


READERS = ("first reader", "second reader", "third reader")

POOLS = (
    Asked("Java", {"tags": {"any": ["Java"]}}, lambda facts: "Java" in facts, readers=READERS[:1]),
    Asked(
        "Python or Go",
        {"tags": {"any": ["Python", "Go"]}},
        lambda facts: bool({"Python", "Go"} & facts),
        None,
        READERS[1:],
    ),
    Asked(
        "Java and Kotlin",
        {"tags": {"all": ["Java", "Kotlin"]}},
        lambda facts: {"Java", "Kotlin"} <= facts,
        None,
        READERS[1:2],
    ),
    Asked(
        "Java in Morava",
        {"tags": {"any": ["Java"]}, "locations": {"any": ["Morava"]}},
        lambda facts: {"Java", "Morava"} <= facts,
        readers=READERS[:1],
    ),
    Asked(
        "Python, not junior",
        {"tags": {"any": ["Python"], "none": ["Junior"]}},
        lambda facts: "Python" in facts and "Junior" not in facts,
        readers=READERS[1:2],
    ),
    # Below "Java in Morava", so its readers are those of both.
    Asked(
        "Java and Go in Morava",
        {"tags": {"any": ["Go"]}},
        lambda facts: {"Java", "Go", "Morava"} <= facts,
        parent="Java in Morava",
        readers=(READERS[0], READERS[2]),
    ),
)

# Made while things break. Nobody tracks it, so it tells nobody; it must be filled all the same.
BORN = Asked(
    "Go in Praha", {"tags": {"any": ["Go"]}, "locations": {"any": ["Praha"]}}, lambda facts: {"Go", "Praha"} <= facts
)


@dataclass(frozen=True)
class Crowd:
    """The people of one run: those who come one by one, and those who come as one batch in the middle."""

    run: str
    singly: tuple[Person, ...]
    together: tuple[Person, ...] = field(default=())

    @property
    def everyone(self) -> tuple[Person, ...]:
        """All of them."""
        return (*self.singly, *self.together)


def crowd(run: str, seed: int, singly: int, together: int) -> Crowd:
    """People as the seed has them. Names begin with the run, so that runs on one database do not meet."""
    draw = Random(f"crowd {seed}")

    def person(number: int, *, alone: bool) -> Person:
        return Person(
            name=f"{run} {number}",
            tags=tuple(draw.sample(SKILLS, draw.randint(0, 3))),
            place=draw.choice(list(PLACES)),
            later=draw.choice(LATER) if alone and draw.random() < 0.25 else None,
            patient=not alone or draw.random() < 0.9,
        )

    alone = [person(number, alone=True) for number in range(singly)]
    return Crowd(run, tuple(alone), tuple(person(singly + number, alone=False) for number in range(together)))
