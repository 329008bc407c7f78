"""A small world in which questions and people meet often: its names, its people, and how to draw both."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from core.text import fold
from mappings.fields import TAG_FIELDS
from search.bands import (
    EXPERIENCE_BANDS,
    LEVELS,
    Level,
    applied_keywords,
    experience_band,
    language_ladder,
    plain_text,
    rejection_keywords,
    source_key,
    stage_key,
)
from search.vocabulary import Entry, Kind, Vocabulary

TODAY = date(2026, 6, 15)

VOCABULARY = Vocabulary.of(
    [
        Entry("java", "Java", "skill", synonyms=("J2EE", "Java SE")),
        Entry("javascript", "JavaScript", "skill", synonyms=("JS",)),
        Entry("c", "C", "skill"),
        Entry("c++", "C++", "skill", synonyms=("cpp",)),
        Entry("c#", "C#", "skill"),
        Entry("vip", "Žádaný člověk", "label"),
        Entry("no-hire", "Do not hire", "internal"),
        Entry("cz", "Česko", "location", synonyms=("Czech Republic",)),
        Entry("cz.jm", "Jihomoravský kraj", "location", "cz"),
        Entry("cz.jm.brno", "Brno", "location", "cz.jm", ("Brünn",)),
        Entry("cz.jm.znojmo", "Znojmo", "location", "cz.jm"),
        Entry("cz.praha", "Praha", "location", "cz", ("Prague",)),
        Entry("sk", "Slovensko", "location"),
        Entry("sk.nitra", "Nitra", "location", "sk"),
        Entry("de", "German", "language", synonyms=("němčina",)),
        Entry("en", "English", "language"),
        Entry("salary", "Plat", "reason"),
        Entry("skills", "Chybí dovednosti", "reason"),
        Entry("silent", "Neozval se", "reason"),
        Entry("p1", "Vývojář v Brně", "position"),
        Entry("p2", "Účetní", "position"),
    ]
)

KINDS = {key: entry.kind for key, entries in VOCABULARY.by_key.items() for entry in entries}
TAGS = ("java", "javascript", "c", "c++", "c#", "vip", "no-hire")
TOWNS = ("cz.jm.brno", "cz.jm.znojmo", "cz.praha", "sk.nitra", "cz.jm", "sk")
STAGES = ("new", "Rozhovor", "nabídka")
SOURCES = ("LinkedIn", "Doporučení", "web")
REASONS = ("salary", "skills", "silent")
POSITIONS = ("p1", "p2")
DAYS = st.dates(TODAY - timedelta(days=40), TODAY)

# No two of these share a form, in either language's stems (tests/search/test_world.py), so that a plain comparison
# of folded words says what the engine must find.
WORDS = (
    "Java",
    "J2EE",
    "C",
    "C++",
    "cpp",
    "C#",
    ".NET",
    "Node.js",
    "Žluťoučký",
    "kůň",
    "databáze",
    "Kubernetes",
    "42",
    "naïve",
)


@dataclass(frozen=True)
class Application:
    """One application; rejected where it has a reason."""

    position: str
    reason: str | None
    by: str | None
    rejected: date | None
    stage: str = "new"
    source: str | None = None
    applied: date = TODAY
    notes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Person:
    """The facts about one person, as far as questions go."""

    tags: frozenset[str]
    towns: frozenset[str]
    sources: frozenset[str]
    years: int | None
    languages: tuple[tuple[str, Level | None], ...]
    created: date
    applications: tuple[Application, ...]
    texts: tuple[tuple[str, ...], ...]

    def document(self, candidate_id: str) -> dict[str, Any]:
        """The candidate document of these facts."""
        rejected = [each for each in self.applications if each.reason]
        band = experience_band(self.years)
        return {
            "id": candidate_id,
            "version": 1,
            "state": "live",
            **{
                field: sorted(tag for tag in self.tags if TAG_FIELDS[KINDS[tag]] == field)
                for field in ("tags", "labels", "internal")
            },
            "locations": sorted({above for town in self.towns for above in VOCABULARY.ancestors(town)}),
            "sources": sorted({source_key(each) for each in (*self.sources, *_sources(self.applications))}),
            "languages": sorted({rung for spoken in self.languages for rung in language_ladder(*spoken)}),
            "created": self.created.isoformat(),
            "rejections": rejection_keywords((each.reason, each.by, each.position) for each in rejected),
            "never_rejected": "no" if rejected else "yes",
            "text": [plain_text(", ".join(words)) for words in self.texts if words],
            "applied": applied_keywords(
                (each.position, stage_key(each.stage), each.source and source_key(each.source))
                for each in self.applications
            ),
            "positions": sorted({each.position for each in self.applications}),
            "stages": sorted({stage_key(each.stage) for each in self.applications}),
            "reasons": sorted({each.reason for each in rejected if each.reason}),
            "notes": [plain_text(", ".join(words)) for each in self.applications for words in each.notes],
            "applications": [
                {
                    "id": f"{candidate_id}-{number}",
                    "position": each.position,
                    "stage": stage_key(each.stage),
                    "source": each.source and source_key(each.source),
                    "applied": each.applied.isoformat(),
                    "note": [plain_text(", ".join(words)) for words in each.notes],
                    "reason": each.reason,
                    "by": each.by,
                    "rejected": each.rejected and each.rejected.isoformat(),
                }
                for number, each in enumerate(self.applications)
            ],
            **({"experience": band} if band else {}),
        }


def _sources(applications: tuple[Application, ...]) -> list[str]:
    return [each.source for each in applications if each.source]


@dataclass(frozen=True)
class Asked:
    """Criteria as sent, and their text as a tree: ("word", w), ("phrase", ws), ("and", ts), ("or", ts), ("not", t)."""

    criteria: dict[str, Any]
    text: tuple[Any, ...] | None


def subsets(values: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    """Up to so many of these, perhaps none."""
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


def spelled(word: str, how: int) -> str:
    """The word as this or that person types it."""
    return (word, word.upper(), fold(word), word)[how]


TYPED = st.builds(spelled, st.sampled_from(WORDS), st.integers(0, 3))


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """An application, rejected more often than not."""
    reason = draw(st.sampled_from((*REASONS, None)))
    more: dict[str, Any] = {
        "stage": draw(st.sampled_from(STAGES)),
        "source": draw(st.sampled_from((*SOURCES, None))),
        "applied": draw(DAYS),
        "notes": tuple(tuple(draw(st.lists(TYPED, min_size=1, max_size=3))) for _ in range(draw(st.integers(0, 1)))),
    }
    if reason is None:
        return Application(draw(st.sampled_from(POSITIONS)), None, None, None, **more)
    by = draw(st.sampled_from(("us", "candidate")))
    return Application(draw(st.sampled_from(POSITIONS)), reason, by, draw(DAYS), **more)


@st.composite
def texts(draw: st.DrawFn) -> tuple[tuple[str, ...], ...]:
    """Nothing, a few words, several texts, or a CV of 2,000 words that are all different."""
    found = [tuple(draw(st.lists(TYPED, max_size=6))) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 5)) == 5:
        cv = [f"slovo{n}" for n in range(2_000)]
        shuffle = random.Random(draw(st.integers(0, 99)))
        for word in draw(st.lists(TYPED, max_size=4)):
            cv.insert(shuffle.randrange(len(cv)), word)
        found.append(tuple(cv))
    return tuple(found)


LANGUAGES: st.SearchStrategy[list[tuple[str, Level | None]]] = st.lists(
    st.tuples(st.sampled_from(("de", "en", "fr")), st.sampled_from((None, *LEVELS))),
    max_size=2,
    unique_by=lambda spoken: spoken[0],
)

PEOPLE: st.SearchStrategy[Person] = st.builds(
    Person,
    tags=st.frozensets(st.sampled_from(TAGS), max_size=4),
    towns=st.frozensets(st.sampled_from(TOWNS), max_size=2),
    sources=st.frozensets(st.sampled_from(SOURCES), max_size=2),
    years=st.none() | st.integers(0, 30),
    languages=LANGUAGES.map(tuple),
    created=DAYS,
    applications=st.lists(applications(), max_size=3).map(tuple),
    texts=texts(),
)


def names(keys: tuple[str, ...], most: int = 3) -> st.SearchStrategy[list[str]]:
    """Some of these things, each by its key, its name or a synonym, in some case, with or without diacritics."""
    kinds: tuple[Kind, ...] = ("skill", "label", "internal", "location", "reason", "position")
    spellings = [
        st.sampled_from(
            [key, *(each for name in (entry.name, *entry.synonyms) for each in (name, name.upper(), fold(name)))]
        )
        for key in keys
        for entry in VOCABULARY.find(key, kinds)[:1]
    ]
    return st.lists(st.one_of(spellings), max_size=most)


TREES: st.SearchStrategy[tuple[Any, ...]] = st.recursive(
    st.one_of(
        st.tuples(st.just("word"), TYPED),
        st.tuples(st.just("word"), TYPED),
        st.tuples(st.just("phrase"), st.lists(TYPED, min_size=1, max_size=2).map(tuple)),
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=4,
)


def written(tree: tuple[Any, ...]) -> str:
    """The tree as somebody might type it."""
    kind, content = tree
    if kind == "word":
        return str(content)
    if kind == "phrase":
        return f'"{" ".join(content)}"'
    if kind == "not":
        return f"-{_inner(content)}" if content[0] == "word" else f"not {_inner(content)}"
    return {"and": " ", "or": " Or "}[kind].join(map(_inner, content))


def _inner(tree: tuple[Any, ...]) -> str:
    return f"({written(tree)})" if tree[0] in ("and", "or", "not") else written(tree)


def _given(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part not in ([], {}, None)}


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A question with two or three criteria, so that it is neither about everyone nor about nobody."""
    possible = {
        "tags": st.builds(_given, any=names(TAGS), all=names(TAGS, 2), none=names(TAGS, 2)),
        "locations": st.builds(_given, any=names(("cz", *TOWNS)), none=names(TOWNS, 1)),
        "sources": st.builds(_given, any=subsets(SOURCES), none=subsets(SOURCES, 1)),
        "experience": st.builds(_given, any=subsets(EXPERIENCE_BANDS), none=subsets(EXPERIENCE_BANDS, 1)),
        "languages": st.builds(_given, any=_spoken(2), all=_spoken(1), none=_spoken(1)),
        "created": _created(),
        "applications": _applied(),
        "rejections": _rejections(),
    }
    chosen = draw(st.lists(st.sampled_from([*possible, "text"]), min_size=1, max_size=3, unique=True))
    criteria = {name: draw(part) for name, part in possible.items() if name in chosen}
    tree = draw(TREES) if "text" in chosen else None
    return Asked({**criteria, **({"text": written(tree)} if tree else {})}, tree)


def _spoken(most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    code = st.sampled_from(("de", "German", "NEMCINA", "en", "FR"))
    level = st.sampled_from((None, *LEVELS))
    return st.lists(st.builds(_given, code=code, at_least=level), max_size=most)


@st.composite
def _created(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 4)) == 0:
        return {"last_days": draw(st.integers(1, 40))}
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return {"from": first.isoformat(), "to": last.isoformat()} if draw(st.booleans()) else {"from": first.isoformat()}


@st.composite
def _applied(draw: st.DrawFn) -> dict[str, Any]:
    def one() -> dict[str, Any]:
        since = draw(DAYS).isoformat() if draw(st.integers(0, 4)) == 0 else None
        stages, sources = draw(subsets(STAGES, 2)), draw(subsets(SOURCES, 2))
        asked = _given(positions=draw(names(POSITIONS, 1)), stages=stages, sources=sources, since=since)
        return asked or {"stages": ["new"]}

    return _given(**one(), none=one()) if draw(st.integers(0, 3)) == 0 else one()


@st.composite
def _rejections(draw: st.DrawFn) -> dict[str, Any]:
    def one() -> dict[str, Any]:
        by = draw(st.sampled_from((None, "us", "candidate")))
        since = draw(DAYS).isoformat() if draw(st.integers(0, 4)) == 0 else None
        return _given(reasons=draw(names(REASONS, 2)), by=by, positions=draw(names(POSITIONS, 1)), since=since)

    match draw(st.integers(0, 3)):
        case 0:
            return {"never": draw(st.booleans())}
        case 1:
            return _given(none=one())
        case 2:
            return one()
        case _:
            return _given(**one(), none=one())
