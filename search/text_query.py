"""Full text as people type it: words, "phrases", AND, OR, NOT and - in any case, parentheses.

Words beside each other must all occur. Whatever is typed gives a question or a problem, never an error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from search.question import Phrase, Question, Word, either, every, negation

# Deeper nesting than any person means; it also bounds the recursion below.
MOST_DEPTH = 20
# Words in one question: each is a clause for the engine.
MOST_WORDS = 100

_QUOTES = '"“”„‟«»'
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    | (?P<open>\() | (?P<close>\))
    | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]
    | (?P<unclosed>[{_QUOTES}])
    | (?P<minus>-)(?=[^\s)])
    | (?P<word>[^\s(){_QUOTES}]+)
    """,
    re.VERBOSE,
)
_OPERATORS = {"and": "and", "or": "or", "not": "not"}


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong, the character it begins at (from 0), and the text that was probably meant."""

    position: int
    message: str
    correction: str


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse_text(text: str) -> Question | TextProblem:
    """The question the text asks, made of Word and Phrase atoms."""
    try:
        return _Parser(text).question()
    except _Stop as stop:
        return stop.problem


class _Stop(Exception):
    """Leaves the recursion with a finished answer; never seen outside."""

    def __init__(self, position: int, message: str, correction: str) -> None:
        super().__init__(message)
        self.problem = TextProblem(position, message, " ".join(correction.split()))


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0

    def question(self) -> Question:
        if not self.tokens:
            raise _Stop(0, "There is no word to look for.", "")
        found = self._either(0)
        if self.at < len(self.tokens):
            extra = self.tokens[self.at]
            raise _Stop(extra.start, "This parenthesis closes nothing.", self._without(extra))
        return found

    def _tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        for found in _TOKEN.finditer(self.text):
            kind = found.lastgroup or "space"
            value = found[kind] or ""
            if kind == "unclosed":
                raise _Stop(found.start(), "This quotation mark is not closed.", f'{self.text}"')
            if kind == "word":
                kind = _OPERATORS.get(value.casefold(), "word")
            # Signs alone are no word: the analysis would find nothing in them, and "R & D" would find nobody.
            if kind == "space" or (kind in ("word", "phrase") and not _has_letter_or_digit(value)):
                continue
            tokens.append(_Token(kind, value, found.start(), found.end()))
        words = [token for token in tokens if token.kind in ("word", "phrase")]
        if len(words) > MOST_WORDS:
            cut = words[MOST_WORDS].start
            raise _Stop(cut, f"More than {MOST_WORDS} words are too many for one question.", self.text[:cut])
        return tokens

    def _either(self, depth: int) -> Question:
        parts = [self._every(depth)]
        while self._next_is("or"):
            self.at += 1
            parts.append(self._every(depth))
        return either(parts)

    def _every(self, depth: int) -> Question:
        parts = [self._one(depth)]
        while self._next_is("and", "word", "phrase", "open", "not", "minus"):
            if self._next_is("and"):
                self.at += 1
            parts.append(self._one(depth))
        return every(parts)

    def _one(self, depth: int) -> Question:
        negated = False
        while self._next_is("not", "minus"):
            negated = not negated
            self.at += 1
        found = self._plain(depth)
        return negation(found) if negated else found

    def _plain(self, depth: int) -> Question:
        if self.at == len(self.tokens):
            last = self.tokens[-1]
            raise _Stop(last.start, f"A word is missing after “{_shown(last)}”.", self._without(last))
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "word":
            return Word(token.text)
        if token.kind == "phrase":
            return Phrase(" ".join(token.text.split()))
        if token.kind == "open":
            return self._inside(token, depth)
        if token.kind == "close":
            before = self.tokens[self.at - 2] if self.at > 1 else token
            emptied = before if before.kind == "open" else token
            raise _Stop(token.start, "There is nothing before this parenthesis.", self._without(emptied, token))
        raise _Stop(token.start, f"A word is missing before “{_shown(token)}”.", self._without(token))

    def _inside(self, opening: _Token, depth: int) -> Question:
        if depth == MOST_DEPTH:
            raise _Stop(opening.start, "The parentheses are nested too deeply.", self.text[: opening.start])
        if self.at == len(self.tokens):
            raise _Stop(opening.start, "There is nothing after this parenthesis.", self._without(opening))
        found = self._either(depth + 1)
        if not self._next_is("close"):
            raise _Stop(opening.start, "This parenthesis is not closed.", f"{self.text})")
        self.at += 1
        return found

    def _next_is(self, *kinds: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].kind in kinds

    def _without(self, first: _Token, last: _Token | None = None) -> str:
        return f"{self.text[: first.start]} {self.text[(last or first).end :]}"


def _has_letter_or_digit(text: str) -> bool:
    return any(unicodedata.category(char)[0] == "L" or unicodedata.category(char) == "Nd" for char in text)


def _shown(token: _Token) -> str:
    return {"minus": "-", "open": "(", "close": ")"}.get(token.kind, token.text)
