"""The crash tests can fail: copies of the product with a mistake in them are found out."""

from __future__ import annotations

import pytest

from tests.crash.mutations import MUTATIONS, Mutation, mutated
from tests.crash.product import Product
from tests.crash.run import play
from tests.crash.stage import Stage

# Work that nobody wakes for is not done later either; what is slow only because of the crash comes within seconds.
QUIET_S = 30.0


@pytest.mark.long
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mistake_is_found_out(mutation: Mutation) -> None:
    with mutated(mutation) as copy, Product(copy) as product, Stage(product) as stage:
        outcome = play(stage, 1, mutation.strikes, quiet_s=QUIET_S)
    assert any(mutation.told in sentence for sentence in outcome.wrong), outcome.wrong


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_text_that_a_mistake_changes_is_there(mutation: Mutation) -> None:
    with mutated(mutation) as copy:
        assert (copy / "core" / "broker.py").exists()
