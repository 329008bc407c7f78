"""Telling open event streams that a bell changed. Only a hint: a stream that misses it looks by itself."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Collection, Iterable
from functools import cache, lru_cache

import redis

from core.settings import settings
from core.wake import waker

CHANNEL = "micropools:bell"
log = logging.getLogger(__name__)

Listen = Callable[[Collection[uuid.UUID]], None]
_here: set[Listen] = set()


@cache
def sender(_process: int) -> uuid.UUID:
    """By this a process knows its own hints: it has told its own streams already. A forked child is another one."""
    return uuid.uuid4()


@lru_cache(maxsize=1)
def broker() -> redis.Redis:
    """This process's connection for hints. A broker that hangs may cost a second, never a write."""
    return redis.Redis.from_url(settings().redis_url, socket_timeout=1, socket_connect_timeout=1)


def listen_here(listen: Listen) -> None:
    """Have the streams of this process told without a detour, from whatever thread committed."""
    _here.add(listen)


def stop_listening_here(listen: Listen) -> None:
    """The streams are closing."""
    _here.discard(listen)


def ring_streams(readers: Iterable[uuid.UUID]) -> None:
    """Hint that these readers' bells changed, after the commit that changed them."""
    rung = frozenset(readers)
    if not rung:
        return
    for listen in list(_here):
        listen(rung)
    waker.couriers()
    message = " ".join(map(str, (sender(os.getpid()), *sorted(rung))))
    try:
        broker().publish(CHANNEL, message)
    except redis.RedisError as error:
        log.warning("Open pages learn of new notices late: Redis does not answer (%s).", error)
