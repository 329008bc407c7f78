"""Passwords: which are taken, how they are kept, and how many are computed at once.

Argon2id with the parameters its library recommends costs 64 MB and a tenth of a second or two. Two at a time, and a
short queue before them: whoever sends thousands of log-ins takes neither all threads nor all memory.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.digest import new_secret
from core.errors import Invalid, Problem, Unavailable

SHORTEST = 12
LONGEST = 256
# Each occupies several lanes of its own; more at once are slower one by one and need 64 MB each.
AT_ONCE = 2
# Of the 40 threads of an API process those that compute or wait to compute; whoever comes then is told to come again.
MOST_THREADS = 10
# Who waited this long would rather be told.
PATIENCE_S = 5.0


class Passwords:
    """Hashing and comparing, bounded. One of them a process."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher = hasher
        self._computing = threading.BoundedSemaphore(AT_ONCE)
        self._waiting = threading.BoundedSemaphore(MOST_THREADS)
        # What is compared where there is no password: of the same cost, and nobody knows it.
        self._nobodys = hasher.hash(new_secret())

    def hash(self, password: str) -> str:
        """What is stored of a password."""
        with self._place():
            return self.hasher.hash(_normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password. One comparison in any case: where nothing is stored, with nobody's."""
        with self._place():
            try:
                right = self.hasher.verify(stored or self._nobodys, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than new ones are."""
        return self.hasher.check_needs_rehash(stored)

    @contextmanager
    def _place(self) -> Iterator[None]:
        busy = "Too many people are signing in at this moment; try again in a few seconds."
        if not self._waiting.acquire(blocking=False):
            raise Unavailable(busy)
        try:
            if not self._computing.acquire(timeout=PATIENCE_S):
                raise Unavailable(busy)
            try:
                yield
            finally:
                self._computing.release()
        finally:
            self._waiting.release()


@lru_cache(maxsize=1)
def passwords() -> Passwords:
    """The one of this process."""
    return Passwords(PasswordHasher())


def check(password: str, place: str, own: Iterable[str]) -> None:
    """Refuse a password that is too short, too long, the user's own name or address, or one everybody tries first.

    Nothing is asked of the letters in it: such rules make people write `Password1!`.
    """
    plain = _normal(password).casefold()
    if len(password) < SHORTEST:
        message = f"A password has at least {SHORTEST} characters; a few words in a row are easy to keep in mind."
    elif len(password) > LONGEST:
        message = f"A password has at most {LONGEST} characters."
    elif plain in _common():
        message = "This password is among the first that anybody would try; choose another."
    elif plain in _own(own):
        message = "This password is your name or your e-mail address; choose another."
    else:
        return
    raise Invalid("This password cannot be used.", problems=(Problem(place, message),))


def _own(names: Iterable[str]) -> set[str]:
    """Names and addresses as they might be typed."""
    plain = {_normal(name).casefold() for name in names}
    return plain | {name.replace(" ", "") for name in plain} | {name.partition("@")[0] for name in plain}


def _normal(password: str) -> str:
    """One form for what looks alike: keyboards differ in how they make an `á`."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = files("accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
