"""Going through a list page by page."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from tests.api.answers import ok


def walked(client: TestClient, path: str, limit: int, **params: Any) -> list[dict[str, Any]]:
    """Every item of a list, from the first page to the last."""
    items: list[dict[str, Any]] = []
    page = ok(client.get(path, params=params | {"limit": limit}))
    while True:
        assert len(page["items"]) <= limit
        items += page["items"]
        if page.get("next") is None:
            return items
        page = ok(client.get(path, params=params | {"limit": limit, "cursor": page["next"]}))


def searched(client: TestClient, limit: int, **body: Any) -> list[dict[str, Any]]:
    """Everyone a search finds, from the first page to the last."""
    items: list[dict[str, Any]] = []
    page = ok(client.post("/v1/search", json=body | {"limit": limit}))
    total = page["total"]
    while True:
        assert (len(page["items"]) <= limit, page["total"]) == (True, total)
        items += page["items"]
        if page.get("next") is None:
            return items
        page = ok(client.post("/v1/search", json=body | {"limit": limit, "cursor": page["next"]}))
