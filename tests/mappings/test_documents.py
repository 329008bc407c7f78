"""What is derived from a candidate document."""

from __future__ import annotations

from mappings.documents import percolation_view, tombstone
from mappings.fields import PERCOLATED


def test_only_what_pools_may_ask_is_percolated() -> None:
    document = {
        "id": "a",
        "version": 3,
        "state": "live",
        "name": "Invented Person",
        "email": ["invented@example.com"],
        "applications": [{"note": "nobody's business"}],
        "tags": ["java"],
        "text": ["Java"],
        "notes": ["SQL"],
    }
    view = percolation_view(document)
    assert set(view) <= PERCOLATED
    assert view == {"tags": ["java"], "text": ["Java", "SQL"], "tag_at": []}


def test_every_tag_is_joined_to_every_place() -> None:
    view = percolation_view({"tags": ["java", "c++"], "locations": ["cz.brno", "cz"]})
    assert sorted(view["tag_at"]) == ["c++@cz", "c++@cz.brno", "java@cz", "java@cz.brno"]


def test_the_document_itself_is_not_changed() -> None:
    document = {"id": "a", "tags": ["java"], "locations": ["cz"]}
    percolation_view(document)
    assert document == {"id": "a", "tags": ["java"], "locations": ["cz"]}


def test_a_tombstone_holds_nothing_of_the_person() -> None:
    assert tombstone("a", 7) == {"id": "a", "version": 7, "state": "deleted"}
