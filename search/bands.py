"""Values that make a range or a combination one keyword; documents and criteria both take them from here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import Final, Literal, get_args

from core.text import fold

Band = Literal["0-1", "2-4", "5-9", "10-19", "20+"]
Level = Literal["a1", "a2", "b1", "b2", "c1", "c2", "native"]
By = Literal["us", "candidate"]

EXPERIENCE_BANDS: Final[tuple[Band, ...]] = get_args(Band)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

# The first year of each band after the first.
_BAND_STARTS: Final[tuple[int, ...]] = (2, 5, 10, 20)

#: Stands for "whichever" in a combined rejection; keys may not contain it, nor the bar between them.
ANY: Final = "*"

#: What is said of one application in one combined keyword, in its order; called as the application's own fields.
REJECTION_PARTS: Final = ("reason", "by", "position")
APPLIED_PARTS: Final = ("position", "stage", "source")
Triple = tuple[str | None, str | None, str | None]


def experience_band(years: int | None) -> Band | None:
    """The band these years fall in; None for a person of whom it is not known."""
    if years is None:
        return None
    return EXPERIENCE_BANDS[sum(years >= start for start in _BAND_STARTS)]


def at_least(language: str, level: Level | None) -> str:
    """The rung that answers "this language, from this level": the bare key where the level does not matter."""
    return language if level is None else f"{language}>={level}"


def language_ladder(language: str, level: Level | None) -> list[str]:
    """Every rung a speaker of this level stands on; only the bare key when the level is not known."""
    reached = LEVELS[: LEVELS.index(level) + 1] if level is not None else ()
    return [language, *(at_least(language, rung) for rung in reached)]


def rejection_keyword(reason: str | None, by: str | None, position: str | None) -> str:
    """One question about one rejected application: what is None may be anything."""
    return _joined((reason, by, position))


def rejection_combinations(reason: str | None, by: str | None, position: str | None) -> list[str]:
    """Every question this one rejection answers: up to eight, `*|*|*` (rejected at all) among them."""
    return _combinations((reason, by, position))


def rejection_keywords(rejections: Iterable[Triple]) -> list[str]:
    """The combinations of all of one person's rejections, each once, in a fixed order."""
    return _each_once(rejections)


def applied_keyword(position: str | None, stage: str | None, source: str | None) -> str:
    """One question about one application: what is None may be anything."""
    return _joined((position, stage, source))


def applied_keywords(applications: Iterable[Triple]) -> list[str]:
    """Every question that one of these applications answers, each once, in a fixed order."""
    return _each_once(applications)


def said_in(keyword: str, parts: tuple[str, ...]) -> dict[str, str]:
    """What a combined keyword asks, by its parts (REJECTION_PARTS or APPLIED_PARTS); those that may be anything are
    left out."""
    return {part: said for part, said in zip(parts, keyword.split("|"), strict=True) if said != ANY}


def _joined(parts: Triple) -> str:
    return "|".join(part or ANY for part in parts)


def _combinations(parts: Triple) -> list[str]:
    choices = [(part, None) if part else (None,) for part in parts]
    return [_joined((one, two, three)) for one, two, three in product(*choices)]


def _each_once(triples: Iterable[Triple]) -> list[str]:
    return sorted({keyword for parts in triples for keyword in _combinations(parts)})


# Control characters (Unicode's Cc but line ends and tabs) and lone surrogates (Cs).
# And the two signs by which the engine marks the words that were found (engine/door.py).
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000\ue001]")


def source_key(name: str) -> str:
    """A source as it is indexed and asked: `LinkedIn ` and `linkedin` are one."""
    return _joinable(name)


def stage_key(name: str) -> str:
    """A stage as it is indexed and asked."""
    return _joinable(name)


def _joinable(name: str) -> str:
    """Folded, and without the signs that combined keywords are made with."""
    return fold(name).replace("|", "/").replace(ANY, "·")


def plain_text(text: str) -> str:
    """Text fit for the index: composed letters, and no control characters but ends of line and tabs."""
    return _UNFIT.sub("", unicodedata.normalize("NFC", text))
