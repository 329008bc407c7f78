"""`post_to_bell_ms`: from sending the POST of a candidate until a connected tracker has the event, one at a time.

After each candidate the floor is measured with the same one, so that both see the same machine.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from benchmarks.floor import Floor
from benchmarks.hearing import Tracker
from benchmarks.product import Product
from benchmarks.quantiles import median, milliseconds
from benchmarks.world import Asked, Person
from records.models import Role


class Sender:
    """A kept-alive connection of the recruiter who adds people."""

    def __init__(self, product: Product) -> None:
        place = urlsplit(product.address)
        self._connection = http.client.HTTPConnection(str(place.hostname), place.port)
        token = product.logins[Role.RECRUITER].token
        self._headers = {"Authorization": f"Bearer {token}", "content-type": "application/json"}

    def post(self, body: bytes) -> str:
        """The id of the new candidate."""
        self._connection.request("POST", "/v1/candidates", body, self._headers)
        answer = self._connection.getresponse()
        parsed = orjson.loads(answer.read())
        if answer.status != 201:
            raise RuntimeError(f"POST /v1/candidates: {answer.status} {parsed}")
        return str(parsed["id"])


def track(product: Product, people: Sequence[Person], rows: Sequence[Asked], ids: Sequence[str]) -> list[Person]:
    """Let the hiring manager track one pool of each person; those who are in no pool are left out."""
    api = product.api(Role.ADMINISTRATOR)
    reader = product.logins[Role.HIRING_MANAGER].id
    tracked: set[int] = set()
    heard = []
    for person in people:
        mine = [at for at, row in enumerate(rows) if row.holds(person.tags, person.places)]
        if mine:
            heard.append(person)
            if tracked.isdisjoint(mine):
                tracked.add(mine[0])
                api.call("PUT", f"/v1/users/{reader}/tracking/{ids[mine[0]]}")
    return heard


def measure(
    product: Product, people: Sequence[Person], floor: Floor, warm: int, step: Callable[[int], None]
) -> dict[str, Any]:
    """The keys of the report; the first `warm` people are not counted."""
    tracker = Tracker(product.address, product.logins[Role.HIRING_MANAGER].token)
    tracker.connect()
    sender = Sender(product)
    bells: list[float] = []
    posts: list[float] = []
    matched: list[int] = []
    for at, person in enumerate(people):
        body = orjson.dumps(person.payload)
        begun = time.perf_counter()
        candidate = sender.post(body)
        answered = time.perf_counter()
        rung = tracker.wait_for(candidate)
        if at >= warm:
            bells.append(rung - begun)
            posts.append(answered - begun)
        matched.append(floor.measure(person, count=at >= warm))
        step(at + 1)
    _, fastest = floor.fastest()
    return {
        "post_to_bell_ms": milliseconds(bells, 50, 95, 99),
        **floor.report(),
        "ratio_p50": round(median(bells) / median(fastest), 2),
        "post_answered_ms": milliseconds(posts, 50, 95),
        "post_to_bell_candidates": len(bells),
        "post_matches_per_candidate": round(sum(matched) / len(matched), 2),
    }
