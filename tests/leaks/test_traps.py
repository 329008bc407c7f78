"""The harness can fail: every known trap, put back into the product, is caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.installation import Installation
from tests.leaks.house import House, rebuilt
from tests.leaks.play import Course, Focus, Played
from tests.leaks.traps import TRAPS, Trap
from tests.leaks.traps_of_pages import TRAPS_OF_PAGES

EVERY_TRAP = (*TRAPS, *TRAPS_OF_PAGES)
# Their changes use up what a house has: words lent to tags as other names, ways to spell a reason, colleagues who do
# not track everything yet. Courses before them may have left nothing of it, so each has a house of its own, and they
# come last.
USE_UP = ("other names of hidden tags", "names of all reasons", "page: who else tracks")
# In how many pairs each must be caught: looked for where it lies, and found by nothing but luck.
PAIRS, PAIRS_BY_LUCK = 400, 3_000

Record = Callable[[str, object], None]


def caught(trap: Trap, played: Played, record: Record) -> None:
    """It was, and the end of the run tells when."""
    assert played.leak is not None, f"“{trap}” was not caught in {played.pairs} pairs"
    record("caught", f"“{trap}” after {played.pairs} pairs: {' '.join(played.leak.request.route)}")


@pytest.mark.parametrize("trap", sorted(EVERY_TRAP, key=lambda trap: str(trap) in USE_UP), ids=str)
def test_a_trap_that_is_put_back_is_caught(
    house: House,
    prepared: Installation,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
    trap: Trap,
) -> None:
    if str(trap) in USE_UP:
        house = rebuilt(prepared)
    trap.put(monkeypatch)
    course = Course(house, f"{trap}", Focus(trap.routes, trap.kinds), address if trap.streams else None)
    caught(trap, course.play(PAIRS), record_property)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("trap", EVERY_TRAP, ids=str)
def test_a_trap_is_caught_without_knowing_where_it_lies(
    prepared: Installation, address: str, monkeypatch: pytest.MonkeyPatch, record_property: Record, trap: Trap
) -> None:
    house = rebuilt(prepared)
    trap.put(monkeypatch)
    caught(trap, Course(house, f"{trap} by luck", address=address).play(PAIRS_BY_LUCK), record_property)
