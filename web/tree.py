"""Pools as folders beside a search: a tree with what each holds of the people found, and what is chosen of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api.facets import FacetView
from web.criteria import Pairs, address
from web.facets import Beside, Shown

# So many folders are looked over; beyond them one searches.
MANY = 12
# So many stand there by themselves, because each is counted and written with every click; the others by one more click.
FEW, EVERY = 30, 100
KEY = "pools"


class Listed(Protocol):
    """A folder as the API lists it."""

    @property
    def id(self) -> uuid.UUID:
        """Of the pool."""

    @property
    def name(self) -> str:
        """Of the pool."""

    @property
    def parent(self) -> uuid.UUID | None:
        """The folder it lies in."""

    @property
    def deeper(self) -> bool:
        """Whether others lie in it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as shown. `people` are those of the search that are in it (None: not counted)."""

    id: str
    name: str
    people: int | None
    new: int
    chosen: bool
    excluded: bool
    turn: str
    is_open: bool
    inside: Sequence[Folder] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The folders at the top with what is open in them. `many` says that one would search in it; `full` shows all."""

    tops: Sequence[Folder]
    many: bool
    find: str
    full: str = ""


def chosen_pools(pairs: Pairs) -> list[uuid.UUID]:
    """The pools that a question names, as far as these are ids."""
    found = []
    for name, value in pairs:
        if name in ("pool", "pool.all", "pool.not"):
            try:
                found.append(uuid.UUID(value))
            except ValueError:
                continue
    return found[:50]


def most_of(shown: Shown) -> int:
    """How many folders to ask for: one more than are shown tells that there are others.

    Whoever opened a folder wants all that is in it, and whoever searches all that is found.
    """
    return EVERY if KEY in shown.all or shown.folders or shown.find.get(KEY) else FEW + 1


def few_of(folders: Sequence[Listed], chosen: Sequence[uuid.UUID], shown: Shown) -> tuple[list[Listed], bool]:
    """Those that are shown, with all that are chosen among them; and whether there are others."""
    if most_of(shown) == EVERY or len(folders) <= FEW:
        return list(folders), False
    others = [folder.id for folder in folders if folder.id not in chosen]
    left_out = set(others[max(0, FEW - (len(folders) - len(others))) :])
    return [folder for folder in folders if folder.id not in left_out], True


def grown(
    folders: Sequence[Listed],
    counted: Mapping[str, FacetView],
    new: Mapping[uuid.UUID, int],
    beside: Beside,
    *,
    more: bool = False,
) -> Tree:
    """The tree as it stands, with the numbers of this search and of what is new; `more`: there are other folders."""
    people = {value["key"]: value["people"] for value in counted["pools"]["values"]} if "pools" in counted else {}
    find = beside.shown.find.get(KEY, "")
    known = {folder.id for folder in folders}
    below: dict[uuid.UUID | None, list[Listed]] = {}
    for folder in folders:
        # What is found by its name stands by itself.
        above = folder.parent if folder.parent in known and not find else None
        below.setdefault(above, []).append(folder)
    chosen = {value for name, value in beside.pairs if name == "pool"}
    excluded = {value for name, value in beside.pairs if name == "pool.not"}

    def grow(folder: Listed) -> Folder:
        id_ = str(folder.id)
        turn = address(beside.base, [*beside.pairs, *beside.also, *beside.shown.turned(id_)])
        return Folder(
            id=id_,
            name=folder.name,
            people=people.get(id_),
            new=new.get(folder.id, 0),
            chosen=id_ in chosen,
            excluded=id_ in excluded and id_ not in chosen,
            turn=turn if folder.deeper and not find else "",
            is_open=beside.shown.is_open(id_),
            inside=[grow(each) for each in below.get(folder.id, ())],
        )

    full = address(beside.base, [*beside.pairs, *beside.also, *beside.shown.in_full(KEY)]) if more else ""
    return Tree([grow(each) for each in below.get(None, ())], len(folders) > MANY or bool(find), find, full)


def boxes_of(tree: Tree) -> set[tuple[str, str]]:
    """What is chosen, or searched for, and has a field in the tree."""
    every = list(_every(tree.tops))
    return {
        *(("pool", each.id) for each in every if each.chosen),
        *(("pool.not", each.id) for each in every if each.excluded),
        *([("find.pools", tree.find)] if tree.find else []),
    }


def names_in(folders: Iterable[Listed]) -> dict[str, str]:
    """What the folders are called, by id."""
    return {str(folder.id): folder.name for folder in folders}


def _every(folders: Sequence[Folder]) -> Iterable[Folder]:
    for folder in folders:
        yield folder
        yield from _every(folder.inside)
