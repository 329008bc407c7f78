"""The harness can fail: every known trap, put back into the product, is caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.leaks.house import House
from tests.leaks.play import Course, Focus, Played
from tests.leaks.traps import TRAPS, Trap
from tests.leaks.traps_of_pages import TRAPS_OF_PAGES

EVERY_TRAP = (*TRAPS, *TRAPS_OF_PAGES)
# Caught within 20 pairs, and one within 140, where this file runs by itself, but not reliably after others in one
# process, for a reason that is not known yet: until it is, the long suite looks for them.
UNEVEN = ("other names of hidden tags", "names of all reasons", "page: who else tracks")
# In how many pairs each must be caught: looked for where it lies, and found by nothing but luck.
PAIRS, PAIRS_BY_LUCK = 400, 3_000

Record = Callable[[str, object], None]


def caught(trap: Trap, played: Played, record: Record) -> None:
    """It was, and the end of the run tells when."""
    assert played.leak is not None, f"“{trap}” was not caught in {played.pairs} pairs"
    record("caught", f"“{trap}” after {played.pairs} pairs: {' '.join(played.leak.request.route)}")


@pytest.mark.parametrize(
    "trap",
    [pytest.param(trap, marks=[pytest.mark.long] if str(trap) in UNEVEN else []) for trap in EVERY_TRAP],
    ids=str,
)
def test_a_trap_that_is_put_back_is_caught(
    house: House, address: str, monkeypatch: pytest.MonkeyPatch, record_property: Record, trap: Trap
) -> None:
    trap.put(monkeypatch)
    course = Course(house, f"{trap}", Focus(trap.routes, trap.kinds), address if trap.streams else None)
    caught(trap, course.play(PAIRS), record_property)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("trap", EVERY_TRAP, ids=str)
def test_a_trap_is_caught_without_knowing_where_it_lies(
    house: House, address: str, monkeypatch: pytest.MonkeyPatch, record_property: Record, trap: Trap
) -> None:
    trap.put(monkeypatch)
    caught(trap, Course(house, f"{trap} by luck", address=address).play(PAIRS_BY_LUCK), record_property)
