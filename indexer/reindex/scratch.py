"""The indexes of a rehearsal: real people for a minute, under names that nothing else takes for indexes of ours."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Conflict
from core.settings import settings
from engine.indexes import create_index, drop_index, index_aliases
from engine.process import engine
from mappings.installed import bodies
from mappings.names import KINDS, Kind
from records.lease import lease
from records.locks import REHEARSAL


@contextmanager
def scratch() -> Iterator[dict[Kind, str]]:
    """Indexes as they would be made, dropped at the end. Raises Conflict while another rehearsal has some."""
    with lease(REHEARSAL) as alone:
        if alone is None:
            raise Conflict("Another dry run is under way. Repeat this one when it has ended.")
        drop_leftovers()
        mark = uuid.uuid4().hex[:8]
        names: dict[Kind, str] = {kind: f"{settings().index_prefix}-rehearsal-{kind}-{mark}" for kind in KINDS}
        try:
            for kind, name in names.items():
                create_index(engine(), name, bodies()[kind])
            yield names
        finally:
            for name in names.values():
                drop_index(engine(), name)


def drop_when_left() -> None:
    """Drop what a rehearsal that was killed left behind; nothing while one is under way."""
    with lease(REHEARSAL) as alone:
        if alone is not None:
            drop_leftovers()


def drop_leftovers() -> None:
    """Drop the indexes of all rehearsals; for who knows that none is under way."""
    prefix = f"{settings().index_prefix}-rehearsal-"
    # In full: another installation may have a prefix that begins like this.
    ours = re.compile(rf"{re.escape(prefix)}({'|'.join(KINDS)})-[0-9a-f]{{8}}")
    for name in index_aliases(engine(), f"{prefix}*"):
        if ours.fullmatch(name):
            drop_index(engine(), name)
