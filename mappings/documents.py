"""What is derived from a candidate document without knowing more than it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from mappings.fields import PERCOLATED


def percolation_view(document: dict[str, Any], asked: AbstractSet[str] = PERCOLATED) -> dict[str, Any]:
    """The document as pools see it, with each tag joined to each location; cut to the fields that pools ask."""
    view = {name: value for name, value in document.items() if name in asked and name in PERCOLATED}
    if "text" in asked:
        # Pools are asked by people who may read notes, so what is said in one counts as said of the person.
        view["text"] = [*(document.get("text") or []), *(document.get("notes") or [])]
    if "tag_at" in asked:
        tags, locations = document.get("tags") or [], document.get("locations") or []
        view["tag_at"] = [tag_at(tag, location) for tag in tags for location in locations]
    return view


def tag_at(tag: str, location: str) -> str:
    """One term for "this tag, and this location"; keys cannot contain the sign between them."""
    return f"{tag}@{location}"


def tombstone(candidate_id: str, version: int) -> dict[str, Any]:
    """What stays of a deleted person until no older write can arrive: that there was one, and the version."""
    return {"id": candidate_id, "version": version, "state": "deleted"}
