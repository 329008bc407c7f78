"""What clients did to a few people at the same time, and what must hold of it, in the manner of Jepsen. Pure.

Three objects of every person, each with its own law. The *headline* is a list of words to which clients append by
reading, adding and writing with If-Match. The *stage* of the application is a register that is moved with If-Match.
*Tags* are a set that only grows. Values are never used twice, so that each tells who wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Target = Literal["headline", "stage", "tags"]
# "unknown": cut off before the answer came; it may have happened, at any time after it was sent, or not.
Outcome = Literal["ok", "refused", "unknown"]


@dataclass(frozen=True)
class Write:
    """`value` was added to what had been `seen` (of tags nothing is seen). Times in seconds of one clock."""

    client: int
    person: str
    target: Target
    seen: tuple[str, ...]
    value: str
    sent: float
    answered: float
    outcome: Outcome


@dataclass(frozen=True)
class Read:
    """What a client was shown of one object of a person."""

    client: int
    person: str
    target: Target
    shown: tuple[str, ...]
    sent: float
    answered: float


@dataclass(frozen=True)
class Search:
    """A search for a tag, sent after the API had said that the person is searchable with it; whom it found."""

    client: int
    person: str
    tag: str
    sent: float
    found: frozenset[str]


@dataclass(frozen=True)
class History:
    """Everything that was done, and how each person's objects were at the beginning and are at the end."""

    writes: Sequence[Write]
    reads: Sequence[Read]
    searches: Sequence[Search]
    begin: dict[tuple[str, Target], tuple[str, ...]]
    end: dict[tuple[str, Target], tuple[str, ...]]


def violations(history: History) -> list[str]:
    """Every law that is broken, each in a sentence; empty when none is."""
    found: list[str] = []
    for (person, target), end in history.end.items():
        writes = [write for write in history.writes if (write.person, write.target) == (person, target)]
        reads = [read for read in history.reads if (read.person, read.target) == (person, target)]
        begin = history.begin[person, target]
        found += [f"{person}: {sentence}" for sentence in _of_all(target, begin, end, writes)]
        laws = {"headline": _of_headline, "stage": _of_stage, "tags": _of_tags}
        found += [f"{person}: {sentence}" for sentence in laws[target](begin, end, writes, reads)]
    for search in history.searches:
        if search.person not in search.found:
            found.append(f"{search.person}: said to be searchable with {search.tag}, and a search did not find them")
    return found


def _of_all(target: Target, begin: Sequence[str], end: Sequence[str], writes: Sequence[Write]) -> Iterator[str]:
    for value, times in Counter(end).items():
        if times > 1:
            yield f"{target} holds {value} {times} times"
    known = {*begin, *(write.value for write in writes)}
    for value in set(end) - known:
        yield f"{target} holds {value}, which nobody wrote"
    for write in writes:
        if write.outcome == "refused" and write.value in end:
            yield f"{target} holds {write.value}, which was refused"


def _of_headline(
    begin: Sequence[str], end: Sequence[str], writes: Sequence[Write], reads: Sequence[Read]
) -> Iterator[str]:
    for write in writes:
        if write.value not in end:
            if write.outcome == "ok":
                yield f"lost update: {write.value} was acknowledged and is not in the headline"
        elif (before := tuple(end[: end.index(write.value)])) != write.seen:
            yield f"{write.value} was written after {write.seen} and stands after {before}"
    yield from _seen_by_reads("headline", writes, reads)
    for read in reads:
        if tuple(end[: len(read.shown)]) != read.shown:
            yield f"client {read.client} was shown the headline {read.shown}, which never was"


def _of_stage(
    begin: Sequence[str], end: Sequence[str], writes: Sequence[Write], reads: Sequence[Read]
) -> Iterator[str]:
    done = [write for write in writes if write.outcome == "ok"]
    possible = [write for write in writes if write.outcome != "refused"]
    for seen, times in Counter(write.seen for write in done).items():
        if times > 1:
            yield f"lost update: {times} moves away from stage {seen} were acknowledged"
    for write in done:
        moved_on = any(other.seen == (write.value,) for other in possible)
        if (write.value,) != tuple(end) and not moved_on:
            yield f"lost update: the stage was {write.value}, and is {tuple(end)} though nobody moved it on from there"
    stages = {tuple(begin), *((write.value,) for write in possible)}
    for shown in {read.shown for read in reads} - stages:
        yield f"the stage was shown as {shown}, which it never was"
    for read in reads:
        # What was overwritten by an acknowledged move before the read was sent is not shown any more.
        for write in done:
            if write.answered < read.sent and read.shown == write.seen:
                yield f"client {read.client} was shown stage {read.shown} after it had been moved to {write.value}"


def _of_tags(begin: Sequence[str], end: Sequence[str], writes: Sequence[Write], reads: Sequence[Read]) -> Iterator[str]:
    for write in writes:
        if write.outcome == "ok" and write.value not in end:
            yield f"lost update: tag {write.value} was acknowledged and is not there"
    yield from _seen_by_reads("tags", writes, reads)


def _seen_by_reads(target: Target, writes: Sequence[Write], reads: Sequence[Read]) -> Iterator[str]:
    """Whoever reads after a write was answered sees it, their own above all."""
    for read in reads:
        for write in writes:
            if write.outcome == "ok" and write.answered < read.sent and write.value not in read.shown:
                whose = "their own" if write.client == read.client else f"client {write.client}'s"
                yield f"client {read.client} was shown {target} without {write.value}, {whose}, acknowledged before"
