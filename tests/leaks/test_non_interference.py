"""What changes out of a reader's sight changes no byte of any answer they get."""

from __future__ import annotations

import os

import pytest

from search.facets import FOR_EVERY_READER
from tests.installation import Installation
from tests.leaks.house import House, Reader, rebuilt
from tests.leaks.pages import CLOSED, PAGES
from tests.leaks.play import Course, Played
from tests.leaks.sessions import ENTRIES, OPEN, OWN, REFUSED

# To play a course again, or another one: LEAK_SEED and LEAK_PAIRS in the environment.
SEED = os.environ.get("LEAK_SEED", "1")
PAIRS = int(os.environ.get("LEAK_PAIRS", "300"))
PAIRS_OF_THE_LONG_SUITE = 10_000
# Of people and notices that the reader sees, of their own bell, of the answer itself. Nothing else is counted for them.
NUMBERS = {"total", "people", "alone", "unseen", "new", "seq", "years_experience", "status"}
# What the reader asked for or chose, said back: "last_days" of a search, and their own hours.
NUMBERS |= {"last_days", "digest_at", "digest_day", "working_days"}
# What is closed to managers, or needs a password or link that nobody here has.
CLOSED_PAGES = {
    *CLOSED,
    ("POST", "/logout"),
    ("POST", "/login"),
    ("POST", "/account/password"),
    ("POST", "/password/reset"),
    ("POST", "/invitation"),
    # Their own session is the only one.
    ("POST", "/account/sessions/{session}/end"),
}
# With more, hidden things pile up in one house and each round takes longer.
PAIRS_OF_A_HOUSE = 1_000


@pytest.fixture(scope="module")
def played(house: House, address: str) -> Played:
    """One course of pairs, which several tests look at."""
    return Course(house, SEED, address=address).play(PAIRS)


def none_leaked(played: Played, world: Installation, seed: str) -> None:
    """Else the same course is played once more up to there, and then change by change, to name the one that shows."""
    if played.leak is None:
        return
    one = Course(rebuilt(world), seed).explain(played.rounds)
    pytest.fail(f"{one or played.leak}\n(LEAK_SEED={seed} LEAK_PAIRS={played.pairs})", pytrace=False)


def test_two_worlds_that_differ_out_of_sight_give_the_same_bytes(played: Played, prepared: Installation) -> None:
    none_leaked(played, prepared, SEED)
    assert played.pairs >= PAIRS


@pytest.mark.skipif(PAIRS < 300, reason="fewer pairs were asked for")
def test_the_sessions_reach_what_could_tell(played: Played) -> None:
    """An answer that is never given cannot be compared."""
    # Pools of others are tried to be muted, never one of theirs: it would be so the next time, too.
    alone = {("GET", "/metrics"), ("PUT", "/v1/pools/{pool}/mute"), ("PUT", "/v1/pools/{pool}/notices")}
    # There is no mail server to send a test.
    alone.add(("POST", "/account/notices/test"))
    closed = {*REFUSED, *OWN, *(("POST", path) for path in OPEN), *alone}
    used = {" ".join(route) for route in (*ENTRIES, *PAGES) if route not in closed | CLOSED_PAGES}
    # A form that did something leads to another page.
    let_in = {
        f"{method} {path}"
        for reader, method, path, status in (what.split() for what in played.reached if "/" in what)
        if reader == Reader.MANAGER and (status.startswith("2") or status == "303")
    }
    assert let_in >= used, f"nobody was let in at {sorted(used - let_in)}"
    assert {f"manager facet {name}" for name in FOR_EVERY_READER} <= played.reached.keys()
    features = ("items", "next", "cursor", "facets", "hints", "marks", "similar_spelling")
    assert {f"manager search with {feature}" for feature in features} <= played.reached.keys()
    assert played.twins >= 50


def test_every_number_shown_is_known_and_ids_are_random(played: Played) -> None:
    """A number that counts up, such as a version or an id from a sequence, tells of what happens elsewhere."""
    numbers = {what.removeprefix("number: ") for what in played.reached if what.startswith("number: ")}
    assert numbers <= NUMBERS, numbers - NUMBERS
    assert {what for what in played.reached if what.startswith("id of version")} == {"id of version 4"}


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("number", range(PAIRS_OF_THE_LONG_SUITE // PAIRS_OF_A_HOUSE))
def test_ten_thousand_pairs_give_the_same_bytes(prepared: Installation, address: str, number: int) -> None:
    seed = f"{SEED}/long/{number}"
    none_leaked(Course(rebuilt(prepared), seed, address=address).play(PAIRS_OF_A_HOUSE), prepared, seed)
