"""Links that end what comes by e-mail. Whoever has one needs no account: only the reader of a letter was given it."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import cast

from notifications.events import BY_NAME, EventName
from notifications.message import Message
from records.database import Session, session
from records.repositories import preferences
from records.repositories import secrets as kept

_KEY = "unsubscribing"
_CHANNEL = "email"
_NO_POOL = uuid.UUID(int=0)
_IDS, _SEAL = 32, 32
# More than all kinds of events take.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link ends: e-mails to a user about one pool, or about these kinds of events."""

    user: uuid.UUID
    events: tuple[EventName, ...]
    pool: uuid.UUID | None = None


def subscription_of(message: Message) -> Subscription:
    """What its reader wants no more of who wants no more of this.

    A digest tells of everything, so that it is not about a pool because today it happens to tell of one.
    """
    events = tuple(sorted({line.event for line in message.lines}))
    pools = {line.pool for line in message.lines}
    alone = message.rhythm == "instant" and len(pools) == 1 and all(BY_NAME[event].by_pool for event in events)
    return Subscription(message.reader.id, events, pools.pop() if alone else None)


def key_of_house() -> str:
    """What links are sealed with; made when the first one is."""
    with session() as db:
        key = kept.made_once(db, _KEY, lambda: secrets.token_urlsafe(32))
        db.commit()
    return key


def token_for(subscription: Subscription, key: str) -> str:
    """What stands in the link."""
    said = subscription.user.bytes + (subscription.pool or _NO_POOL).bytes + ",".join(subscription.events).encode()
    return _written(said + _seal(said, key))


def meant_by(db: Session, token: str) -> Subscription | None:
    """What a link ends that we wrote; None for any other."""
    key = kept.known(db, _KEY)
    if key is None or not token.isascii() or len(token) > _LONGEST:
        return None
    try:
        read = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    said, seal = read[:-_SEAL], read[-_SEAL:]
    # The same bytes can be written down in several ways, of which one is ours.
    if not hmac.compare_digest(seal, _seal(said, key)) or token != _written(read):
        return None
    events = tuple(said[_IDS:].decode().split(","))
    if not all(event in BY_NAME for event in events):
        return None
    pool = uuid.UUID(bytes=said[16:_IDS])
    return Subscription(
        uuid.UUID(bytes=said[:16]), cast(tuple[EventName, ...], events), None if pool == _NO_POOL else pool
    )


def end(db: Session, subscription: Subscription) -> bool:
    """Switch it off; whether there was still somebody, and a pool, to switch it off for. The caller commits."""
    user = subscription.user
    if not preferences.may_be_chosen(db, user, subscription.pool):
        return False
    if subscription.pool is not None:
        preferences.choose_pool(db, user, subscription.pool, _CHANNEL, "off")
        return True
    for event in subscription.events:
        preferences.choose(db, user, event, _CHANNEL, "off")
    if any(BY_NAME[event].by_pool for event in subscription.events):
        # Pools that were chosen by themselves would go on writing.
        preferences.forget_loud_pools(db, user, _CHANNEL)
    return True


def _seal(said: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), b"unsubscribe" + said, "sha256")


def _written(read: bytes) -> str:
    return base64.urlsafe_b64encode(read).rstrip(b"=").decode()
