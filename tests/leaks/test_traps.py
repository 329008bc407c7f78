"""The harness can fail: every known trap, put back into the product, is caught."""

from __future__ import annotations

import os
import time

import pytest

from tests.leaks.house import House
from tests.leaks.play import Course, Focus
from tests.leaks.traps import TRAPS, Trap

PAIRS = int(os.environ.get("LEAK_PAIRS", "300"))
UNF = bool(os.environ.get("UNF"))


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_a_trap_that_is_put_back_is_caught(
    house: House, address: str, monkeypatch: pytest.MonkeyPatch, trap: Trap
) -> None:
    trap.put(monkeypatch)
    t = time.time()
    played = Course(
        house, f"trap {trap}", Focus() if UNF else Focus(trap.routes, trap.kinds), address if trap.streams else None
    ).play(PAIRS)
    print("TRAP", trap, played.pairs, round(time.time() - t, 1))
    assert played.leak is not None, f"{trap} was not caught in {played.pairs} pairs"
    print(str(played.leak)[:1800])
