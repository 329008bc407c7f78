"""Mistakes somebody could make, each as a change of the code: a copy of the product that has it must fail the audit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.product import ROOT
from tests.crash.strikes import Strike

# Not part of what runs.
LEFT_OUT = {"tests", "benchmarks"}


@dataclass(frozen=True)
class Change:
    """A piece of text of one file, and what it is replaced with."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """A mistake, the strikes that bring it to light, and the words in which the audit must tell of it."""

    name: str
    changes: tuple[Change, ...]
    strikes: tuple[Strike, ...]
    told: str


MUTATIONS = (
    Mutation(
        "acknowledged before the commit",
        (
            # For new people the commit moves to where the unit of work is closed, and that to after the answer.
            Change(
                "api/work.py",
                "        self.db.commit()\n",
                "        if not self.db.info.get('late'):\n            self.db.commit()\n",
            ),
            Change(
                "api/work.py",
                '        """The unit of work of this request."""\n'
                "        with session() as db:\n"
                "            yield Work(db, self.admit(db, request))\n",
                "        with session() as db:\n"
                "            db.info['late'] = request.url.path == '/v1/candidates'\n"
                "            yield Work(db, self.admit(db, request))\n"
                "            if db.info['late']:\n"
                "                __import__('time').sleep(0.1)\n"
                "                db.commit()\n",
            ),
            Change(
                "api/work.py",
                'StaffWork = Annotated[Work, Depends(AllowWork(STAFF), scope="function")]',
                'StaffWork = Annotated[Work, Depends(AllowWork(STAFF), scope="request")]',
            ),
        ),
        (Strike("api", 20, 40, settled=False), Strike("postgres", 40, 40, settled=False)),
        told="was acknowledged as",
    ),
    Mutation(
        "the commit need not reach the disk",
        (Change("records/database.py", '"-c timezone=UTC', '"-c synchronous_commit=off -c timezone=UTC'),),
        (Strike("postgres", 20, 10, settled=False), Strike("postgres", 45, 10, settled=True)),
        told="was acknowledged as",
    ),
    Mutation(
        "who is in a pool enters it again with every change",
        (Change("percolators/diff.py", " - stands.get(candidate, frozenset())", ""),),
        (Strike("worker child", 30, 10, settled=False),),
        told="exists 2 times",
    ),
    Mutation(
        "the sweep is dropped",
        (
            Change(
                "core/broker.py",
                '            "sweep": {"task": SWEEP, "schedule": 1.0, "options": {"expires": EXPIRES_S}},\n',
                "",
            ),
        ),
        (Strike("opensearch", 59, 0, settled=True),),
        told="rows still wait",
    ),
    Mutation(
        "outbox rows are removed before the work is done",
        (
            Change(
                "indexer/drain.py",
                "    outcome = process(db, batch)\n",
                "    outbox.done(db, rows)\n    db.commit()\n    outcome = process(db, batch)\n",
            ),
        ),
        (Strike("opensearch", 20, 20, settled=True), Strike("worker child", 40, 20, settled=False)),
        told="match is missing",
    ),
)


@contextmanager
def mutated(mutation: Mutation) -> Iterator[Path]:
    """A copy of the product's packages with the mistake in it."""
    with tempfile.TemporaryDirectory(prefix="micropools-mutated-") as place:
        copy = Path(place)
        for package in ROOT.glob("*/__init__.py"):
            if package.parent.name not in LEFT_OUT:
                shutil.copytree(
                    package.parent, copy / package.parent.name, ignore=shutil.ignore_patterns("__pycache__")
                )
        for change in mutation.changes:
            file = copy / change.file
            text = file.read_text(encoding="utf-8")
            assert text.count(change.old) == 1, f"{change.file} has changed; the mutation needs a new text"
            file.write_text(text.replace(change.old, change.new), encoding="utf-8")
        yield copy
