"""Drift (I8): the job that compares PostgreSQL with every index that should hold everything.

A check is a row with cursors, worked on in turns by whoever comes, one process at a time: a command, or a worker. One
that is killed, or whose part goes away, leaves the row where it stood. Two kinds of it:

- *full*: everybody and every pool. By command, or asked for by an administrator.
- *share*: by schedule. Whoever changed since the last check, and the next piece of the id space, so large that
  everything is looked at within CHECK_PERIOD_S; an installation of up to a page of people is looked at as a whole.

Scheduled ones repair what they find, up to a bound: that many differences at once are not drift but a disaster (the
wrong database, an index restored from somewhere), at which somebody should look first.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict

from core.errors import Conflict, MicropoolsError, Unavailable
from core.settings import settings
from engine.errors import EngineRefused
from engine.indexes import refresh
from engine.percolator import GONE, count_unextracted
from engine.process import engine
from indexer import comparing
from indexer.comparing import Findings, Report, compare_changed, compare_people, compare_pools
from mappings.names import alias
from notifications.wake import ring_streams
from records.database import Session, session
from records.ids import LAST
from records.models import Check, Role
from records.repositories import candidates, checks, indexes, notices, users
from records.repositories.checks import DRIFT
from records.repositories.indexes import Live

__all__ = ["Report", "advance", "by_schedule", "check"]

log = logging.getLogger(__name__)

# A worker gives its place back after this long; the next beat goes on.
TURN_S = 20.0
# A check by command waits so long for another one's turn to end.
PATIENCE_S = 60.0
# A find that was met within this many periods is known.
REMEMBERED_PERIODS = 2.0

_WORDS = {
    "missing": "people missing in the index",
    "outdated": "people indexed under an older version",
    "ahead": "people indexed under a newer version than the database has",
    "orphaned": "people in the index whom the database does not know",
    "unmatched": "people not matched at their version",
    "pools_missing": "pools without stored queries",
    "queries_orphaned": "stored queries of no living pool",
}


def check(*, repair: bool = False, everything: bool = True, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Compare everything, or the share that is next, here and now; `progress` is told how many people were looked at.

    Raises Conflict while another check is under way for longer than a minute, and whatever a part that is down raises.
    """
    with session() as db:
        begun = (
            checks.begin_full(db, repair=repair, requested_by=None)
            if everything
            else _begin_share(db, settings().check_repair_most if repair else None)
        ).id
        db.commit()
    patience = time.monotonic() + PATIENCE_S
    while True:
        try:
            report = advance(begun, progress=progress)
        except MicropoolsError as error:
            _give_up(begun, error)
            raise
        if report is not None:
            return report
        if time.monotonic() > patience:
            refused = Conflict("Another check is under way. GET /v1/checks says how far it is; then repeat this one.")
            _give_up(begun, refused)
            raise refused
        time.sleep(0.2)


def by_schedule() -> bool:
    """Go on with a check that is not finished, or begin a share where one is due. Whether there was anything to do.

    Whoever comes second, or too early, does nothing: any number of beats may call this.
    """
    with session() as db:
        waiting = checks.unfinished(db)
        found = waiting.id if waiting else _begin_if_due(db)
        db.commit()
    if found is None:
        return False
    try:
        advance(found, turn_s=TURN_S)
    except Unavailable:
        # It goes on where it stands once the part is back.
        raise
    except MicropoolsError as error:
        _give_up(found, error)
    return True


def _begin_if_due(db: Session) -> uuid.UUID | None:
    every = settings().check_interval_s
    if not every or not checks.is_only_checker(db):
        return None
    last = checks.last_begun(db, "share")
    if last is not None and (checks.now(db) - last).total_seconds() < every:
        return None
    return _begin_share(db, settings().check_repair_most if settings().check_repair else None).id


def _begin_share(db: Session, repair_most: int | None) -> Check:
    last = checks.last_begun(db, "share")
    passed = settings().check_interval_s if last is None else (checks.now(db) - last).total_seconds()
    # By the time that passed and not by the plan: what was missed while no beat ran is caught up with.
    return checks.begin_share(
        db, repair_most=repair_most, part=passed / settings().check_period_s, least=comparing.PAGE
    )


def advance(
    check_id: uuid.UUID, *, turn_s: float | None = None, progress: Callable[[int], None] = lambda _: None
) -> Report | None:
    """Go on with a check, to its end or for a turn. Its report, or None while it is not at its end or not ours to do.

    Its place and its report are committed after every page.
    """
    ends = None if turn_s is None else time.monotonic() + turn_s
    with session() as only:
        if not checks.is_only_checker(only):
            return None
        _refresh_all()
        while True:
            with session() as db:
                row = checks.get(db, check_id)
                live = indexes.whole(db)
                try:
                    if row.finished_at is None:
                        _page(db, row, live)
                        db.commit()
                except EngineRefused as refused:
                    if not _was_replaced(live, refused):
                        raise
                    continue  # the same page again, of what is live now
                report = Report(**row.report)
            progress(report.candidates)
            if row.finished_at is not None:
                return report
            if ends is not None and time.monotonic() > ends:
                return None


def _refresh_all() -> None:
    with session() as db:
        live = indexes.whole(db)
    try:
        for index in (*live.candidates, *live.pools):
            refresh(engine(), index)
    except EngineRefused as refused:
        if not _was_replaced(live, refused):
            raise
        _refresh_all()


def _was_replaced(live: Live, refused: EngineRefused) -> bool:
    """Whether the engine refused because a reindex dropped an index since this list was read."""
    with session() as db:
        return refused.engine_status == GONE and indexes.whole(db) != live


def _page(db: Session, row: Check, live: Live) -> None:
    """One page of the step that the check stands at."""
    report = Report(**row.report)
    findings = Findings(report, row.repair, row.repair_most)
    {"changed": _changed, "people": _people, "pools": _pools}[row.step](db, row, live, findings)
    row.news = row.news or checks.is_news(db, findings.named, settings().check_period_s * REMEMBERED_PERIODS)
    row.report = asdict(report)
    db.flush()
    if row.finished_at is not None:
        _tell(db, row)


def _changed(db: Session, row: Check, live: Live, findings: Findings) -> None:
    assert row.changed_from is not None
    page, last = candidates.changed_between(db, row.changed_from, row.changed_from_id, row.next_from, comparing.PAGE)
    compare_changed(live, page, findings)
    if last is not None:
        row.changed_from, row.changed_from_id = last, page[-1].id
    if len(page) < comparing.PAGE:
        row.step = "people"


def _people(_db: Session, row: Check, live: Live, findings: Findings) -> None:
    after = compare_people(live, row.people_after, row.people_up_to or LAST, findings)
    if after is None:
        row.step = "pools"
    else:
        row.people_after = after


def _pools(db: Session, row: Check, live: Live, findings: Findings) -> None:
    after = compare_pools(live, row.pools_after, row.pools_up_to or LAST, findings)
    if after is not None:
        row.pools_after = after
        return
    findings.report.unextracted = count_unextracted(engine(), alias(settings().index_prefix, "pools"))
    row.step, row.finished_at = "done", checks.now(db)


def _tell(db: Session, row: Check) -> None:
    """Ring for administrators where something was found that is news: once a check at most, once for each find."""
    if not row.news:
        return
    told = _sentence(Findings(Report(**row.report), row.repair, row.repair_most))
    log.warning("%s", told)
    readers = users.active_of_roles(db, [Role.ADMINISTRATOR])
    rung = notices.ring(db, [notices.Notice(user, "drift", f"drift:{row.id}", remark=told) for user in readers])
    db.commit()
    ring_streams(rung)


def _sentence(findings: Findings) -> str:
    found = ", ".join(f"{count} {_WORDS[what]}" for what in DRIFT if (count := getattr(findings.report, what)))
    if findings.may_repair:
        done = "It is being set right."
    elif findings.repair:
        done = "That is too much to be set right unseen; look at it, then: micropools check --repair"
    else:
        done = "Set it right with: micropools check --repair"
    return f"The index differs from the database: {found}. {done}"


def _give_up(check_id: uuid.UUID, error: MicropoolsError) -> None:
    """The check ends here; the next share begins where it would have begun."""
    with session() as db:
        row = checks.get(db, check_id)
        if row.finished_at is None:
            row.finished_at, row.error = checks.now(db), error.detail[:2000]
            db.flush()
            _tell(db, row)
        db.commit()
