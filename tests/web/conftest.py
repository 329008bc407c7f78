"""Fixtures of the pages' tests: the same installation, people and scene as the API's."""

from __future__ import annotations

from tests.api.conftest import emptied, everybody, house, stage

__all__ = ["emptied", "everybody", "house", "stage"]
