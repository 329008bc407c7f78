"""`micropools reindex`: everybody and all pools into new indexes, while everything goes on."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from cli.console import Refused, err, fail, print_json, progress_bar, use_product
from core.errors import Conflict, Unavailable
from core.settings import settings
from core.wake import waker
from indexer.reindex import asking
from indexer.reindex.finds import Finds
from indexer.reindex.rehearsal import Rehearsal, rehearse
from indexer.reindex.running import advance, is_ours, is_running
from records.database import session
from records.lease import is_held
from records.locks import REINDEX
from records.models import ReindexJob
from records.repositories import reindexing

# Another one is under way, or what is there does not allow it.
IN_THE_WAY = 5
# It stopped because something is wrong.
STOPPED = 6
FOLLOW_S = 0.5
OUTAGE_S = 2.0
# A place among other programs that lets those go first who somebody waits for.
NICE = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reindex)


def reindex(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change and how long it would take")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Say where it stands")] = False,
    attach: Annotated[bool, typer.Option("--attach", help="Follow the one that another process is at")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Back to the old indexes")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Drop the old indexes; there is no way back then")] = False,
    abandon: Annotated[bool, typer.Option("--abandon", help="Give up one that was not swapped in")] = False,
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Swap though searches are answered otherwise")
    ] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Bring everybody and all pools to new indexes, verified and swapped in, while the product goes on.

    Begins one, or goes on with one that failed or was left. Exit status 5 when another one is in the way, 6 when it
    stopped because something is wrong.
    """
    if sum((dry_run, status, attach, rollback, finish, abandon)) > 1:
        raise fail("Choose one of --dry-run, --status, --attach, --rollback, --finish and --abandon.")
    use_product((home or settings().home).expanduser().resolve())
    if dry_run:
        try:
            _tell_rehearsal(rehearse(), as_json=as_json)
        except Conflict as conflict:
            raise _in_the_way(conflict.detail) from None
        return
    if status:
        _tell(_newest(), as_json=as_json)
        return
    if rollback or finish or abandon:
        job = _wish("rollback" if rollback else "finish" if finish else "abandon")
    elif attach:
        job = _open()
    else:
        job = _begin(accept_differences=accept_differences)
    _bring_forward(job, follow=attach)
    _tell(_get(job), as_json=as_json)


def _begin(*, accept_differences: bool) -> uuid.UUID:
    with session() as db:
        there = reindexing.open_job(db)
        resumable = there is not None and there.step != "kept" and not is_held(db, REINDEX)
        if there is None or not resumable:
            try:
                origin = f"the command line on {socket.gethostname()}"
                job = asking.start(db, by=None, origin=origin, accept_differences=accept_differences)
            except Conflict as conflict:
                raise _in_the_way(f"{conflict.detail} Follow it with: micropools reindex --attach") from None
        else:
            err.print(asking.told(db, there), "It goes on.", highlight=False)
            asking.go_on(db, there, accept_differences=accept_differences)
            job = there.id
        db.commit()
    return job


def _wish(wish: asking.Wish) -> uuid.UUID:
    with session() as db:
        job = reindexing.open_job(db)
        if job is None:
            raise _in_the_way("There is no reindex that has not ended.")
        try:
            asking.ask(db, job.id, wish)
        except Conflict as conflict:
            raise _in_the_way(conflict.detail) from None
        db.commit()
        return job.id


def _open() -> uuid.UUID:
    with session() as db:
        job = reindexing.open_job(db)
    if job is None:
        raise _in_the_way("There is no reindex to follow.")
    return job.id


def _bring_forward(job: uuid.UUID, *, follow: bool) -> None:
    """Do the work here, or watch whoever does it, until the job rests."""
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    with progress_bar() as bar:
        watch = _watcher(bar)
        while is_running(there := _get(job)):
            watch(there)
            if not is_ours(there):
                raise _in_the_way(
                    "It makes indexes for other code or other settings (KEPT_WORDS, shards) than this command has."
                    " Run it with the same, or abandon it."
                )
            try:
                if follow or not advance(watch=watch):
                    time.sleep(FOLLOW_S)
            except Unavailable as error:
                err.print(f"It waits: {error.detail}", highlight=False)
                time.sleep(OUTAGE_S)
            except KeyboardInterrupt:
                waker.reindex()
                err.print("It goes on in a worker. Follow it with: micropools reindex --attach", highlight=False)
                raise Refused(130) from None
        watch(_get(job))


def _watcher(bar: Progress) -> Callable[[ReindexJob], None]:
    tasks: dict[str, TaskID] = {}

    def watch(job: ReindexJob) -> None:
        rate = f", {job.rate:,.0f} a second" if job.rate else ""
        for name, done, total in (
            ("people", job.people_done, job.people_total),
            ("pools", job.pools_done, job.pools_total),
        ):
            if total:
                task = tasks.get(name)
                if task is None:
                    task = tasks[name] = bar.add_task(name, total=total)
                now = (job.step == "filling") == (name == "people") and job.step in ("filling", "registering")
                bar.update(task, description=f"{name}{rate if now else ''}", completed=done, total=total)
        step = asking.step_in_words(job)
        if job.step not in tasks:
            tasks[job.step] = bar.add_task(step, total=1)
            for other, task in tasks.items():
                if other not in ("people", "pools", job.step):
                    bar.update(task, completed=1)
        if job.step in ("kept", "ended"):
            bar.update(tasks[job.step], completed=1)

    return watch


def _get(job: uuid.UUID) -> ReindexJob:
    with session() as db:
        found = reindexing.get(db, job)
        db.expunge(found)
    return found


def _newest() -> ReindexJob:
    with session() as db:
        jobs = reindexing.latest(db, 1)
        db.expunge_all()
    if not jobs:
        raise _in_the_way("There never was a reindex here.")
    return jobs[0]


def _tell(job: ReindexJob, *, as_json: bool) -> None:
    finds = Finds.of(job)
    with session() as db:
        sentence = asking.told(db, job)
    if as_json:
        print_json(
            {
                "id": str(job.id),
                "state": job.state,
                "step": job.step,
                "people": {"done": job.people_done, "total": job.people_total},
                "pools": {"done": job.pools_done, "total": job.pools_total},
                "steps": job.steps,
                "error": job.error,
                "findings": finds.sentences,
                "indexes": {"old": [job.old_candidates, job.old_pools], "new": [job.new_candidates, job.new_pools]},
            }
        )
    else:
        for each in (sentence, *finds.sentences):
            Console().print(each, highlight=False)
        if job.state == "swapped":
            typer.echo(
                "Back to the old indexes: micropools reindex --rollback. To drop them: micropools reindex --finish"
            )
    if job.state == "failed":
        raise typer.Exit(STOPPED)


def _tell_rehearsal(rehearsal: Rehearsal, *, as_json: bool) -> None:
    if as_json:
        report: dict[str, Any] = {
            "serving": {"candidates": rehearsal.serving.candidates, "pools": rehearsal.serving.pools},
            "differences": {kind: [str(each) for each in found] for kind, found in rehearsal.differences.items()},
            "people": rehearsal.people,
            "pools": rehearsal.pools,
            "people_per_s": rehearsal.people_per_s,
            "pools_per_s": rehearsal.pools_per_s,
            "seconds": round(rehearsal.seconds, 1),
        }
        print_json(report)
        return
    console = Console()
    for kind, found in rehearsal.differences.items():
        console.print(f"{kind}: {'nothing would be different' if not found else ''}", highlight=False)
        for each in found:
            console.print(f"  {each}", highlight=False)
    console.print(
        f"{rehearsal.people:,} people and {rehearsal.pools:,} pools: about {_duration(rehearsal.seconds)} while nobody"
        " searches, longer while people do.",
        highlight=False,
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5_400 else f"{seconds / 3_600:.1f} hours"


def _in_the_way(sentence: str) -> typer.Exit:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    return Refused(IN_THE_WAY)
