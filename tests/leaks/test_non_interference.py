"""What changes out of a reader's sight changes no byte of any answer they get."""

from __future__ import annotations

import os

import pytest

from tests.leaks.house import House
from tests.leaks.play import Played, play

# Set to play one course again: LEAK_SEED=<seed of the report> LEAK_PAIRS=<its pairs>.
SEED = os.environ.get("LEAK_SEED", "1")
PAIRS = int(os.environ.get("LEAK_PAIRS", "300"))


@pytest.fixture(scope="module")
def played(house: House, address: str) -> Played:
    """One course of pairs, which several tests look at."""
    return play(house, SEED, PAIRS, address=address)


def test_two_worlds_that_differ_out_of_sight_give_the_same_bytes(played: Played) -> None:
    print(played.pairs, played.requests)
    for what, n in sorted(played.reached.items()):
        print(n, what)
    print(played.changed)
    assert played.leak is None, str(played.leak)
    assert played.pairs >= PAIRS
