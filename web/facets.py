"""Facets beside a question: which are open, what to ask of the API for them, and what the page shows of its answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from api.facets import FacetAsked, FacetValue, FacetView
from core.text import fold
from search.facets import FOR_EVERY_READER, FacetName
from web.criteria import Names, Pairs, address, word_of
from web.languages import Language
from web.wording import noted

# As many values as one looks over; more of them by a click, and all by searching in the facet.
FEW = 8
MANY = 40
# Marks, in the address, what is open, shut again, shown in full, and what is searched for in a facet.
OPEN, SHUT, ALL, FIND = "open", "shut", "all", "find."


@dataclass(frozen=True, slots=True)
class Spec:
    """A facet as pages have it: the criterion its boxes are, and whether a value can be excluded."""

    facet: FacetName
    name: str
    title: str
    # Opened by itself: those that are asked for with every search.
    always: bool = False

    @property
    def excluded(self) -> str:
        """The name of the criterion that excludes a value."""
        if "." not in self.name:
            return f"{self.name}.not"
        return self.name.replace(".", ".not.", 1)


SPECS: tuple[Spec, ...] = (
    Spec("tags", "tag", noted("Skills"), always=True),
    Spec("locations", "location", noted("Places"), always=True),
    Spec("experience", "experience", noted("Experience"), always=True),
    Spec("languages", "language", noted("Languages"), always=True),
    Spec("labels", "tag", noted("Labels")),
    Spec("internal", "tag", noted("Internal tags")),
    Spec("sources", "source", noted("Sources")),
    Spec("positions", "applied.position", noted("Positions")),
    Spec("stages", "applied.stage", noted("Stages")),
    Spec("reasons", "rejected.reason", noted("Rejection reasons")),
)
# Opened like facets, but made of fields of their own.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "added": ("created.days", "created.from", "created.to"),
    "rejections": ("rejected.never", "rejected.by", "rejected.since"),
}
PERIODS = (7, 30, 90, 365)
TITLES = {"added": noted("Added"), "rejections": noted("Rejections")}


@dataclass(frozen=True, slots=True)
class Shown:
    """How the facets are looked at: what of the address is about the page and not about people."""

    open: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    find: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Shown:
        """As an address or a form says."""
        said = ((name, _searchable(value).strip()[:100]) for name, value in pairs)
        given = [(name, value) for name, value in said if value]

        def named(wanted: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(value for name, value in given if name == wanted))[:100]

        find = {name.removeprefix(FIND): value for name, value in given if name.startswith(FIND)}
        return cls(named(OPEN), named(SHUT), named(ALL), find)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same in an address."""
        return [
            *((OPEN, each) for each in self.open),
            *((SHUT, each) for each in self.shut),
            *((ALL, each) for each in self.all),
            *((f"{FIND}{facet}", text) for facet, text in sorted(self.find.items())),
        ]

    def is_open(self, key: str, *, by_itself: bool = False) -> bool:
        """Whether this is open."""
        return key in self.open or (by_itself and key not in self.shut)

    def turned(self, key: str, *, by_itself: bool = False) -> list[tuple[str, str]]:
        """The address in which it is open instead of shut, or the other way round."""
        opened, shut = [each for each in self.open if each != key], [each for each in self.shut if each != key]
        find, everything = {k: v for k, v in self.find.items() if k != key}, tuple(k for k in self.all if k != key)
        if self.is_open(key, by_itself=by_itself):
            shut += [key] if by_itself else []
        else:
            opened += [] if by_itself else [key]
        return Shown(tuple(opened), tuple(shut), everything, find).pairs

    def in_full(self, facet: str) -> list[tuple[str, str]]:
        """The address in which more values of a facet are shown."""
        return Shown(self.open, self.shut, (*self.all, facet), self.find).pairs

    @property
    def folders(self) -> list[uuid.UUID]:
        """The folders that are open."""
        return [each for each in map(_id, self.open) if each is not None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many people it would leave (None: not counted), and what is chosen of it."""

    value: str
    label: str
    people: int | None
    chosen: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A facet as shown. `turn` is the address that opens or shuts it, `full` the one with more values."""

    key: str
    name: str
    without: str
    title: str
    is_open: bool
    turn: str
    choices: Sequence[Choice] = ()
    more: bool = False
    full: str = ""
    find: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a group of fields. `days` are periods to choose from."""

    key: str
    title: str
    is_open: bool
    turn: str
    days: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The controls beside a question: `pairs` ask it, `base` and `also` are what else its page's address is made of."""

    pairs: Pairs
    shown: Shown
    language: Language
    staff: bool
    base: str
    also: Pairs = ()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says beside the question."""
        return [*self.also, *self.shown.pairs]

    @property
    def specs(self) -> list[Spec]:
        """The facets that this reader has."""
        return [spec for spec in SPECS if self.staff or spec.facet in FOR_EVERY_READER]

    def to_ask(self, folders: Sequence[uuid.UUID] = ()) -> tuple[FacetAsked, ...]:
        """What is counted beside the people: the facets that are open, and these folders."""
        asked = [
            FacetAsked(
                name=spec.facet,
                size=MANY if spec.facet in self.shown.all or spec.facet in self.shown.find else FEW,
                search=self.shown.find.get(spec.facet, ""),
            )
            for spec in self.specs
            if self._is_open(spec)
        ]
        return (*asked, *pools_to_ask(folders))

    def panels(self, views: Mapping[str, FacetView], names: Names) -> list[Panel]:
        """The facets as they are shown. Whatever is chosen is among the values of the facet it belongs to."""
        return [self._panel(spec, views, names) for spec in self.specs]

    def heads(self) -> list[Head]:
        """The groups of fields. One in which something stands is open by itself."""
        said = {name for name, _ in self.pairs}
        days = [(str(n), self.language.many("%(n)s day", "%(n)s days", n)) for n in PERIODS]
        found = []
        for key, fields in FIELDS.items():
            by_itself = bool(said.intersection(fields))
            turn = self._address(self.shown.turned(key, by_itself=by_itself))
            is_open = self.shown.is_open(key, by_itself=by_itself)
            found.append(Head(key, self.language.say(TITLES[key]), is_open, turn, days))
        return found

    def unseen(self, panels: Sequence[Panel], shown: Collection[tuple[str, str]] = ()) -> list[tuple[str, str]]:
        """What is asked or kept and no control carries, so that the form has to.

        Words stand in the search box; `shown` are other values that have a box, such as folders.
        """
        fields = {"q", *(name for head in self.heads() if head.is_open for name in FIELDS[head.key])}
        boxes = {*shown_values(panels), *shown}
        found = [f"{FIND}{panel.key}" for panel in panels if panel.is_open and (panel.more or panel.find)]
        return [
            *(pair for pair in self.pairs if pair not in boxes and pair[0] not in fields),
            *(pair for pair in self.kept if pair[0] not in found and pair not in shown),
        ]

    def _panel(self, spec: Spec, views: Mapping[str, FacetView], names: Names) -> Panel:
        turn = self._address(self.shown.turned(spec.facet, by_itself=self._by_itself(spec)))
        title = self.language.say(spec.title)
        view = views.get(spec.facet)
        if view is None:
            return Panel(spec.facet, spec.name, spec.excluded, title, self._is_open(spec), turn)
        full = self._address(self.shown.in_full(spec.facet))
        return Panel(
            spec.facet,
            spec.name,
            spec.excluded,
            title,
            True,
            turn,
            self._choices(spec, view, views, names),
            view["more"],
            full if view["more"] and spec.facet not in self.shown.all else "",
            self.shown.find.get(spec.facet, ""),
            counted=True,
        )

    def _choices(self, spec: Spec, view: FacetView, views: Mapping[str, FacetView], names: Names) -> list[Choice]:
        chosen, excluded = _said(spec.name, self.pairs), _said(spec.excluded, self.pairs)
        found: list[Choice] = []
        for value in view["values"]:
            # The value as it was asked for, so that the box stands for what the address says.
            spellings = _spelt(value)
            said = next((chosen.pop(each) for each in list(chosen) if each in spellings), None)
            against = next((excluded.pop(each) for each in list(excluded) if each in spellings), None)
            named = spec.facet not in ("experience", "languages", "stages")
            label = value["name"] if named else word_of(spec.name, value["key"], names, self.language)
            given = said or against or value["key"]
            found.append(Choice(given, label, value["people"], said is not None, against is not None and said is None))
        if spec.facet in ("labels", "internal"):
            # What is not found in one of these stands among the skills, whatever kind of tag it is.
            return found
        kinds = [views[kind] for kind in ("labels", "internal") if spec.facet == "tags" and kind in views]
        elsewhere = {spelt for kind in kinds for value in kind["values"] for spelt in _spelt(value)}
        rest = [
            Choice(value, word_of(spec.name, value, names, self.language), None, how == "in", how == "out")
            for how, said_so in (("in", chosen), ("out", excluded))
            for folded, value in said_so.items()
            if folded not in elsewhere
        ]
        return rest + found

    def _is_open(self, spec: Spec) -> bool:
        return self.shown.is_open(spec.facet, by_itself=self._by_itself(spec))

    def _by_itself(self, spec: Spec) -> bool:
        """Whether a facet is open without being opened: it always is, or something of its own is chosen."""
        if spec.always or spec.facet in ("labels", "internal"):
            return spec.always
        return any(name in (spec.name, spec.excluded) for name, _ in self.pairs)

    def _address(self, shown: Pairs) -> str:
        return address(self.base, [*self.pairs, *self.also, *shown])


def pools_to_ask(folders: Sequence[uuid.UUID]) -> tuple[FacetAsked, ...]:
    """These folders, to be counted."""
    return (FacetAsked(name="pools", pools=tuple(folders)),) if folders else ()


def shown_values(panels: Iterable[Panel]) -> set[tuple[str, str]]:
    """What is chosen and has a box on the page."""
    return {
        (panel.name if choice.chosen else panel.without, choice.value)
        for panel in panels
        for choice in panel.choices
        if choice.chosen or choice.excluded
    }


def _spelt(value: FacetValue) -> set[str]:
    return {fold(value["key"]), fold(value["name"])}


def _said(name: str, pairs: Pairs) -> dict[str, str]:
    return {fold(value): value for said, value in pairs if said == name}


def _searchable(text: str) -> str:
    # No name has a control sign in it, and the database takes no NUL.
    return "".join(char for char in text if ord(char) >= 32)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
