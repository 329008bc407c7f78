"""Words of a text that are written nearly like one that was asked for, found as the engine finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import OSA

from core.text import fold
from engine.door import FRAGMENT_CHARACTERS, FRAGMENTS, MARK, MARK_END
from search.question import Word
from search.wording import errors_allowed

_WORDS = re.compile(r"\w+")
# As of programátorkami.
LONGEST_ENDING = 6


def marked_nearly(word: Word, texts: Sequence[str]) -> list[str]:
    """Pieces of these texts around words that are nearly this one, which stand between MARK and MARK_END.

    None where the text holds no such word. The first letter must be right, as in the engine's own look
    (`wording.nearly`).
    """
    asked = [one for one in _WORDS.findall(fold(word.text)) if errors_allowed(one)]
    pieces = (_piece(text, *place) for text in texts for one in asked for place in _near(text, one))
    return list(dict.fromkeys(islice(pieces, FRAGMENTS)))


def _near(text: str, asked: str) -> Iterator[tuple[int, int]]:
    allowed = errors_allowed(asked)
    # Few words of a text begin alike, and only those are worth a closer look.
    for found in _beginning(asked[0]).finditer(text):
        written = fold(found[0])
        forms = [written]
        if len(asked) < len(written) <= len(asked) + LONGEST_ENDING:
            # The engine knows words without their endings, too.
            forms.append(written[: len(asked)])
        if written[:1] == asked[0] and any(
            OSA.distance(form, asked, score_cutoff=allowed) <= allowed for form in forms
        ):
            yield found.span()


@lru_cache(maxsize=256)
def _beginning(letter: str) -> re.Pattern[str]:
    """Words that begin with this letter, in either case; or with one that is not plain, which may fold to it."""
    return re.compile(rf"\b(?:{re.escape(letter)}|{re.escape(letter.upper())}|[^\x00-\x7f])\w*")


def _piece(text: str, start: int, end: int) -> str:
    """So many characters of the text around the word, cut between words."""
    around = max(0, FRAGMENT_CHARACTERS - (end - start)) // 2
    first = text.find(" ", max(0, start - around), start) + 1 if start > around else 0
    last = text.rfind(" ", end, end + around) if end + around < len(text) else len(text)
    last = last if last >= end else end
    first = first or (0 if start <= around else start)
    return f"{text[first:start]}{MARK}{text[start:end]}{MARK_END}{text[end:last]}"
