"""The rows of the search benchmark: people as the product would keep them, their applications, notes and rejections.

Work and skills come from benchmarks/facts.py and cv.py; names, contact, applications and their ends are invented here.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from benchmarks.cv import Seen, seen
from benchmarks.facts import Facts
from core.text import fold
from sample.profiles import Spoken, languages_of
from sample.reasons import REASONS

POSITIONS: Final = 300
# Shares of people with so many applications: 1.3 on average.
_APPLIED: Final = ((0, 0.2), (1, 0.45), (2, 0.25), (3, 0.07), (5, 0.03))
_REJECTED, _NOTED, _SAID_WHY = 0.55, 0.4, 0.3
STAGES: Final = ("new", "screening", "interview", "task", "offer", "hired")
SOURCES: Final = ("career site", "job board", "referral", "agency", "sourced by us", "job fair", "LinkedIn")
# Three years of work end here.
NOW: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
_DAYS: Final = 3 * 365

_GIVEN: Final = (
    "Adam", "Alena", "Anna", "Barbora", "Cyril", "Dana", "David", "Denisa", "Dominik", "Eliška", "Emil", "Eva", "Filip",
    "Gabriela", "Hana", "Hugo", "Irena", "Ivan", "Jakub", "Jana", "Jiří", "Johana", "Kamil", "Karolína", "Klára",
    "Lenka",
    "Libor", "Lucie", "Marek", "Markéta", "Matěj", "Milan", "Monika", "Nikola", "Oldřich", "Ondřej", "Pavla", "Petr",
    "Radka", "Richard", "Robert", "Sára", "Simona", "Šimon", "Tereza", "Tomáš", "Václav", "Věra", "Vojtěch", "Zuzana",
)  # fmt: skip
_ROOTS: Final = (
    "Bez", "Bor", "Brod", "Čer", "Dlouh", "Doub", "Háj", "Holub", "Hor", "Jas", "Jeřáb", "Kal", "Kol", "Kopř", "Kov",
    "Krat", "Lip", "Luž", "Mal", "Med", "Mlyn", "Mok", "Neb", "Pol", "Potoč", "Řezn", "Říč", "Sad", "Skal", "Smrk",
    "Strm",
    "Šed", "Štěp", "Topol", "Tvr", "Veverk", "Vlč", "Vrb", "Zah", "Žlut",
)  # fmt: skip
_ENDINGS: Final = ("ák", "al", "an", "ek", "el", "inský", "ík", "na", "ovec", "ovský", "oš", "ýn")
_REMARKS: Final = (
    "Called, asked for {money} a month and two days at home. Knows {skill} less than the CV says.",
    "Interview went well, the task in {skill} was done in two hours. The team wants to see more.",
    "Doporučuji pozvat, na {skill} odpovídal jistě. Plat {money} je na hraně.",
    "Přišla pozdě, ale omluvila se; zkušenost se {skill} spíš z kurzů. Zeptat se na reference.",
    "Did not pick up the phone twice. Try again next week.",
    "Rád by nastoupil až na jaře. Vrátit se k tomu v únoru.",
)
_WHY: Final = (
    "Asked for {money}.",
    "Better fits another team.",
    "Chtěl jen práci z domova.",
    "Chose somebody with more {skill}.",
)


@dataclass(frozen=True, slots=True)
class Applied:
    """One application. `position` and `reason` are numbers of the lists that were loaded."""

    id: uuid.UUID
    position: int
    stage: str
    source: str
    at: datetime
    rejected_at: datetime | None
    reason: int | None
    why: str | None
    notes: tuple[tuple[uuid.UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Talent:
    """One person with everything the product keeps of them. `languages` as the column has them."""

    id: uuid.UUID
    facts: Facts
    seen: Seen
    name: str
    email: str
    phone: str
    source: str
    languages: list[Spoken]
    created_at: datetime
    updated_at: datetime
    profile_at: datetime
    applications: tuple[Applied, ...]


def talent(person: Facts) -> Talent:
    """The same for the same person."""
    drawn = random.Random(person.number)
    shown = seen(person)
    name = name_of(drawn, person.number)
    created = NOW - timedelta(seconds=int(drawn.random() * _DAYS * 86_400))
    applications = tuple(_application(drawn, person, created) for _ in range(_how_many(drawn)))
    profile_at = _between(drawn, created)
    return Talent(
        id=_id(drawn),
        facts=person,
        seen=shown,
        name=name,
        email=f"{fold(name).replace(' ', '.')}@example.com",
        phone=f"+420 000 {person.number // 1000 % 1000:03d} {person.number % 1000:03d}",
        source=drawn.choice(SOURCES),
        languages=languages_of("Czechia" if person.here else person.place, drawn.getrandbits(16)),
        created_at=created,
        updated_at=max([profile_at, *(each.rejected_at or each.at for each in applications)]),
        profile_at=profile_at,
        applications=applications,
    )


def titles() -> list[str]:
    """The positions, told apart by a number."""
    kinds = (
        "Backend developer",
        "Frontend developer",
        "Tester",
        "Data engineer",
        "Team leader",
        "Analyst",
        "Vývojář",
        "Správce",
    )
    return [f"{kinds[number % len(kinds)]} {number + 1:03d}" for number in range(POSITIONS)]


def name_of(drawn: random.Random, number: int) -> str:
    """A made-up name; the number makes it one person's."""
    return f"{drawn.choice(_GIVEN)} {drawn.choice(_ROOTS)}{drawn.choice(_ENDINGS)} {number}"


def _how_many(drawn: random.Random) -> int:
    counts, shares = zip(*_APPLIED, strict=True)
    return int(drawn.choices(counts, shares)[0])


def _application(drawn: random.Random, person: Facts, created: datetime) -> Applied:
    at = _between(drawn, created)
    rejected = drawn.random() < _REJECTED
    skill = drawn.choice(person.used) if person.used else "Excel"
    said = {"skill": skill, "money": f"{40 + drawn.randrange(100)} 000"}
    return Applied(
        id=_id(drawn),
        # A few positions draw many, most draw few.
        position=min(POSITIONS - 1, int(drawn.random() ** 2 * POSITIONS)),
        stage=drawn.choice(STAGES),
        source=drawn.choice(SOURCES),
        at=at,
        rejected_at=_between(drawn, at) if rejected else None,
        reason=drawn.randrange(len(REASONS)) if rejected else None,
        why=drawn.choice(_WHY).format_map(said) if rejected and drawn.random() < _SAID_WHY else None,
        notes=((_id(drawn), drawn.choice(_REMARKS).format_map(said)),) if drawn.random() < _NOTED else (),
    )


def _between(drawn: random.Random, since: datetime) -> datetime:
    return since + timedelta(seconds=int(drawn.random() * (NOW - since).total_seconds()))


def _id(drawn: random.Random) -> uuid.UUID:
    return uuid.UUID(int=drawn.getrandbits(128), version=4)


def as_row(
    person: Talent, tags: Sequence[str], positions: Sequence[uuid.UUID], reasons: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """The person as indexer.document takes them from the records. `reasons` are (key, said by)."""
    return {
        "version": 1,
        "deleted": False,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "headline": person.seen.headline,
        "cv_text": person.seen.cv_text,
        "source": person.source,
        "years_experience": person.facts.years,
        "languages": person.languages,
        "created_at": person.created_at.isoformat(),
        "updated_at": person.updated_at.isoformat(),
        "profile_at": person.profile_at.isoformat(),
        "tags": sorted(tags),
        "applications": [
            {
                "id": str(each.id),
                "position": str(positions[each.position]),
                "stage": each.stage,
                "source": each.source,
                "applied_at": each.at.isoformat(),
                "rejected_at": each.rejected_at.isoformat() if each.rejected_at else None,
                "reason": reasons[each.reason][0] if each.reason is not None else None,
                "said_by": reasons[each.reason][1] if each.reason is not None else None,
                "rejection_note": each.why,
                "notes": [text for _, text in each.notes],
            }
            for each in sorted(person.applications, key=lambda each: (each.at, each.id.bytes))
        ],
    }
