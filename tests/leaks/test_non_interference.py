"""What changes out of a reader's sight changes no byte of any answer they get."""

from __future__ import annotations

import os

import pytest

from tests.leaks.house import House
from tests.leaks.play import Course, Played

# Set to play one course again: LEAK_SEED=<seed of the report> LEAK_PAIRS=<its pairs>.
SEED = os.environ.get("LEAK_SEED", "1")
PAIRS = int(os.environ.get("LEAK_PAIRS", "300"))


@pytest.fixture(scope="module")
def played(house: House, address: str) -> Played:
    """One course of pairs, which several tests look at."""
    import time

    t = time.time()
    c = time.process_time()
    try:
        return Course(house, SEED, address=address).play(PAIRS)
    finally:
        print("PLAY", time.time() - t, time.process_time() - c)


def test_two_worlds_that_differ_out_of_sight_give_the_same_bytes(played: Played) -> None:
    print(played.pairs, played.requests, played.twins)
    for what, n in sorted(played.reached.items()):
        print(n, what)
    print(played.changed)
    assert played.leak is None, str(played.leak)
    assert played.pairs >= PAIRS
