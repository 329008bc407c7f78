"""Index names as values: `{prefix}-{kind}-{version}-{n}` behind the alias `{prefix}-{kind}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Self

from core.settings import settings

Kind = Literal["candidates", "pools"]
KINDS: tuple[Kind, ...] = ("candidates", "pools")

_NAME = re.compile(
    r"(?P<prefix>[a-z0-9_-]+)-(?P<kind>candidates|pools)-(?P<version>[0-9a-f]{8})-(?P<n>[1-9][0-9]{0,8})"
)


@dataclass(frozen=True, slots=True)
class IndexName:
    """One concrete index. `version` is the mapping it was made with, `n` counts the indexes made with that one."""

    prefix: str
    kind: Kind
    version: str
    n: int

    def __str__(self) -> str:
        return f"{alias(self.prefix, self.kind)}-{self.version}-{self.n}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The value of a name; ValueError for a name that is not ours."""
        found = _NAME.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not the name of an index of this product.")
        kind: Kind = "candidates" if found["kind"] == "candidates" else "pools"
        return cls(found["prefix"], kind, found["version"], int(found["n"]))


def serving_candidates() -> str:
    """The alias that candidates are read by, of this installation."""
    return alias(settings().index_prefix, "candidates")


def alias(prefix: str, kind: Kind) -> str:
    """The name that readers use; which index stands behind it changes in one step."""
    return f"{prefix}-{kind}"
