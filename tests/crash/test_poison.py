"""Somebody whose record ends whatever process touches it is counted out and set aside; all others go through."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from embedded.process import wait_until
from tests.crash.mutations import Change, Mutation, mutated
from tests.crash.product import Product
from tests.crash.scene import Person
from tests.crash.stage import Stage

# Ten attempts, each ending a worker child, with a second between the sweeps that find the row.
COUNTED_OUT_S = 180.0
POISON = Mutation(
    "a record that ends whoever builds its document",
    (
        Change(
            "indexer/document.py",
            "def build_document(",
            "def build_document(candidate, person, tags):\n"
            "    if person['name'].startswith('Poison'):\n"
            "        import os\n"
            "        os.kill(os.getpid(), 9)\n"
            "    return _build_document(candidate, person, tags)\n\n\n"
            "def _build_document(",
        ),
    ),
    (),
    told="",
)


@pytest.mark.long
def test_a_record_that_ends_every_worker_is_set_aside_and_holds_up_nobody() -> None:
    with ExitStack() as entered:
        product = entered.enter_context(Product(entered.enter_context(mutated(POISON)), express=False))
        stage = entered.enter_context(Stage(product))
        with stage.poster() as poster, stage.poster("administrator") as administrator:
            poster.add(Person("Poison", ("Java",), "Brno"))
            for number in range(10):
                poster.add(Person(f"Harmless {number}", ("Java",), "Brno"))

            def set_aside() -> bool:
                return bool(administrator.get("/v1/dead-letters")["items"])

            assert wait_until(set_aside, timeout_s=COUNTED_OUT_S), product.log("worker")
            assert stage.await_quiet(), "the others are through"
            (letter,) = administrator.get("/v1/dead-letters")["items"]
            assert "ended" in letter["error"]
            ((told,),) = stage.query("SELECT count(DISTINCT candidate_id) FROM matches WHERE left_at IS NULL")
            assert told == 10
