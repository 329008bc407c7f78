"""Candidates are read through one door, and only with the rights of someone."""

from __future__ import annotations

import ast
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from engine import door
from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.door import Order, Page, SecuredQuery
from engine.indexes import refresh
from mappings.documents import tombstone
from search.question import EVERYONE
from search.secure import Access, Role, secure
from tests.on_engine import OwnIndexes

ROOT = Path(__file__).parents[2]
PEOPLE = [
    ("a", "Žofie Vymyšlená", "2026-01-03"),
    ("b", "adam Smyšlený", "2026-01-01"),
    ("c", "Čeněk Neskutečný", "2026-01-02"),
    ("d", "Cyril Neskutečný", "2026-01-02"),
]


@pytest.fixture
def people(engine: Engine, indexes: OwnIndexes) -> OwnIndexes:
    documents = [
        Document(
            key,
            n + 1,
            orjson.dumps(
                {
                    "id": key,
                    "version": n + 1,
                    "state": "live",
                    "name": name,
                    "created": day,
                    "updated": f"{day}T00:00:00.000Z",
                    "profile_updated": f"{day}T00:00:00.000Z",
                }
            ),
        )
        for n, (key, name, day) in enumerate(PEOPLE)
    ]
    gone = Document("e", 9, orjson.dumps(tombstone("e", 9)))
    bulk_index(engine, [indexes.serving.candidates], [*documents, gone])
    refresh(engine, indexes.candidates)
    return indexes


def test_the_deleted_are_found_by_nobody(engine: Engine, people: OwnIndexes) -> None:
    query = secure(EVERYONE, Access.system())
    assert door.count(engine, people.candidates, query) == 4
    assert [hit.id for hit in door.search(engine, people.candidates, query, Page(order="id")).hits] == list("abcd")


@pytest.mark.parametrize("role", ["hiring_manager", "analyst"])
def test_whoever_has_no_right_to_all_finds_nobody(engine: Engine, people: OwnIndexes, role: Role) -> None:
    query = secure(EVERYONE, Access(uuid4(), role))
    assert door.count(engine, people.candidates, query) == 0
    assert door.search(engine, people.candidates, query, Page()).total == 0
    assert list(door.matching_ids(engine, people.candidates, query)) == []


@pytest.mark.parametrize("role", ["administrator", "recruiter"])
def test_administrators_and_recruiters_find_everyone(engine: Engine, people: OwnIndexes, role: Role) -> None:
    assert door.count(engine, people.candidates, secure(EVERYONE, Access(uuid4(), role))) == 4


@pytest.mark.parametrize(("order", "ids"), [("newest", "acdb"), ("oldest", "bcda"), ("name", "bcda"), ("id", "abcd")])
def test_pages_of_any_size_show_each_person_once_in_order(
    engine: Engine, people: OwnIndexes, order: Order, ids: str
) -> None:
    query = secure(EVERYONE, Access.system())
    for size in (1, 2, 3, 10):
        seen: list[str] = []
        after = None
        while hits := (answer := door.search(engine, people.candidates, query, Page(size, order, after))).hits:
            assert answer.total == 4
            seen += [hit.id for hit in hits]
            after = hits[-1].cursor
        assert "".join(seen) == ids


@pytest.mark.parametrize("order", ["newest", "oldest", "name", "id"])
def test_people_without_a_name_or_a_day_are_paged_through_too(
    engine: Engine, indexes: OwnIndexes, order: Order
) -> None:
    bare = [Document(f"p{n}", 1, orjson.dumps({"id": f"p{n}", "version": 1, "state": "live"})) for n in range(5)]
    bulk_index(engine, [indexes.serving.candidates], bare)
    refresh(engine, indexes.candidates)
    query = secure(EVERYONE, Access.system())
    seen: list[str] = []
    after = None
    while hits := door.search(engine, indexes.candidates, query, Page(2, order, after)).hits:
        seen += [hit.id for hit in hits]
        after = hits[-1].cursor
    assert seen == ["p0", "p1", "p2", "p3", "p4"]


def test_everyone_who_matches_is_listed_with_the_version_found(engine: Engine, people: OwnIndexes) -> None:
    query = secure(EVERYONE, Access.system())
    assert list(door.matching_ids(engine, people.candidates, query, batch=3)) == [
        [("a", 1), ("b", 2), ("c", 3)],
        [("d", 4)],
    ]


def test_only_one_place_makes_secured_queries() -> None:
    makers = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] in (".venv", "tests", ".micropools"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "SecuredQuery"
            ):
                makers.add(path.relative_to(ROOT).as_posix())
    assert makers == {"search/secure.py"}


def test_only_the_engine_package_imports_the_client() -> None:
    importers = set()
    for path in ROOT.glob("*/**/*.py"):
        top = path.relative_to(ROOT).parts[0]
        if top in (".venv", "tests", ".micropools"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "opensearchpy" for name in names):
                importers.add(top)
    assert importers == {"engine"}


def test_a_secured_query_cannot_be_changed_afterwards() -> None:
    query = secure(EVERYONE, Access.system())
    with pytest.raises(AttributeError):
        query.rights = {}  # type: ignore[misc]
    assert isinstance(query, SecuredQuery)
