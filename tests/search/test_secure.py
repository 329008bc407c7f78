"""Rights are closed by default."""

from __future__ import annotations

from typing import get_args
from uuid import uuid4

import pytest

from search.secure import SEE_ALL, Access, Role, secure


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role not in SEE_ALL])
def test_a_role_that_is_not_named_sees_nobody(role: Role) -> None:
    access = Access(uuid4(), role, frozenset({uuid4()}))
    assert not access.sees_all
    assert {"match_none": {}} in secure({"match_all": {}}, access).body["bool"]["filter"]


def test_a_role_nobody_has_heard_of_sees_nobody() -> None:
    assert not Access(uuid4(), "superuser").sees_all  # type: ignore[arg-type]


@pytest.mark.parametrize("role", get_args(Role))
def test_only_the_living_are_ever_asked_for(role: Role) -> None:
    filters = secure({"term": {"tags": "java"}}, Access(uuid4(), role)).body["bool"]["filter"]
    assert {"term": {"state": "live"}} in filters
    assert {"term": {"tags": "java"}} in filters
