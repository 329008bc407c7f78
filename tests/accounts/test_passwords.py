"""Which passwords are taken, and that no flood of them takes the machine."""

from __future__ import annotations

import threading
import time
from typing import Any

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import passwords as rules
from accounts.passwords import AT_ONCE, LONGEST, MOST_THREADS, SHORTEST, Passwords, check
from core.errors import Invalid, Unavailable

OWN = ("jana.novakova@example.com", "Jana Nováková Dlouhá")


def refusal(password: str) -> str:
    """Why a password is refused."""
    with pytest.raises(Invalid) as refused:
        check(password, "body.password", OWN)
    (problem,) = refused.value.problems
    assert problem.place == "body.password"
    assert password not in f"{refused.value.detail} {problem.message}" or len(password) < 3
    return problem.message


@pytest.mark.parametrize("password", ["", "a", "x" * (SHORTEST - 1), "ž" * (SHORTEST - 1)])
def test_a_short_password_is_refused(password: str) -> None:
    assert "at least 12" in refusal(password)


def test_a_password_longer_than_any_sentence_is_refused() -> None:
    assert "at most 256" in refusal("x" * (LONGEST + 1))
    check("x" * LONGEST, "body.password", OWN)


@pytest.mark.parametrize("password", ["password1234", "PASSWORD1234", "qwertyuiop123", "１２３４５６７８９０１２３"])
def test_what_everybody_tries_first_is_refused_in_any_case_and_width(password: str) -> None:
    assert "first" in refusal(password)


@pytest.mark.parametrize(
    "password",
    [
        OWN[0],
        OWN[0].upper(),
        "jana.novakova",
        OWN[1],
        OWN[1].lower(),
        "JanaNovákováDlouhá",
        "Jana Nova\u0301kova\u0301 Dlouha\u0301",
    ],
)
def test_one_s_own_name_and_address_are_refused(password: str) -> None:
    assert "your name or your e-mail" in refusal(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "žluťoučký kůň", "aaaaaaaaaaaab", "日本語日本語日本語日本語"]
)
def test_nothing_is_asked_of_the_letters_of_a_password(password: str) -> None:
    check(password, "body.password", OWN)


def test_every_line_of_the_list_of_common_ones_could_be_chosen() -> None:
    assert len(rules._common()) > 300
    assert all(len(each) >= SHORTEST and each == each.casefold() for each in rules._common())


# As cheap as the library allows: what is shown here does not depend on the cost.
CHEAP: dict[str, Any] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=LONGEST))
def test_a_password_matches_its_own_hash_and_no_other(password: str) -> None:
    kept = Passwords(argon2.PasswordHasher(**CHEAP))
    stored = kept.hash(password)
    assert kept.matches(stored, password)
    assert not kept.matches(stored, f"{password}x")
    assert not kept.matches(None, password)
    assert not kept.matches("no hash at all", password)
    assert kept.hash(password) != stored


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    kept = Passwords(argon2.PasswordHasher(**CHEAP))
    assert kept.matches(kept.hash("z\u030clut\u030couc\u030cky\u0301 ku\u030an\u030c"), "žluťoučký kůň")


class Slow(argon2.PasswordHasher):
    """A hasher that says how many compute at once."""

    def __init__(self) -> None:
        super().__init__(**CHEAP)
        self.lock = threading.Lock()
        self.now = self.most = 0

    def verify(self, *arguments: Any) -> Any:
        """Compare slowly."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.1)
        with self.lock:
            self.now -= 1
        return super().verify(*arguments)


def test_a_flood_holds_few_threads_and_computes_two_at_a_time() -> None:
    slow = Slow()
    kept = Passwords(slow)
    stored = kept.hash("correct horse battery staple")
    together = threading.Barrier(40)
    outcomes: list[bool | None] = []

    def attempt() -> None:
        together.wait()
        try:
            outcomes.append(kept.matches(stored, "correct horse battery staple"))
        except Unavailable:
            outcomes.append(None)

    flood = [threading.Thread(target=attempt) for _ in range(40)]
    for each in flood:
        each.start()
    for each in flood:
        each.join()
    assert slow.most == AT_ONCE
    assert outcomes.count(True) >= MOST_THREADS
    assert outcomes.count(None) == 40 - outcomes.count(True)
    assert outcomes.count(None) > 0
    # And afterwards everything is as before.
    assert kept.matches(stored, "correct horse battery staple")


def test_who_would_wait_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PATIENCE_S", 0.01)
    slow = Slow()
    kept = Passwords(slow)
    stored = kept.hash("correct horse battery staple")
    busy = [threading.Thread(target=kept.matches, args=(stored, "x")) for _ in range(AT_ONCE)]
    for each in busy:
        each.start()
    while slow.now < AT_ONCE:
        time.sleep(0.001)
    with pytest.raises(Unavailable, match="Too many people"):
        kept.matches(stored, "x")
    for each in busy:
        each.join()
