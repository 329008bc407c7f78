"""A small model of the product in plain Python: who is in which pool, and who was told of whom.

No engine, no outbox and no SQL: criteria are sets of tags of which one must be there, and the parents' too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

READERS = ("administrator", "recruiter", "hiring_manager")


@dataclass
class Person:
    """A candidate as written, and as last worked off (`indexed`; None: never). `waiting`: by whom, and silently?"""

    tags: set[str]
    creator: str
    silent: bool
    created: int
    changed: int
    waiting: list[tuple[str, bool]]
    version: int = 1
    deleted: bool = False
    indexed: set[str] | None = None


@dataclass
class Folder:
    """A pool: what it asks, what was asked when it was last registered (`live`, with the pools above), who is in."""

    any_of: set[str]
    parent: int | None
    created: int
    asked: int
    waiting: bool = True
    deleted: bool = False
    live: list[set[str]] | None = None
    members: set[int] = field(default_factory=set)


class Model:
    """The world as it should be."""

    def __init__(self) -> None:
        self.people: list[Person] = []
        self.pools: list[Folder] = []
        self.tracking: set[tuple[str, int]] = set()
        # By reader, person and the person's version: the pools the notice still speaks of.
        self.notices: dict[tuple[str, int, int], set[int]] = {}
        self._clock = count(1)

    # -- what people do --

    def create(self, tags: set[str], actor: str, *, silent: bool = False) -> None:
        now = next(self._clock)
        self.people.append(Person(set(tags), actor, silent, now, now, [(actor, silent)]))

    def tag(self, person: int, tag: str, actor: str) -> None:
        if tag not in self.people[person].tags:
            self.people[person].tags.add(tag)
            self.edit(person, actor)

    def untag(self, person: int, tag: str, actor: str) -> None:
        if tag in self.people[person].tags:
            self.people[person].tags.discard(tag)
            self.edit(person, actor)

    def edit(self, person: int, actor: str) -> None:
        one = self.people[person]
        one.version += 1
        one.changed = next(self._clock)
        one.waiting.append((actor, False))

    def delete(self, person: int, actor: str) -> None:
        self.people[person].deleted = True
        self.edit(person, actor)

    def make_pool(self, any_of: set[str], parent: int | None) -> None:
        now = next(self._clock)
        self.pools.append(Folder(set(any_of), parent, now, now))

    def ask_otherwise(self, pool: int, any_of: set[str]) -> None:
        if any_of == self.pools[pool].any_of:
            return
        self.pools[pool].any_of = set(any_of)
        now = next(self._clock)
        for number, each in enumerate(self.pools):
            if pool in self._upwards(number) and not each.deleted:
                each.asked, each.waiting = now, True

    def delete_pool(self, pool: int) -> None:
        self.pools[pool].deleted = self.pools[pool].waiting = True

    def has_below(self, pool: int) -> bool:
        return any(each.parent == pool and not each.deleted for each in self.pools)

    # -- what the worker does --

    def register(self) -> None:
        for number, pool in enumerate(self.pools):
            if not pool.waiting:
                continue
            pool.waiting = False
            pool.live = None if pool.deleted else [self.pools[each].any_of for each in self._upwards(number)]
            found = {n for n, one in enumerate(self.people) if not one.deleted and self._asks(pool, one.indexed)}
            before, pool.members = pool.members, found
            for gone in before - found:
                self._forget(gone, number)
            for n in found - before:
                # Who came since the pool asks this is news; who was there fills the folder.
                one = self.people[n]
                if one.created > pool.asked and not one.silent:
                    self._tell(n, {number}, one.creator)

    def match(self) -> None:
        for n, one in enumerate(self.people):
            if not one.waiting:
                continue
            since = one.created if one.indexed is None else one.changed
            one.indexed = set(one.tags)
            entered: set[int] = set()
            for number, pool in enumerate(self.pools):
                if pool.live is None or pool.deleted:
                    continue
                inside = not one.deleted and self._asks(pool, one.indexed)
                if inside and n not in pool.members:
                    pool.members.add(n)
                    if since > pool.created:
                        entered.add(number)
                elif not inside and n in pool.members:
                    pool.members.discard(n)
                    self._forget(n, number)
            loud = {actor for actor, silent in one.waiting if not silent}
            one.waiting = []
            if loud:
                self._tell(n, entered, next(iter(loud)) if len(loud) == 1 else None)

    def _asks(self, pool: Folder, tags: set[str] | None) -> bool:
        return pool.live is not None and tags is not None and all(any_of & tags for any_of in pool.live)

    def _upwards(self, pool: int) -> list[int]:
        parent = self.pools[pool].parent
        return [pool] if parent is None else [pool, *self._upwards(parent)]

    def _covers(self, reader: str, pool: int) -> bool:
        return any((reader, each) in self.tracking for each in self._upwards(pool))

    def _tell(self, person: int, entered: set[int], actor: str | None) -> None:
        for reader in READERS:
            covered = {number for number in entered if self._covers(reader, number)}
            if covered and reader != actor:
                self.notices.setdefault((reader, person, self.people[person].version), set()).update(covered)

    def _forget(self, person: int, pool: int) -> None:
        for (_, whom, _), pools in self.notices.items():
            if whom == person:
                pools.discard(pool)

    # -- what is seen --

    def folder(self, pool: int) -> set[int]:
        """Who is in the pool's folder, as it is shown."""
        return {n for n in self.pools[pool].members if not self.people[n].deleted}

    def bell(self, reader: str) -> list[tuple[int, list[int]]]:
        """Of whom the reader's bell tells, and in which pools; sorted."""
        listed = []
        for (whose, person, _), pools in self.notices.items():
            seen = sorted(
                pool
                for pool in pools
                if not self.pools[pool].deleted and person in self.folder(pool) and self._covers(reader, pool)
            )
            if whose == reader and seen:
                listed.append((person, seen))
        return sorted(listed)
