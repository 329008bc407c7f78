"""What every error answer must look like, asserted in one place."""

from __future__ import annotations

from typing import Any

from httpx2 import Response

PROBLEM_JSON = "application/problem+json"


def problem(answer: Response, *statuses: int) -> dict[str, Any]:
    """The problem document of an error answer with one of these statuses (any 4xx where none is given)."""
    expected = statuses or range(400, 500)
    assert answer.status_code in expected, f"{answer.request.method} {answer.request.url}: {shown(answer)}"
    assert answer.headers["content-type"] == PROBLEM_JSON
    document: dict[str, Any] = answer.json()
    assert document["type"] == "about:blank"
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["detail"]
    for each in document.get("problems", []):
        assert each["place"]
        assert each["message"]
    return document


def places(answer: Response, *statuses: int) -> list[str]:
    """Where the problems of an error answer lie."""
    return [each["place"] for each in problem(answer, *statuses).get("problems", [])]


def shown(answer: Response) -> str:
    """An answer in a failed assertion."""
    return f"{answer.status_code} {answer.text[:500]}"


def ok(answer: Response, status: int = 200) -> Any:
    """The parsed body of a success."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {shown(answer)}"
    return answer.json() if answer.content else None
