"""Do the parts answer? Asked at the same time, each for a second at most."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import redis
from pydantic import BaseModel

from core.errors import MicropoolsError
from core.settings import settings
from engine.errors import EngineError
from engine.process import engine
from indexer.prepare import reindex_is_due
from mappings.names import alias
from notifications.wake import broker
from records.database import ping, session


class Part(BaseModel):
    """One part this product stands on."""

    name: str
    up: bool
    what_waits: str | None = None


def check_parts() -> list[Part]:
    """PostgreSQL, the search engine and Redis: up, or what waits while it is down."""
    with ThreadPoolExecutor(4) as pool:
        asked = (_postgresql, _opensearch, _redis, _writable)
        postgresql, opensearch, broker_up, writable = pool.map(lambda ask: ask(), asked)
    parts = [
        Part(name="postgresql", up=postgresql, what_waits=None if postgresql else "everything"),
        Part(name="opensearch", up=opensearch, what_waits=None if opensearch else "search and matching"),
        Part(name="redis", up=broker_up, what_waits=None if broker_up else "work wakes up only when it is back"),
    ]
    return parts if writable else [*parts, closed_for_writing()]


def closed_for_writing() -> Part:
    """The engine answers searches and takes no documents."""
    return Part(
        name="indexes",
        up=False,
        what_waits="indexing and matching: the indexes are closed for writing, by the engine because its disk is nearly"
        " full, or by somebody; searches answer with what is there",
    )


def unnamed_proxy() -> Part:
    """What stands in front of us and was not told to us."""
    return Part(
        name="proxy",
        up=False,
        what_waits="telling clients apart: all who come through the proxy count as one where attempts to sign in are"
        " counted, until its address is in TRUSTED_PROXIES",
    )


def outdated_indexes() -> Part:
    """What other code, or other settings, made and what serves all the same."""
    return Part(
        name="mapping",
        up=False,
        what_waits="what this version or its settings made new in search, until somebody runs micropools reindex",
    )


def look_for_outdated_indexes() -> bool:
    """Whether a reindex is due; nobody knows while the database does not answer."""
    try:
        with session() as db:
            return reindex_is_due(db)
    except MicropoolsError:
        return False


def _postgresql() -> bool:
    try:
        ping()
    except MicropoolsError:
        return False
    return True


def _opensearch() -> bool:
    try:
        engine().call("GET", f"/_cluster/health/{alias(settings().index_prefix, 'candidates')}", request_timeout=1)
    except EngineError:
        return False
    return True


def _writable() -> bool:
    names = ",".join(alias(settings().index_prefix, kind) for kind in ("candidates", "pools"))
    try:
        answer = engine().call("GET", f"/{names}/_settings/index.blocks.*", flat_settings=True, request_timeout=1)
    except EngineError:
        # Whether it answers at all is another question.
        return True
    return not any("true" in index["settings"].values() for index in answer.values())


def _redis() -> bool:
    try:
        return bool(broker().ping())
    except redis.RedisError:
        return False
