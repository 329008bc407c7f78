"""The world the properties are drawn from is fit for it."""

from __future__ import annotations

from itertools import combinations

from engine.client import Engine
from mappings.analysis import WORDS as ANALYZER
from tests.on_engine import OwnIndexes
from tests.search.world import WORDS, spelled


def test_no_two_words_of_the_world_share_a_form(engine: Engine, shared_indexes: OwnIndexes) -> None:
    forms: dict[str, set[str]] = {}
    for word in WORDS:
        spellings = " ".join(spelled(word, how) for how in range(4))
        answer = engine.call("GET", f"/{shared_indexes.pools}/_analyze", {"analyzer": ANALYZER, "text": spellings})
        forms[word] = {token["token"] for token in answer["tokens"]}
    for one, other in combinations(WORDS, 2):
        assert not forms[one] & forms[other], (one, other)
