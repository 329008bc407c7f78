"""The talent database: people by any question, and beside them what else to ask. Its address is the question."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import get_args

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import naming
from api.facets import FacetView
from api.finding import Sort
from api.routes import search
from api.routes.search import FoundView, Search
from api.routes.tree import folders, news
from api.work import ReaderLook
from core.errors import Invalid
from search.criteria import Criteria
from web.addresses import query_of
from web.criteria import Names, Pairs, address, asked_in, chips_among, criteria_among
from web.facets import Beside, Shown, pools_to_ask
from web.found import Page, hints_of, names_of, rows_of
from web.languages import language_of
from web.mistakes import wrong_with
from web.rendering import page, part, wants_part
from web.route import pages
from web.tree import Listed, boxes_of, chosen_pools, few_of, grown, most_of, names_in

router = pages()

HERE = "/talent"
A_PAGE = 20
SUGGESTED = 5
# Counted at once beside every search (api/facets.py takes no more).
MOST_COUNTED = 50
FIRST = {"limit": 1, "cursor": None}
# The form of the page, by which htmx says that it was sent; and which of its fields stand among the folders.
FORM = "search"
OF_FOLDERS = ("pool", "pool.all", "pool.not", "find.pools")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of this page says: the question, and how its answer is looked at."""

    pairs: Pairs
    shown: Shown
    sort: Sort | None = None
    cursor: str | None = None
    person: uuid.UUID | None = None

    @classmethod
    def of(cls, request: Request) -> Asked:
        """As the browser asks."""
        given = request.query_params.multi_items()
        last = dict(given)
        sort = next((each for each in get_args(Sort) if each == last.get("sort")), None)
        person = last.get("person") or _person_open(request)
        return cls(criteria_among(given), Shown.of(given), sort, last.get("cursor") or None, _id(person))

    @property
    def also(self) -> list[tuple[str, str]]:
        """What goes along from one question to the next."""
        return [("sort", self.sort)] if self.sort else []

    @property
    def query(self) -> str:
        """The question alone, to be taken to another page."""
        return address("", self.pairs)

    @property
    def folders(self) -> str:
        """The address of the folders beside this question."""
        return address(f"{HERE}/folders", [*self.pairs, *self.also, *self.shown.pairs])

    @property
    def address(self) -> str:
        """The address of this very page."""
        where = [("cursor", self.cursor)] if self.cursor else []
        who = [("person", str(self.person))] if self.person else []
        return address(HERE, [*self.pairs, *self.also, *where, *who, *self.shown.pairs])


@router.get(HERE)
def talent(request: Request, work: ReaderLook) -> HTMLResponse:
    """People, and the controls that ask for others. For htmx the people alone, and what changes beside them."""
    asked, language, whole = Asked.of(request), language_of(request), not wants_part(request)
    beside = Beside(asked.pairs, asked.shown, language, work.sees_all, HERE, asked.also)
    late = _folders_follow(request, asked)
    tree, more = ([], False) if late else _folders(work, asked)
    criteria, found, facets, wrong = Criteria(), None, {}, None
    try:
        criteria = asked_in(asked.pairs)
        ask = Search(
            criteria=criteria,
            order=asked.sort,
            limit=A_PAGE,
            cursor=asked.cursor,
            facets=beside.to_ask(_counted(tree, asked)),
        )
        found = search.found_view(ask, work)
        # Numbers come with the first page alone.
        facets = (
            search.found_view(ask.model_copy(update=FIRST), work)["facets"]
            if asked.cursor and whole
            else found["facets"]
        )
    except Invalid as error:
        wrong = wrong_with(error, asked.pairs, HERE, beside.kept)
    names = names_of(naming.called(work, criteria, found), facets, names_in(tree))
    new_in, new = news(
        work, [folder.id for folder in tree], [person["id"] for person in found["items"]] if found else []
    )
    panels, shown = beside.panels(facets, names), grown(tree, facets, new_in, beside, more=more)
    unseen = beside.unseen(panels, boxes_of(shown))
    values = {
        "query": asked.query,
        "text": dict(asked.pairs).get("q", ""),
        "person": asked.person,
        "alone": replace(asked, person=None).address,
        "wrong": wrong,
        "chips": chips_among(asked.pairs, names, language, HERE, beside.kept),
        "clear": address(HERE, beside.kept),
        "late": asked.folders if late else "",
        "tree": shown,
        "unseen_pools": [pair for pair in unseen if pair[0] in OF_FOLDERS],
        "panels": panels,
        "heads": beside.heads(),
        "fields": dict(asked.pairs),
        "unseen": [pair for pair in unseen if pair[0] not in OF_FOLDERS],
        "turned": asked.cursor is not None,
        "staff": work.sees_all,
        "found": _page_of(found, asked, new, names, beside) if found else None,
    }
    if whole:
        return page(request, "talent.html", work, values, wrong.status if wrong else 200)
    answer = part(request, "talent_part.html", work, values)
    if wrong:
        # What was found before stays.
        answer.status_code = wrong.status
        answer.headers["HX-Reswap"] = "none"
        answer.headers["HX-Push-Url"] = "false"
    else:
        answer.headers["HX-Push-Url"] = asked.address
    return answer


@router.get(f"{HERE}/folders")
def folders_beside(request: Request, work: ReaderLook) -> HTMLResponse:
    """The folders alone, with what each holds of the people found: they follow the people, who are waited for."""
    asked, language = Asked.of(request), language_of(request)
    beside = Beside(asked.pairs, asked.shown, language, work.sees_all, HERE, asked.also)
    tree, more = _folders(work, asked)
    facets: Mapping[str, FacetView] = {}
    # What is wrong with a question is said beside the people; the folders then have no numbers.
    with suppress(Invalid):
        if counted := pools_to_ask(_counted(tree, asked)):
            ask = Search(criteria=asked_in(asked.pairs), limit=1, facets=counted)
            facets = search.found_view(ask, work)["facets"]
    new_in, _ = news(work, [folder.id for folder in tree], [])
    shown = grown(tree, facets, new_in, beside, more=more)
    unseen = [pair for pair in beside.unseen((), boxes_of(shown)) if pair[0] in OF_FOLDERS]
    return part(request, "talent_folders.html", work, {"tree": shown, "unseen_pools": unseen, "staff": work.sees_all})


@router.get("/talent/suggest")
def suggest(request: Request, work: ReaderLook) -> HTMLResponse:
    """What could be typed next, as the box shows it."""
    typed = "".join(char for char in request.query_params.get("q", "") if char >= " ")[:100].strip()
    return part(request, "suggestions.html", work, {"found": search.type_ahead(work, typed, SUGGESTED)})


def _folders_follow(request: Request, asked: Asked) -> bool:
    """Whether the folders stay as they are until the people are there.

    Where the form was sent, its boxes stand as they were asked for. After a link they may not.
    """
    sent = request.headers.get("hx-trigger") == FORM and wants_part(request)
    before = query_of(request.headers.get("hx-current-url", ""))
    return sent and Shown.of(before).folders == asked.shown.folders


def _folders(work: ReaderLook, asked: Asked) -> tuple[list[Listed], bool]:
    """The folders that are shown, and whether there are others."""
    chosen = chosen_pools(asked.pairs)
    find, most = asked.shown.find.get("pools", ""), most_of(asked.shown)
    return few_of(folders(work, asked.shown.folders[:MOST_COUNTED], chosen, find, most), chosen, asked.shown)


def _counted(tree: Sequence[Listed], asked: Asked) -> list[uuid.UUID]:
    """Those whose people are counted: the chosen ones before the others."""
    chosen = chosen_pools(asked.pairs)
    return sorted((folder.id for folder in tree), key=lambda id_: id_ not in chosen)[:MOST_COUNTED]


def _page_of(found: FoundView, asked: Asked, new: Collection[uuid.UUID], names: Names, beside: Beside) -> Page:
    return Page(
        total=found["total"],
        rows=rows_of(found, new, names, beside.language),
        order=found["order"],
        orders=[(sort, replace(asked, sort=sort, cursor=None).address) for sort in _orders(asked)],
        similar_spelling=found["similar_spelling"],
        hints=hints_of(found["hints"], asked.pairs, HERE, beside.kept, names, beside.language),
        next=replace(asked, cursor=found["next"], person=None).address if "next" in found else "",
        first=replace(asked, cursor=None, person=None).address if asked.cursor else "",
    )


def _orders(asked: Asked) -> list[Sort]:
    words = any(name == "q" for name, _ in asked.pairs)
    return [sort for sort in get_args(Sort) if sort != "relevance" or words]


def _person_open(request: Request) -> str:
    """Whom the reader has open beside the list: htmx says what the address bar says."""
    shown = query_of(request.headers.get("hx-current-url", ""))
    return dict(shown).get("person", "") if wants_part(request) else ""


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
