"""Pages while people come, go and change: whoever stays where they were is seen exactly once."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.settings import settings
from engine.door import Page
from engine.door import search as search_engine
from engine.process import engine
from mappings.names import alias
from search.compile import Parts
from search.question import EVERYONE
from search.secure import Access, secure_search
from tests.api.answers import ok
from tests.installation import Installation

NAMES = ("Adam", "Bára", "Čeněk", "Dana", "Eva", "Filip", "Žofie")


def page(client: TestClient, asked: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    found: dict[str, Any] = ok(client.post("/v1/search", json=asked | {"limit": 4, "cursor": cursor}))
    return found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("order", ["newest", "oldest", "name", "activity", "relevance"])
def test_whoever_stays_where_they_were_is_seen_once(house: Installation, order: str, seed: int) -> None:
    draw = random.Random(f"{order} {seed}")
    skill = f"skill-{uuid.uuid4().hex[:8]}"
    house.tag(skill)
    people = [str(house.candidate(draw.choice(NAMES), [skill], cv_text="kubernetes")) for _ in range(17)]
    house.track(house.pool(f"pool {skill}", {"tags": {"any": [skill]}}))
    house.settle()
    # By relevance only a manager's rank stays as it is: a recruiter's is made of everybody's words.
    client = house.manager if order == "relevance" else house.recruiter
    asked = {"criteria": {"tags": {"any": [skill]}, "text": "kubernetes"}, "order": order}
    seen: Counter[str] = Counter()
    moved: set[str] = set()
    cursor = None
    while True:
        found = page(client, asked, cursor)
        seen.update(row["id"] for row in found["items"])
        cursor = found.get("next")
        if cursor is None:
            break
        for person in draw.sample(people, 2):
            if person not in moved:
                moved.add(person)
                if draw.random() < 0.5:
                    ok(house.recruiter.delete(f"/v1/candidates/{person}"), 204)
                else:
                    changed = {"name": draw.choice(NAMES), "headline": f"kubernetes {draw.random()}"}
                    ok(house.recruiter.patch(f"/v1/candidates/{person}", json=changed))
        if draw.random() < 0.5:
            house.candidate(draw.choice(NAMES), [skill], cv_text="kubernetes")
        house.settle()
    stayed = set(people) - moved
    assert stayed
    assert {person: seen[person] for person in stayed} == dict.fromkeys(stayed, 1)
    assert max(seen.values()) <= 2


def test_two_thousand_searches_left_open_cost_the_engine_nothing(house: Installation) -> None:
    for _ in range(3):
        house.candidate("Jana")
    house.settle()
    query = secure_search(Parts(EVERYONE), Access(uuid.uuid4(), "recruiter"))
    index = alias(settings().index_prefix, "candidates")
    for _ in range(2_000):
        assert search_engine(engine(), index, query, Page(1)).hits
    nodes = engine().call("GET", "/_nodes/stats/indices/search")["nodes"].values()
    assert [node["indices"]["search"]["point_in_time_current"] for node in nodes] == [0] * len(nodes)
    assert [node["indices"]["search"]["scroll_current"] for node in nodes] == [0] * len(nodes)
