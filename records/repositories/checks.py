"""Checks for drift: which one is due, how far it has come, what was found, and whether that is news."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from records.ids import FIRST, LAST
from records.locks import CHECK
from records.models import Check

Kind = Literal["full", "share"]
# What a check can find, by the names of its report.
DRIFT = ("missing", "outdated", "ahead", "orphaned", "unmatched", "pools_missing", "queries_orphaned")

_ONLY = text(f"SELECT pg_try_advisory_xact_lock({CHECK})")

# Whatever a transaction that is open now will commit has a later time than its beginning: a share that begins at the
# oldest of them, and not now, misses nobody who is committed late.
_OLDEST = text(
    "SELECT least(clock_timestamp(), (SELECT min(xact_start) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL))"
)

# As the statistics have it: counting ten million people for each share would cost more than the share.
_ROUGHLY = text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)")

# The last of a share, and whether anybody comes after.
_NTH = "SELECT id FROM {table} WHERE id > :after ORDER BY id OFFSET :share LIMIT 2"
_NTH_PERSON = text(_NTH.format(table="candidates")).bindparams(bindparam("after", type_=Uuid))
_NTH_POOL = text(_NTH.format(table="pools")).bindparams(bindparam("after", type_=Uuid))

# A find is news when it is new, or was not met for longer than it takes to look at everything twice.
_NEWS = text(
    """
    WITH given AS (SELECT DISTINCT * FROM unnest(:whats, :places, :things) AS g(what, place, thing)),
    known AS (
        SELECT count(*) AS many FROM drift_finds f JOIN given USING (what, place, thing)
        WHERE f.last_found_at > clock_timestamp() - make_interval(secs => :remembered)
    ), kept AS (
        INSERT INTO drift_finds (what, place, thing) SELECT what, place, thing FROM given
        ON CONFLICT (what, place, thing) DO UPDATE SET last_found_at = clock_timestamp()
    )
    SELECT (SELECT count(*) FROM given) > (SELECT many FROM known)
    """
).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("whats", "places", "things")))

_FORGET_FINDS = text("DELETE FROM drift_finds WHERE last_found_at < clock_timestamp() - make_interval(secs => :kept)")
# The newest finished ones stay: the next share begins where they ended.
_FORGET_CHECKS = text(
    "DELETE FROM checks WHERE finished_at < clock_timestamp() - make_interval(secs => :kept)"
    " AND created_at < (SELECT max(created_at) FROM checks WHERE step = 'done' AND error IS NULL)"
)

_FIGURES = text(
    """
    SELECT extract(epoch FROM clock_timestamp() - max(finished_at)) AS age_s,
           extract(epoch FROM clock_timestamp() - max(round_began_at) FILTER (
               WHERE people_up_to IS NULL AND pools_up_to IS NULL)) AS whole_age_s
    FROM checks WHERE step = 'done' AND error IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class Find:
    """What is wrong, with what, in which index (or nowhere in particular)."""

    what: str
    place: str
    thing: str


@dataclass(frozen=True, slots=True)
class Figures:
    """For operators: how long ago the last check ended, since when everything was looked at, what the last one found.

    Ages in seconds; None before the first.
    """

    age_s: float | None
    whole_age_s: float | None
    report: dict[str, Any]


def is_only_checker(db: Session) -> bool:
    """Become the one process that checks until this transaction ends; false if another one is."""
    return bool(db.scalar(_ONLY))


def unfinished(db: Session) -> Check | None:
    """The oldest check that has not come to its end."""
    return db.scalar(select(Check).where(Check.finished_at.is_(None)).order_by(Check.created_at).limit(1))


def get(db: Session, check: uuid.UUID) -> Check:
    """The check of this id; it exists."""
    return db.get_one(Check, check, populate_existing=True)


def asked_for(db: Session, *, repair: bool) -> Check | None:
    """A check of everything that has not come to its end, and repairs or does not."""
    return db.scalar(
        select(Check).where(Check.finished_at.is_(None), Check.kind == "full", Check.repair.is_(repair)).limit(1)
    )


def newest(db: Session, limit: int) -> list[Check]:
    """The last checks, newest first."""
    return list(db.scalars(select(Check).order_by(Check.created_at.desc()).limit(limit)))


def last_begun(db: Session, kind: Kind) -> datetime | None:
    """When the last check of this kind was begun."""
    return db.scalar(select(Check.created_at).where(Check.kind == kind).order_by(Check.created_at.desc()).limit(1))


def now(db: Session) -> datetime:
    """The clock that all checks go by."""
    moment: datetime = db.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


def begin_full(db: Session, *, repair: bool, requested_by: uuid.UUID | None) -> Check:
    """A check of everything. Nobody is looked at apart for having changed: everybody is looked at."""
    since = db.execute(_OLDEST).scalar_one()
    made = Check(
        id=uuid.uuid4(), kind="full", repair=repair, requested_by=requested_by, step="people",
        next_from=since, round_began_at=since,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


def begin_share(db: Session, *, repair_most: int | None, part: float, least: int) -> Check:
    """Whoever changed since the last check that came to its end, and the next `part` (0 to 1) of the id space.

    At least `least` people and pools, so that a small installation is looked at as a whole. `repair_most`: None
    repairs nothing.
    """
    since = db.execute(_OLDEST).scalar_one()
    before = db.scalar(
        select(Check).where(Check.step == "done", Check.error.is_(None)).order_by(Check.created_at.desc()).limit(1)
    )
    people, pools, round_began_at = FIRST, FIRST, since
    if before is not None and not (before.people_up_to is None and before.pools_up_to is None):
        # Whichever came to its end first waits for the other, so that there is one time by which all was looked at.
        people, pools = before.people_up_to or LAST, before.pools_up_to or LAST
        round_began_at = before.round_began_at
    made = Check(
        id=uuid.uuid4(),
        kind="share",
        repair=repair_most is not None,
        repair_most=repair_most,
        step="changed" if before else "people",
        changed_from=before.next_from if before else None,
        next_from=since,
        people_after=people,
        people_up_to=_nth(db, _NTH_PERSON, people, _share(db, "candidates", part, least)),
        pools_after=pools,
        pools_up_to=_nth(db, _NTH_POOL, pools, _share(db, "pools", part, least)),
        round_began_at=round_began_at,
    )
    db.add(made)
    db.flush()
    return made


def _share(db: Session, table: str, part: float, least: int) -> int:
    return max(least, int(db.execute(_ROUGHLY, {"name": table}).scalar_one() * min(part, 1.0)))


def _nth(db: Session, statement: Any, after: uuid.UUID, share: int) -> uuid.UUID | None:
    found = list(db.scalars(statement, {"after": after, "share": share - 1}))
    return found[0] if len(found) > 1 else None


def is_news(db: Session, finds: Iterable[Find], remembered_s: float) -> bool:
    """Whether any of these was not met within that time. From now on all of them were."""
    finds = list(finds)
    if not finds:
        return False
    parameters = {
        "whats": [find.what for find in finds],
        "places": [find.place for find in finds],
        "things": [find.thing for find in finds],
        "remembered": remembered_s,
    }
    return bool(db.execute(_NEWS, parameters).scalar_one())


def figures(db: Session) -> Figures:
    """What /metrics says of checks."""
    row = db.execute(_FIGURES).one()
    ended = select(Check.report).where(Check.step == "done", Check.error.is_(None))
    report = db.scalar(ended.order_by(Check.finished_at.desc()).limit(1))
    ages = [None if age is None else float(age) for age in (row.age_s, row.whole_age_s)]
    return Figures(ages[0], ages[1], report or {})


def purge(db: Session, checks_kept: timedelta, finds_kept: timedelta) -> None:
    """Forget checks and finds that are older."""
    db.execute(_FORGET_CHECKS, {"kept": checks_kept.total_seconds()})
    db.execute(_FORGET_FINDS, {"kept": finds_kept.total_seconds()})
