"""Telling open event streams that a bell changed. Only a hint: a stream that misses it looks by itself."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from functools import lru_cache

import redis

from core.settings import settings

CHANNEL = "micropools:bell"
log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def broker() -> redis.Redis:
    """This process's connection for hints. A broker that hangs may cost a second, never a write."""
    return redis.Redis.from_url(settings().redis_url, socket_timeout=1, socket_connect_timeout=1)


def ring_streams(readers: Iterable[uuid.UUID]) -> None:
    """Hint that these readers' bells changed, after the commit that changed them."""
    message = " ".join(sorted(str(reader) for reader in set(readers)))
    if not message:
        return
    try:
        broker().publish(CHANNEL, message)
    except redis.RedisError as error:
        log.warning("Open pages learn of new notices late: Redis does not answer (%s).", error)
