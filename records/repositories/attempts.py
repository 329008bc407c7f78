"""How often passwords were tried, as buckets that leak: every attempt adds one, and time takes it away again.

An attempt is counted before its password is looked at, so that many at once are not all the first.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session

from records.models import Attempts

_LEVEL = "greatest(0, a.level - extract(epoch FROM clock_timestamp() - a.counted_at) / :leak_s) + 1"
# One more than is free costs a second, the next one two, then four. The power is bounded before it is taken.
_PAUSE = "CASE WHEN {level} > :free THEN least(:longest_s, power(2, least({level} - :free - 1, 30))) ELSE 0 END"

# One row a bucket and one statement an attempt: whoever comes at the same moment waits for it and then sees it.
_COUNT = text(
    "INSERT INTO login_attempts AS a (key, level) VALUES (:key, 1) ON CONFLICT (key) DO UPDATE"
    f" SET level = {_LEVEL}, counted_at = clock_timestamp(),"
    f" free_at = clock_timestamp() + make_interval(secs => {_PAUSE.format(level=f'({_LEVEL})')})"
    " WHERE a.free_at <= clock_timestamp() RETURNING a.level"
)

_WAIT = text("SELECT extract(epoch FROM free_at - clock_timestamp()) FROM login_attempts WHERE key = :key")

_FORGIVE = text(
    "UPDATE login_attempts SET level = greatest(0, level - 1), free_at = clock_timestamp() WHERE key = :key"
)


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` attempts cost nothing, one is forgotten every `leak_s` seconds, no pause is longer than `longest_s`."""

    free: int
    leak_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together."""

    name: str
    patience: Patience

    @property
    def key(self) -> bytes:
        """Names nobody to who reads the table."""
        return hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).digest()


def count(db: Session, bucket: Bucket) -> float:
    """Count an attempt. 0 when it may go on; otherwise it was not counted, and the seconds until one may."""
    if db.scalar(_COUNT, {"key": bucket.key, **asdict(bucket.patience)}) is not None:
        return 0.0
    # It may have become free between the two statements; then the next try will find it so.
    return max(float(db.scalar(_WAIT, {"key": bucket.key}) or 0.0), 0.1)


def forgive(db: Session, bucket: Bucket) -> None:
    """Take back one attempt, and the pause it caused: it was right."""
    db.execute(_FORGIVE, {"key": bucket.key})


def forget(db: Session, bucket: Bucket) -> None:
    """Take back all attempts."""
    db.execute(delete(Attempts).where(Attempts.key == bucket.key))


def purge(db: Session, age: timedelta) -> int:
    """Remove buckets that nobody used for so long that they are empty; returns how many."""
    old = delete(Attempts).where(Attempts.counted_at < func.clock_timestamp() - age)
    return len(list(db.scalars(old.returning(Attempts.key))))
