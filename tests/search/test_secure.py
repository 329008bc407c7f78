"""Rights are closed by default."""

from __future__ import annotations

from typing import Any, get_args
from uuid import uuid4

import pytest

from search.compile import Parts
from search.facets import FACETS, Facet
from search.question import EVERYONE, Is, Question, Word
from search.secure import (
    SEE_ALL,
    Access,
    Folder,
    Role,
    secure,
    secure_alternatives,
    secure_count,
    secure_search,
    secure_similar,
    secure_suggestions,
)

NOBODY: dict[str, Any] = {"match_none": {}}
JAVA = Is("tags", "java")


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role not in SEE_ALL])
def test_a_role_that_is_not_named_sees_nobody(role: Role) -> None:
    access = Access(uuid4(), role)
    assert not access.sees_all
    assert secure(EVERYONE, access).rights == NOBODY


def test_a_role_nobody_has_heard_of_sees_nobody() -> None:
    unheard = Access(uuid4(), "superuser", applications=("a",))  # type: ignore[arg-type]
    assert not unheard.sees_all
    assert secure(EVERYONE, unheard).rights == NOBODY
    assert secure_count(EVERYONE, unheard).rights == NOBODY


def test_an_analyst_sees_nobody_and_may_count_everybody() -> None:
    analyst = Access(uuid4(), "analyst", applications=("a",), positions=("p",), tracked=(Folder("f", JAVA),))
    assert secure(EVERYONE, analyst).rights == NOBODY
    assert {"term": {"state": "live"}} in secure_count(EVERYONE, analyst).rights["bool"]["filter"]


def test_a_hiring_manager_may_not_count_everybody() -> None:
    assert secure_count(EVERYONE, Access(uuid4(), "hiring_manager", positions=("p",))).rights == NOBODY


@pytest.mark.parametrize("role", get_args(Role))
def test_only_the_living_are_ever_asked_for(role: Role) -> None:
    access = Access(uuid4(), role, positions=("p",))
    query = secure(JAVA, access)
    assert query.rights == NOBODY or {"term": {"state": "live"}} in query.rights["bool"]["filter"]
    assert query.body["bool"]["filter"] == [query.rights, {"term": {"tags": "java"}}]


def test_whatever_is_made_for_a_reader_begins_with_the_same_rights() -> None:
    access = Access(uuid4(), "hiring_manager", positions=("p",), tracked=(Folder("f", JAVA),))
    rights = secure(EVERYONE, access).rights
    facets = tuple(Facet(name) for name in FACETS)
    made = [
        secure_search(Parts(Word("java"), {"tags": JAVA}), access, facets, ranked=True, forgiving=True),
        secure_alternatives({"one": JAVA}, access),
        secure_suggestions("ja", facets, access),
        secure_similar("x", [JAVA], access),
    ]
    assert [query.rights for query in made] == [rights] * len(made)
    assert all(query.body["bool"]["filter"][0] == rights for query in made)


def test_a_manager_is_ranked_by_nothing_that_counts_others() -> None:
    access = Access(uuid4(), "hiring_manager", positions=("p",))
    query = secure_search(Parts(Word("java")), access, ranked=True, forgiving=True)
    assert query.rank
    assert all(list(clause) == ["constant_score"] for clause in query.rank)
    assert "fuzzy_rewrite" not in str(query.rank).replace("'fuzzy_rewrite': 'constant_score'", "")


def fields_of(clause: Any) -> set[str]:
    """Every field a query looks at."""
    if isinstance(clause, list):
        return {name for part in clause for name in fields_of(part)}
    if not isinstance(clause, dict):
        return set()
    found: set[str] = set()
    for kind, inner in clause.items():
        if kind in ("term", "terms", "match", "match_phrase", "range", "prefix"):
            found |= {name for name in inner if name not in ("size", "order", "min_doc_count", "include", "exclude")}
        if kind in ("exists", "terms", "date_histogram") and isinstance(inner, dict) and "field" in inner:
            found.add(inner["field"])
        found |= fields_of(inner)
    return found - {"field"}


HIDDEN = {
    "sources", "labels", "internal", "notes", "rejections", "applied", "never_rejected",
    "positions", "stages", "reasons", "updated", "version",
}  # fmt: skip


def test_a_manager_never_looks_into_what_is_flattened_over_all_applications() -> None:
    """Every atom there is and every facet: only the profile, and applications through the filter of what is shared."""
    access = Access(uuid4(), "hiring_manager", applications=("a",))
    atoms: list[Question] = [Is(field, "x") for field in HIDDEN - {"rejections", "applied", "never_rejected"}]
    atoms += [
        Is("rejections", "r|us|p"),
        Is("applied", "p|s|*"),
        Is("never_rejected", "yes"),
        Is("never_rejected", "no"),
    ]
    facets = tuple(Facet(name) for name in FACETS if name not in ("labels", "internal"))
    for atom in (*atoms, Word("w")):
        chosen: dict[str, Question] = {atom.field if isinstance(atom, Is) else "text": atom}
        query = secure_search(Parts(EVERYONE, chosen), access, facets, ranked=True)
        looked_at = fields_of([query.body, query.chosen or {}, query.facets])
        assert not looked_at & HIDDEN, (atom, looked_at & HIDDEN)
