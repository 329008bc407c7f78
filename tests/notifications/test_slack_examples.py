"""What docs/slack shows is what is posted, and Slack's own SDK takes it."""

from __future__ import annotations

import json

import pytest
from slack_sdk.models.blocks import Block

from tests.notifications.slack_examples import EXAMPLES, FOLDER, as_posted


def test_every_example_is_shown_and_nothing_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.json" for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_shown_is_what_is_posted(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text() == as_posted(name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sdk_finds_nothing_wrong_with_what_is_shown(name: str) -> None:
    shown = json.loads((FOLDER / f"{name}.json").read_text())["blocks"]
    parsed = Block.parse_all(shown)
    assert len(parsed) == len(shown)
    for block in parsed:
        assert type(block) is not Block, "a kind of block that the SDK knows"
        block.validate_json()
    assert [block.to_dict() for block in parsed] == shown
