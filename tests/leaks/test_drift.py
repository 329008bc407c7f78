"""What is found and set right in the index is the administrators' affair: no reader gets another byte for it."""

from __future__ import annotations

import uuid
from contextlib import suppress

from engine.errors import EngineRefused
from indexer.check import check
from records.models import Role
from tests.indexer.test_check import remove_document
from tests.leaks.hidden import Change
from tests.leaks.house import House
from tests.leaks.play import SESSIONS, Course, Focus


def somebody_is_lost_and_found(by: Change) -> str:
    """Somebody disappears from the index; a check finds it, rings for administrators and has it set right."""
    person = by.somebody()
    # Back from an earlier loss, too: of what is deleted before it is written again nothing would be learned.
    by.house.world.settle()
    with suppress(EngineRefused):
        remove_document(uuid.UUID(person))
    check(repair=True)
    return f"{person} was missing in the index and set right"


def test_drift_that_is_found_told_and_set_right_changes_nothing_for_readers(house: House, address: str) -> None:
    played = Course(house, "drift", Focus(kinds=(somebody_is_lost_and_found,)), address=address).play(2 * SESSIONS)
    assert played.leak is None, str(played.leak)
    assert played.changed["somebody_is_lost_and_found"] >= 12
    told = [notice["kind"] for notice in house.world.bell(Role.ADMINISTRATOR)]
    assert "drift" in told
