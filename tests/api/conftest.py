"""Fixtures of the API's tests: an installation that the tests of one module share, with one of everything in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.scene import People, Scene, people, scene
from tests.installation import Installation


@pytest.fixture(scope="module")
def house(prepared: Installation) -> Iterator[Installation]:
    """An installation for a module whose tests do not mind each other. Not beside `world`, which empties it."""
    prepared.empty()
    prepared.add_users()
    with prepared.answering():
        yield prepared


@pytest.fixture
def emptied(house: Installation) -> Installation:
    """The same with nobody and nothing in it, for a test that counts. Not beside `everybody`, who would be gone."""
    house.empty()
    house.add_users()
    return house


@pytest.fixture(scope="module")
def everybody(house: Installation) -> People:
    """One of every persona."""
    return people(house)


@pytest.fixture(scope="module")
def stage(house: Installation, everybody: People) -> Scene:
    """One of everything, to ask about; nobody takes any of it away."""
    return scene(house, everybody)
