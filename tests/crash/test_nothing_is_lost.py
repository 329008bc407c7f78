"""Whatever is killed, at whatever moment: what was acknowledged is there, is found, and was told once (I1, I2)."""

from __future__ import annotations

import pytest

from tests.crash.run import PEOPLE, play
from tests.crash.stage import Stage
from tests.crash.strikes import POINTS, ROUND, Strike, strikes_of

# One round covers every point; the long suite has seven more.
SHORT = range(ROUND)
LONG = range(ROUND, ROUND * 8)


@pytest.mark.parametrize("seed", [*SHORT, *(pytest.param(seed, marks=pytest.mark.long) for seed in LONG)])
def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nobody_is_told_twice(stage: Stage, seed: int) -> None:
    strikes = strikes_of(seed, PEOPLE)
    outcome = play(stage, seed, strikes)
    assert outcome.wrong == []
    assert outcome.struck.total() == len(strikes)


@pytest.mark.parametrize("first", range(0, LONG.stop, ROUND))
def test_every_round_of_seeds_strikes_every_point(first: int) -> None:
    struck = {strike.point for seed in range(first, first + ROUND) for strike in strikes_of(seed, PEOPLE)}
    assert struck == set(POINTS)


@pytest.mark.long
def test_a_power_cut_loses_nothing_that_was_acknowledged(stage: Stage) -> None:
    outcome = play(stage, 1, [Strike("everything", PEOPLE // 2, 30, settled=False)])
    assert outcome.wrong == []
