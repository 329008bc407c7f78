"""Keys that this installation made for itself, each made once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from records.models import HouseSecret


def known(db: Session, name: str) -> str | None:
    """The key of this name, where it was made already."""
    return db.scalar(select(HouseSecret.value).where(HouseSecret.name == name))


def made_once(db: Session, name: str, make: Callable[[], str]) -> str:
    """The key of this name; should two make it at the same moment, both get the same one. The caller commits."""
    found = known(db, name)
    if found is None:
        # Waits for whoever else is making it; what they made is seen by the next statement.
        db.execute(insert(HouseSecret).values(name=name, value=make()).on_conflict_do_nothing())
        found = known(db, name)
    assert found is not None
    return found
