"""A product of the benchmark's own: real parts in a temporary home, its API and its worker, and what was loaded."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cli.accounts import Login, sample_logins
from cli.console import Api, use_product
from embedded import running as embedded_running
from embedded.ports import free_ports
from embedded.product import Shape
from embedded.urls import ServiceUrls
from records import outbox
from records.database import session
from records.models import Role
from records.repositories import tags
from records.repositories.tags import NewTag
from sample.locations import locations
from sample.requirements import PoolPayload
from sample.tags import skills

# A registration or an import that takes longer than this has gone wrong.
SETTLE_S = 3_600.0
AT_ONCE = 500


@dataclass(frozen=True)
class Product:
    """Where it answers, where its services are, and who may ask."""

    address: str
    urls: ServiceUrls
    logins: dict[Role, Login]
    home: Path

    def api(self, role: Role) -> Api:
        """A client as the sample user of a role."""
        return Api(self.address, self.logins[role].token)


@contextmanager
def running(say: Callable[[str], None]) -> Iterator[Product]:
    """The product, started from nothing and gone afterwards, data included.

    Services named in the environment are not used: figures are compared with other runs on embedded parts, and nobody
    wants 50,000 invented people among their own.
    """
    for name in ServiceUrls("-", "-", "-").environment():
        os.environ.pop(name, None)
    home = Path(tempfile.mkdtemp(prefix="micropools-bench-"))
    try:
        product = embedded_running.ensure(home, Shape(port=free_ports(1)[0]), say)
        use_product(home)
        yield Product(product.address, product.urls, sample_logins(home), home)
    finally:
        embedded_running.end(home)
        shutil.rmtree(home, ignore_errors=True)


def load_vocabulary() -> None:
    """Places as a tree, and skills with their synonyms: straight into the records, nothing of it is measured."""
    with session() as db:
        for place in locations():
            tags.add(db, NewTag(place.name, "location", place.key, place.parent, place.synonyms))
        for skill in skills():
            tags.add(db, NewTag(skill.name, "skill", skill.key, None, skill.synonyms))
        db.commit()


def load_pools(product: Product, wanted: Sequence[PoolPayload], step: Callable[[int], None]) -> list[str]:
    """Make the pools through the API and wait until all are registered; their ids, in order."""
    ids: list[str] = []
    with product.api(Role.ADMINISTRATOR) as api:
        for start in range(0, len(wanted), AT_ONCE):
            some = [cast("dict[str, Any]", pool) for pool in wanted[start : start + AT_ONCE]]
            receipt = api.call("POST", "/v1/pools/bulk", {"pools": some, "new_tags": True})
            if receipt["problems"]:
                raise RuntimeError(f"Pools were left out, the first: {receipt['problems'][0]}")
            ids += receipt["ids"]
            step(len(ids))
    settle("pool")
    return ids


def settle(kind: outbox.Kind, every_s: float = 0.05) -> None:
    """Wait until nothing of this kind waits in the outbox."""
    deadline = time.monotonic() + SETTLE_S
    while waiting(kind):
        if time.monotonic() > deadline:
            raise RuntimeError(f"The outbox still holds {waiting(kind)} rows of kind {kind}.")
        time.sleep(every_s)


def waiting(kind: outbox.Kind) -> int:
    """How many rows of this kind wait. One that was set aside is a failure."""
    with session() as db:
        backlog = next((row for row in outbox.backlog(db) if row.kind == kind), None)
    if backlog is None:
        return 0
    if backlog.dead:
        raise RuntimeError(f"{backlog.dead} rows of kind {kind} failed for good; see the worker's log.")
    return int(backlog.waiting)
