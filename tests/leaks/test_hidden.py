"""What is called a change here is one, and no change of what the readers see."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import text

from records.base import Base
from records.database import session
from tests.api.answers import ok
from tests.api.serving import opened
from tests.leaks.hidden import CHANGES, Change, Kind
from tests.leaks.house import House, Reader

# Some kinds draw what is there already, now and then.
ATTEMPTS = 10


def everything_stored() -> dict[str, Any]:
    """A number for each table that is another one when any value in it changes."""
    with session() as db:
        return {
            table.name: db.execute(
                text(f"SELECT count(*), sum(hashtextextended(each::text, 0)) FROM {table.name} each")
            ).one()
            for table in Base.metadata.sorted_tables
        }


def happens(house: House, kind: Kind, seed: str) -> None:
    """A change of this kind, settled."""
    kind(Change(house, random.Random(seed), set()))
    house.settle()


@pytest.mark.parametrize("kind", CHANGES, ids=lambda kind: kind.__name__)
def test_every_kind_of_hidden_change_changes_something(house: House, kind: Kind) -> None:
    before = everything_stored()
    for attempt in range(ATTEMPTS):
        happens(house, kind, f"{kind.__name__}/{attempt}")
        if everything_stored() != before:
            return
    pytest.fail(f"nothing changed in {ATTEMPTS} attempts")


def test_a_stream_that_stays_open_says_nothing_of_what_is_hidden(house: House, address: str) -> None:
    manager = house.readers[Reader.MANAGER]
    notice = house.seen.notices["unseen"][0]
    with opened(address, house.tokens[Reader.MANAGER]) as stream:
        stream.read("unseen")
        for kind in CHANGES:
            happens(house, kind, f"stream/{kind.__name__}")
        # The first thing it says is what the reader then does themselves.
        ok(manager.post(f"/v1/notifications/{notice}/read"), 204)
        assert stream.read("notice")[0].data["id"] == notice
