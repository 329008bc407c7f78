"""Looks that are put together answer everybody, each with what they asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from api.looks import Looks


class Slow:
    """Doubles numbers, once it may; odd ones are refused. `batches` are what it was given together."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.batches: list[list[int]] = []

    def look(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        assert self.may.wait(30)
        if 13 in asked:
            raise RuntimeError("all of them")
        return [ValueError(str(each)) if each % 2 else 2 * each for each in asked]


async def begun(slow: Slow, batches: int) -> None:
    """So many batches are under way, or were."""
    while len(slow.batches) < batches:
        await asyncio.sleep(0.001)


def test_whoever_asks_meanwhile_is_answered_together_and_each_with_their_own() -> None:
    async def ask() -> list[int | BaseException]:
        slow = Slow()
        looks: Looks[int, int] = Looks(slow.look, most=3, threads=1)
        first = asyncio.create_task(looks.ask(0))
        await begun(slow, 1)
        others = [asyncio.create_task(looks.ask(number)) for number in (2, 3, 4, 6)]
        await asyncio.sleep(0)
        slow.may.set()
        answers = await asyncio.gather(first, *others, return_exceptions=True)
        assert slow.batches == [[0], [2, 3, 4], [6]]
        return answers

    zero, two, three, four, six = asyncio.run(ask())
    assert (zero, two, four, six) == (0, 4, 8, 12)
    assert isinstance(three, ValueError)


def test_an_error_of_all_is_told_to_each_and_the_next_are_answered() -> None:
    async def ask() -> None:
        slow = Slow()
        slow.may.set()
        looks: Looks[int, int] = Looks(slow.look, most=10, threads=2)
        answers = await asyncio.gather(looks.ask(12), looks.ask(13), return_exceptions=True)
        assert any(isinstance(each, RuntimeError) for each in answers)
        assert await looks.ask(4) == 8

    asyncio.run(ask())


def test_who_leaves_is_not_looked_for_and_nobody_else_waits_for_them() -> None:
    async def ask() -> None:
        slow = Slow()
        looks: Looks[int, int] = Looks(slow.look, most=10, threads=1)
        first = asyncio.create_task(looks.ask(0))
        await begun(slow, 1)
        gone, stays = asyncio.create_task(looks.ask(2)), asyncio.create_task(looks.ask(4))
        await asyncio.sleep(0)
        gone.cancel()
        first.cancel()
        await asyncio.sleep(0)
        slow.may.set()
        assert await stays == 8
        assert slow.batches == [[0], [4]]
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(ask())
