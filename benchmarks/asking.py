"""The same questions through the API and straight to the engine, by turns: what slows the machine slows both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import orjson

from benchmarks.floor import Call, Line
from benchmarks.quantiles import quantile
from benchmarks.readers import Reader
from benchmarks.shapes import Asked
from benchmarks.tap import Tap


@dataclass(frozen=True, slots=True)
class Question:
    """One search in both forms: the request to the API, and the engine requests that the API makes of it.

    Without any of the latter, only the API is asked.
    """

    shape: str
    call: Call
    engine: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Where both answer."""

    api: str
    engine: str


@dataclass(slots=True)
class Times:
    """Seconds of the API and of the engine alone, by shape."""

    api: dict[str, list[float]] = field(default_factory=dict)
    engine: dict[str, list[float]] = field(default_factory=dict)

    def report(self) -> dict[str, float]:
        """The four promised keys, and the medians' ratio."""
        api = [each for some in self.api.values() for each in some]
        engine = [each for some in self.engine.values() for each in some]
        return {**_compared(api, engine), "ratio_p50": round(quantile(api, 0.5) / quantile(engine, 0.5), 3)}

    def shapes(self) -> dict[str, dict[str, float]]:
        """The same for each shape."""
        return {shape: _compared(self.api[shape], self.engine[shape]) for shape in self.api}

    def p95_ms(self) -> float:
        """Of the API over all shapes."""
        return round(quantile([each for some in self.api.values() for each in some], 0.95) * 1000, 2)


def questions(tap: Tap, reader: Reader, asked: Sequence[Asked]) -> list[Question]:
    """Each request with the engine requests it makes."""
    return [Question(each.shape, search_call(each.body), tuple(tap.calls(reader.token, each.body))) for each in asked]


def for_the_api(asked: Sequence[Asked]) -> list[Question]:
    """Each request for the API alone."""
    return [Question(each.shape, search_call(each.body), ()) for each in asked]


def search_call(body: dict[str, Any]) -> Call:
    """The request of a search."""
    return Call("POST", "/v1/search", orjson.dumps(body))


def measure(
    sides: Sides,
    asked: Sequence[tuple[Reader, Sequence[Question]]],
    warm: int,
    step: Callable[[int], None],
) -> list[Times]:
    """The times of each reader. The first `warm` questions of each are asked once before, and not counted.

    Whoever is asked second finds the engine's caches warm, so API and engine are first by turns. Both must find as
    many people, or something else is compared than it says.
    """
    times = [Times() for _ in asked]
    with ExitStack() as opened:
        bare = opened.enter_context(closing(Line(sides.engine)))
        lines = [opened.enter_context(closing(Line(sides.api, reader.token))) for reader, _ in asked]
        for line, (_, some) in zip(lines, asked, strict=True):
            for question in some[:warm]:
                _both(question, line, bare, Times(), api_first=True)
        for at in range(max(len(some) for _, some in asked)):
            for line, taken, (_, some) in zip(lines, times, asked, strict=True):
                if at < len(some):
                    _both(some[at], line, bare, taken, api_first=at % 2 == 0)
            step(at + 1)
    return times


def _both(question: Question, line: Line, bare: Line, taken: Times, *, api_first: bool) -> None:
    answers: dict[bool, Any] = {}
    for api in (True, False) if api_first else (False, True):
        if not api and not question.engine:
            continue
        begun = time.perf_counter()
        if api:
            answers[api] = line.send(question.call)
        else:
            answers[api] = [bare.send(call) for call in question.engine]
        seconds = time.perf_counter() - begun
        (taken.api if api else taken.engine).setdefault(question.shape, []).append(seconds)
    # A second request is made only for people written a little differently, so it may find more.
    if len(question.engine) == 1:
        found = answers[False][0]["hits"]["total"]["value"]
        if answers[True]["total"] != found:
            raise RuntimeError(f"The API finds {answers[True]['total']}, the engine {found}: {question.call.printed()}")


def _compared(api: Sequence[float], engine: Sequence[float]) -> dict[str, float]:
    p95, floor = quantile(api, 0.95), quantile(engine, 0.95)
    return {
        "p50_ms": round(quantile(api, 0.5) * 1000, 2),
        "p95_ms": round(p95 * 1000, 2),
        "floor_p95_ms": round(floor * 1000, 2),
        "ratio_p95": round(p95 / floor, 3),
    }
