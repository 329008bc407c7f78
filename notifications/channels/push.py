"""Notices in a browser that is not open: by Web Push, to each device that its reader named."""

from __future__ import annotations

import hashlib
import http.client
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Literal

import orjson

from core.languages import language
from core.settings import settings
from notifications import outside
from notifications.message import Message
from notifications.outcome import Later, Outcome, Reason, Refused, Sent
from notifications.retry_after import seconds_of
from notifications.webpush import Keys, encoded, encrypted, new_key, proof, public_part
from notifications.words import headline
from records.database import Session, session
from records.repositories import devices
from records.repositories.devices import Target
from records.repositories.secrets import made_once

# How long a push service keeps what it cannot hand over: news of an hour ago is no news, a digest is for its day.
KEPT_S = {"instant": 12 * 3_600, "daily": 24 * 3_600, "weekly": 72 * 3_600}
# A headline is cut here, so that every message fits into one length.
LONGEST_TITLE = 200
# All devices of one reader together, well within the lease of a delivery.
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Handed:
    """How one device's push service took it. `gone`: it knows the device no more; only `taken` has no reason."""

    how: Literal["taken", "gone", "later", "refused"]
    reason: Reason = "not_accepted"
    said: str = ""
    after_s: float = 0


def reached(db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Whoever named a device."""
    return devices.with_devices(db, users)


@contextmanager
def opened() -> Iterator[Pushing]:
    """Our key, at hand for some messages in a row."""
    with session() as db:
        key = own_key(db)
        db.commit()
    yield Pushing(key)


def own_key(db: Session) -> str:
    """The key this installation proves itself with, made when it is first needed. The caller commits."""
    return made_once(db, "vapid", new_key)


def own_public_key(db: Session) -> str:
    """What browsers are told of it. The caller commits."""
    return public_part(own_key(db))


class Pushing:
    """Hands messages to push services; one that does not answer is left alone until the next turn."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._away: set[str] = set()

    def send(self, message: Message) -> Outcome:
        """Hand it over for each device. It is sent when one of them has it: nobody is told twice for another's sake."""
        content = {
            "title": headline(message)[:LONGEST_TITLE],
            "path": message.path,
            "id": str(message.id),
            "tag": message.thread,
        }
        topic = topic_of(message.reader.id, message.thread)
        headers = {
            "TTL": str(KEPT_S[message.rhythm]),
            "Topic": topic,
            "Urgency": "normal" if message.rhythm == "instant" else "low",
        }
        ends, results = time.monotonic() + PATIENCE_S, []
        for target in devices.targets(message.reader.id):
            if time.monotonic() > ends:
                results.append(Handed("later", "server_away", "no time was left"))
                continue
            results.append(self.hand(target, content, headers))
        return _outcome(results)

    def hand(self, target: Target, content: dict[str, Any], headers: dict[str, str]) -> Handed:
        """Hand it over for one device, and remember what that says about the device."""
        origin = "/".join(target.endpoint.split("/", 3)[:3])
        if origin in self._away:
            return Handed("later", "server_away")
        result = self._posted(target, origin, content, headers)
        if result.how == "taken":
            devices.reached(target.id)
        elif result.how == "gone":
            devices.gone(target)
        return result

    def _posted(self, target: Target, origin: str, content: dict[str, Any], headers: dict[str, str]) -> Handed:
        try:
            body = encrypted(Keys.read(target.p256dh, target.auth), orjson.dumps(content))
            whole = {
                **headers,
                "Authorization": proof(self._key, target.endpoint, subject()),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
            }
            answer = outside.post(target.endpoint, whole, body)
        except ValueError as error:
            return Handed("refused", "address_refused", str(error))
        except (OSError, http.client.HTTPException) as error:
            self._away.add(origin)
            # The address of a device is a secret between its browser and us; errors of the network do not hold it.
            return Handed("later", "server_away", f"{type(error).__name__}: {error}")
        said = f"{answer.status} {answer.said}".strip()
        if 200 <= answer.status < 300:
            return Handed("taken")
        if answer.status in (404, 410):
            return Handed("gone", "no_device", said)
        if answer.status in (408, 429) or answer.status >= 500:
            return Handed("later", "try_later", said, seconds_of(answer.retry_after))
        return Handed("refused", "not_accepted", said)


def try_out(key: str, target: Target, code: str) -> Handed:
    """Send a device a message that says it works."""
    content = {
        "title": language(code).say("It works: this is where you will hear of things."),
        "path": "/account/devices",
    }
    headers = {"TTL": "300", "Urgency": "high"}
    return Pushing(key).hand(target, {**content, "id": str(uuid.uuid4()), "tag": "test"}, headers)


def topic_of(reader: uuid.UUID, thread: str) -> str:
    """What push services compare messages by, so that a newer one takes the place of one not handed over yet."""
    return encoded(hashlib.sha256(f"{reader} {thread}".encode()).digest()[:24])


def subject() -> str:
    """Where a push service finds us when something is wrong."""
    named = settings()
    if named.public_url.startswith("https://"):
        return named.public_url
    address = parseaddr(named.mail_from)[1]
    return f"mailto:{address}" if address else ""


def _outcome(results: Sequence[Handed]) -> Outcome:
    if any(each.how == "taken" for each in results):
        return Sent()
    waiting = [each for each in results if each.how == "later"]
    if waiting:
        return Later(waiting[0].reason, waiting[0].said, max(each.after_s for each in waiting))
    refused = [each for each in results if each.how == "refused"]
    if refused:
        return Refused(refused[0].reason, refused[0].said)
    return Refused("no_device", results[0].said if results else "")
