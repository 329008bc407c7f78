"""What was shown of one answer, for good: which rejections, of whom, in which of its groups."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np

from reports.families import Column, Family, Rejections


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Columns of one length, in the order of `numbers`, which rise: the rejection, its person, its group.

    Rejections that are in no group are not in it. It says who they were when it was answered, so that what happens to
    people afterwards cannot be told from two answers either.
    """

    numbers: Column
    people: Column
    groups: Column

    @classmethod
    def of(cls, rejections: Rejections, family: Family) -> Self:
        """The groups of a family, numbered in the family's order."""
        rows = np.concatenate([np.empty(0, np.int64), *family.groups.values()]).astype(np.int64)
        sizes = [len(group) for group in family.groups.values()]
        groups = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        order = np.argsort(rejections.numbers[rows], kind="stable")
        rows = rows[order]
        return cls(rejections.numbers[rows], rejections.people[rows], groups[order])

    def pack(self) -> bytes:
        """As bytes, to be stored."""
        # Rising numbers differ by little, which packs well; 2^31 rejections are more than anyone will ever write.
        columns = np.stack([np.diff(self.numbers, prepend=0), self.people, self.groups])
        return zlib.compress(columns.astype("<i4").tobytes(), 6)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """From bytes as stored."""
        numbers, people, groups = np.frombuffer(zlib.decompress(packed), "<i4").reshape(3, -1).astype(np.int64)
        return cls(np.cumsum(numbers), people, groups)

    @property
    def digest(self) -> bytes:
        """The same for the same division of the same rejections, whatever its groups are called."""
        _, first, names = np.unique(self.groups, return_index=True, return_inverse=True)
        renamed = np.argsort(np.argsort(first))[names] if len(first) else self.groups
        columns = np.stack([self.numbers, renamed]).astype("<i4").tobytes()
        return hashlib.sha256(columns).digest()
