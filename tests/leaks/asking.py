"""A request as one value that can be sent again to the byte, and what was answered to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from fastapi.testclient import TestClient

from web.headers import is_api

Route = tuple[str, str]
Pairs = tuple[tuple[str, str], ...]
# A cookie that is taken back ends now, and now is another moment each time. Nothing else of an answer is passed over.
ENDS_NOW = re.compile(rb"expires=[^;]+")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a route of the API or to a page, with everything filled in. Pages are sent a form, the API JSON."""

    route: Route
    path: str
    params: Pairs = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Pairs | None = None

    @property
    def is_page(self) -> bool:
        """Whether a browser asks, which is known by its session; the API knows its readers by their tokens."""
        return not is_api(self.route[1])

    def __str__(self) -> str:
        query = "?" + "&".join(f"{name}={value}" for name, value in self.params) if self.params else ""
        lines = [f"{self.route[0]} {self.path}{query}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [json.dumps(self.body, ensure_ascii=False)] if self.body is not None else []
        lines += [f"{name}={value}" for name, value in self.form or ()]
        return "\n    ".join(lines)

    def about(self, other: Mapping[str, str]) -> Request:
        """The same request, asked of other things: each text here stands for the one given for it."""
        return replace(
            self,
            path=_exchanged(self.path, other),
            params=_exchanged_in(self.params, other),
            body=json.loads(_exchanged(json.dumps(self.body), other)),
            form=_exchanged_in(self.form, other) if self.form is not None else None,
        )


def _exchanged(text: str, other: Mapping[str, str]) -> str:
    for one, instead in other.items():
        text = text.replace(one, instead)
    return text


def _exchanged_in(pairs: Pairs, other: Mapping[str, str]) -> Pairs:
    return tuple((name, _exchanged(value, other)) for name, value in pairs)


@dataclass(frozen=True, slots=True)
class Answer:
    """All of an answer: status, headers in their order, and body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value."""
        return next((value.decode() for key, value in self.headers if key.decode().lower() == name), None)

    def about(self, other: Mapping[str, str]) -> Answer:
        """The same answer with other things in it; the texts must be as long."""
        headers = tuple(
            (name, _exchanged(value.decode("latin-1"), other).encode("latin-1")) for name, value in self.headers
        )
        return Answer(self.status, headers, _exchanged(self.body.decode(), other).encode())

    def document(self) -> Any:
        """The parsed body, or None where it is not JSON."""
        kind = self.header("content-type") or ""
        return json.loads(self.body) if kind.endswith("json") and self.body else None


def send(client: TestClient, request: Request) -> Answer:
    """Ask, and keep all that came back. Of a page this is its own answer, wherever that leads."""
    if request.is_page:
        return _visit(client, request)
    answer = client.request(
        request.route[0],
        request.path,
        params=list(request.params),
        json=request.body,
        headers=dict(request.headers),
    )
    return Answer(answer.status_code, tuple(answer.headers.raw), answer.content)


def _visit(browser: TestClient, request: Request) -> Answer:
    form = None if request.form is None else urlencode(request.form)
    typed = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.request(
        request.route[0],
        request.path,
        params=list(request.params),
        content=form,
        headers={**typed, **request.headers},
        follow_redirects=False,
    )
    # What an answer has the browser keep must not be sent with the next request: that one is the same in both worlds.
    browser.cookies.clear()
    headers = (
        (name, ENDS_NOW.sub(b"expires=now", value) if name.lower() == b"set-cookie" else value)
        for name, value in answer.headers.raw
    )
    return Answer(answer.status_code, tuple(headers), answer.content)


# Signs shown around the first one that differs.
AROUND = 90


def first_difference(before: Answer, after: Answer) -> str | None:
    """In which way two answers differ, as a person would say it; None when they are the same to the byte."""
    if before == after:
        return None
    if before.status != after.status:
        return f"status {before.status}, then {after.status}: {_begin(before)} / {_begin(after)}"
    if before.body != after.body:
        at = next(
            (n for n, (one, other) in enumerate(zip(before.body, after.body, strict=False)) if one != other),
            min(len(before.body), len(after.body)),
        )
        return f"body from byte {at}:\n    before …{_cut(before.body, at)}…\n    after  …{_cut(after.body, at)}…"
    gone, come = set(before.headers) - set(after.headers), set(after.headers) - set(before.headers)
    return f"headers: {sorted(gone)}, then {sorted(come)}" if gone or come else "the order of the headers"


def _cut(body: bytes, at: int) -> str:
    return body[max(0, at - AROUND) : at + AROUND].decode("utf-8", "replace")


def _begin(answer: Answer) -> str:
    return answer.body[:AROUND].decode("utf-8", "replace")
