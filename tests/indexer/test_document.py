"""The document of a person: the strict mappings take every one there can be, and the same person is the same bytes."""

from __future__ import annotations

import os
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.percolator import percolate
from indexer.document import build_document, phone_forms
from mappings.documents import percolation_view
from records.repositories.candidates import TagFacts
from search.bands import LEVELS
from tests.on_engine import OwnIndexes

SNAPSHOT = Path(__file__).parent / "snapshots" / "document.json"
EPOCH = datetime.fromisoformat("1970-01-01")
ADA = uuid.UUID("0a0a0a0a-0000-4000-8000-000000000001")

# Whatever PostgreSQL's text can hold: no NUL, no lone surrogates; control characters and all scripts otherwise.
texts = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=60)
lines = texts.filter(str.strip)


def _as_json(moment: datetime) -> str:
    """As PostgreSQL writes it: trailing zeros of the fraction are left out."""
    text = moment.isoformat()
    return (text.rstrip("0") if moment.microsecond else text) + "+00:00"


moments = st.datetimes(EPOCH.replace(year=1990), EPOCH.replace(year=2100)).map(_as_json)
keys = st.from_regex(r"[a-z0-9+#.~_-]{1,12}", fullmatch=True)


@st.composite
def tag_facts(draw: st.DrawFn) -> dict[str, TagFacts]:
    found: dict[str, TagFacts] = {}
    for key in draw(st.lists(keys, unique=True, max_size=6)):
        kind = draw(st.sampled_from(["skill", "location", "language", "label", "internal"]))
        above = draw(st.lists(keys, max_size=2)) if kind == "location" else []
        found[key] = TagFacts(kind, [*above, key], draw(lines))
    return found


@st.composite
def applications(draw: st.DrawFn) -> dict[str, Any]:
    rejected = draw(st.booleans())
    return {
        "id": str(draw(st.uuids())),
        "position": str(draw(st.uuids())),
        "stage": draw(lines),
        "source": draw(st.none() | lines),
        "applied_at": draw(moments),
        "rejected_at": draw(moments) if rejected else None,
        "reason": draw(keys) if rejected else None,
        "said_by": draw(st.sampled_from(["us", "candidate"])) if rejected else None,
        "rejection_note": draw(st.none() | texts) if rejected else None,
        "notes": draw(st.lists(texts, max_size=2)),
    }


@st.composite
def people(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, TagFacts]]:
    tags = draw(tag_facts())
    levels = st.none() | st.sampled_from(LEVELS)
    person = {
        "version": draw(st.integers(1, 2**53)),
        "deleted": False,
        "name": draw(lines),
        "email": draw(st.none() | st.emails()),
        "phone": draw(st.none() | lines),
        "headline": draw(texts),
        "cv_text": draw(texts),
        "source": draw(st.none() | lines),
        "years_experience": draw(st.none() | st.integers(0, 80)),
        "languages": draw(
            st.lists(st.fixed_dictionaries({"code": st.from_regex(r"[a-z]{2,3}", fullmatch=True), "level": levels}))
        ),
        "created_at": draw(moments),
        "updated_at": draw(moments),
        "profile_at": draw(moments),
        "tags": sorted(tags),
        "applications": draw(st.lists(applications(), max_size=3)),
    }
    return person, tags


@given(people())
def test_both_strict_mappings_take_every_document_there_can_be(
    engine: Engine, shared_indexes: OwnIndexes, drawn: tuple[dict[str, Any], dict[str, TagFacts]]
) -> None:
    candidate = uuid.uuid4()
    document = build_document(candidate, *drawn)
    ready = Document(document["id"], document["version"], orjson.dumps(document))
    outcome = bulk_index(engine, [shared_indexes.serving.candidates], [ready])
    assert (outcome.indexed, outcome.failed) == ([str(candidate)], [])
    (percolated,) = percolate(engine, shared_indexes.pools, [percolation_view(document)])
    assert percolated.failed is None


@given(people())
def test_the_same_person_is_the_same_bytes(drawn: tuple[dict[str, Any], dict[str, TagFacts]]) -> None:
    person, tags = drawn
    again = dict(reversed(person.items())), dict(reversed(tags.items()))
    assert orjson.dumps(build_document(ADA, person, tags)) == orjson.dumps(build_document(ADA, *again))


@given(people())
def test_what_must_not_be_searched_is_not_in_the_text(drawn: tuple[dict[str, Any], dict[str, TagFacts]]) -> None:
    """Labels such as "do not hire", notes and sources are not part of the profile that everyone searches."""
    person, tags = drawn
    hidden = {key: TagFacts(kind, [key], "zzhidden") for key, kind in (("zz1", "internal"), ("zz2", "label"))}
    secret = {
        **person,
        "source": "zzhidden",
        "tags": [*person["tags"], *hidden],
        "applications": [{**each, "notes": ["zzhidden"], "source": "zzhidden"} for each in person["applications"]],
    }
    document = build_document(ADA, secret, tags | hidden)
    assert not any("zzhidden" in text for text in document["text"])
    assert not any("zzhidden" in text for text in document["skills"])
    assert (document["internal"][-1], document["labels"][-1]) == ("zz1", "zz2")
    assert not {"zz1", "zz2"} & set(document["tags"])


def person(**more: Any) -> dict[str, Any]:
    given = {
        "version": 4,
        "deleted": False,
        "name": "Ada  Nováková",
        "email": "Ada@example.com",
        "phone": "+420 601 123 456",
        "headline": "Vývojářka\x07",
        "cv_text": "Deset let v C++ a .NET.",
        "source": "LinkedIn ",
        "years_experience": 10,
        "languages": [{"code": "de", "level": "b1"}, {"code": "cs", "level": None}],
        "created_at": "2026-03-01T23:30:00+00:00",
        "updated_at": "2026-03-02T08:00:00.5+00:00",
        "profile_at": "2026-03-01T23:30:00+00:00",
        "tags": ["brno", "c++", "do-not-hire"],
        "applications": [
            {
                "id": str(uuid.UUID(int=1)),
                "position": str(uuid.UUID(int=2)),
                "stage": "interview",
                "source": "Referral",
                "applied_at": "2026-03-01T10:00:00+00:00",
                "rejected_at": "2026-03-05T10:00:00+00:00",
                "reason": "salary",
                "said_by": "candidate",
                "rejection_note": "Wants more.",
                "notes": ["A good talk."],
            }
        ],
    }
    return given | more


TAGS = {
    "brno": TagFacts("location", ["cz", "moravia", "brno"], "Brno"),
    "c++": TagFacts("skill", ["c++"], "C++"),
    "do-not-hire": TagFacts("internal", ["do-not-hire"], "Do not hire"),
}


def test_a_whole_document_is_its_snapshot() -> None:
    """To change it: change indexer/document.py, run once with UPDATE_SNAPSHOTS=1, read the difference, reindex."""
    document = build_document(ADA, person(), TAGS)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    assert document == orjson.loads(SNAPSHOT.read_bytes())


def test_of_the_deleted_nothing_is_left_but_that_they_are() -> None:
    assert build_document(ADA, person(deleted=True), TAGS) == {"id": str(ADA), "version": 4, "state": "deleted"}


@pytest.mark.parametrize(
    ("typed", "forms"),
    [
        ("+420 601 123 456", ["+420 601 123 456", "420601123456", "601123456"]),
        ("601123456", ["601123456"]),
        ("none yet", ["none yet"]),
        ("", []),
        (None, []),
    ],
)
def test_a_number_is_found_as_typed_and_by_its_digits(typed: str | None, forms: list[str]) -> None:
    assert phone_forms(typed) == forms
