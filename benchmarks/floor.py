"""`floor_ms`: one candidate indexed and percolated by direct calls of the engine, in the fastest form we know.

Kept-alive connections, JSON made beforehand, no refresh, only the fields that pools ask, pool numbers from an
aggregation. Two forms are measured, one request after the other and both at once, and the faster one counts.
"""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from benchmarks.quantiles import median, milliseconds
from benchmarks.world import Person
from mappings.documents import percolation_view

Form = Literal["in sequence", "at once"]
# More than any candidate matches here; a longer list would fail the check of sum_other_doc_count.
MOST_POOLS = 2_000


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    body: bytes
    kind: str = "application/json"

    def printed(self) -> str:
        """As it is sent, the body cut where it is long."""
        text = self.body.decode()
        return f"{self.method} {self.path}\n{text if len(text) <= 1_500 else text[:1_500] + ' …'}"


class Line:
    """A kept-alive connection."""

    def __init__(self, url: str, token: str = "") -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(place.hostname), place.port or 9200)
        self._who = {"authorization": f"Bearer {token}"} if token else {}

    def close(self) -> None:
        """Give the socket back."""
        self._connection.close()

    def send(self, call: Call) -> Any:
        """The parsed answer."""
        return orjson.loads(self.send_unread(call))

    def send_unread(self, call: Call) -> bytes:
        """The answer as it came."""
        try:
            answer = self._answer(call)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            # A server closes what was idle for a while; every call here may be repeated.
            self._connection.close()
            answer = self._answer(call)
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{call.method} {call.path}: {answer.status} {content.decode(errors='replace')}")
        return content

    def _answer(self, call: Call) -> http.client.HTTPResponse:
        self._connection.request(call.method, call.path, call.body, {"content-type": call.kind, **self._who})
        return self._connection.getresponse()


@dataclass
class Floor:
    """Direct calls for one candidate after another."""

    engine_url: str
    candidates: str
    pools: str
    fields: frozenset[str]
    seconds: dict[Form, list[float]] = field(default_factory=lambda: {"in sequence": [], "at once": []})

    def __post_init__(self) -> None:
        self._lines = [Line(self.engine_url), Line(self.engine_url)]
        self._other = ThreadPoolExecutor(1, thread_name_prefix="floor")

    def calls(self, person: Person) -> tuple[Call, Call]:
        """Indexing and percolating this person, as a person of their own."""
        identity = str(uuid.uuid4())
        document = {**person.document, "id": identity}
        path = f"/{self.candidates}/_doc/{identity}?version=1&version_type=external_gte"
        question = {
            "size": 0,
            "track_total_hits": False,
            "query": {
                "bool": {
                    "filter": [
                        {
                            "percolate": {
                                "field": "query",
                                "document": percolation_view(person.document, self.fields),
                            }
                        }
                    ]
                }
            },
            "aggs": {"pools": {"terms": {"field": "generation", "size": MOST_POOLS}}},
        }
        return (
            Call("PUT", path, orjson.dumps(document)),
            Call("POST", f"/{self.pools}/_search?request_cache=false", orjson.dumps(question)),
        )

    def measure(self, person: Person, count: bool = True) -> int:
        """Do it in both forms; how many pools matched."""
        index, percolate = self.calls(person)
        begun = time.perf_counter()
        self._lines[0].send(index)
        answer = self._lines[0].send(percolate)
        in_sequence = time.perf_counter() - begun
        index, percolate = self.calls(person)
        begun = time.perf_counter()
        indexed = self._other.submit(self._lines[1].send, index)
        self._lines[0].send(percolate)
        indexed.result()
        at_once = time.perf_counter() - begun
        if count:
            self.seconds["in sequence"].append(in_sequence)
            self.seconds["at once"].append(at_once)
        pools = answer["aggregations"]["pools"]
        if pools["sum_other_doc_count"]:
            raise RuntimeError("More pools match than the floor asks for.")
        return len(pools["buckets"])

    def fastest(self) -> tuple[Form, Sequence[float]]:
        """The form with the lower median, and its times."""
        form = min(self.seconds, key=lambda each: median(self.seconds[each]))
        return form, self.seconds[form]

    def report(self) -> dict[str, Any]:
        """The keys of the report."""
        form, seconds = self.fastest()
        return {"floor_ms": milliseconds(seconds, 50, 95), "floor_form": form}
