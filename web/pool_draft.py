"""What stands in the editor of a pool: read from an address, a form or the pool, and looked at through the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from api.facets import FacetAsked
from api.routes import pools, search
from api.routes.pools import PoolView, Preview, TriedOut
from api.routes.search import FoundView, Search
from api.work import Work
from core.errors import Invalid, MicropoolsError, Unavailable
from search.address import pairs_of
from search.criteria import Criteria
from web.criteria import Pairs, address, asked_in, criteria_among
from web.facets import Shown
from web.pool_words import criteria_of


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the editor. `version` is that of the pool it began from, `confirmed` what was agreed to show."""

    name: str
    parent: str
    pairs: Pairs
    shown: Shown
    version: str = ""
    confirmed: str = ""

    @classmethod
    def of(cls, given: Iterable[tuple[str, str]]) -> Draft:
        """As an address or a form has it. The one folder somebody searched in becomes the one it lies in."""
        given = list(given)
        # What was typed last stands behind what a link of the page says.
        last = dict(given)
        pairs, parent = criteria_among(given), last.get("parent", "").strip()
        searched_in = [value for name, value in pairs if name in ("pool", "pool.all")]
        if not parent and len(searched_in) == 1:
            pairs, parent = [pair for pair in pairs if pair[0] not in ("pool", "pool.all")], searched_in[0]
        return cls(
            last.get("name", ""), parent, pairs, Shown.of(given), last.get("version", ""), last.get("confirmed", "")
        )

    @classmethod
    def of_pool(cls, pool: PoolView, version: str) -> Draft:
        """As the pool is stored."""
        return cls(pool.name, str(pool.parent or ""), pairs_of(criteria_of(pool.criteria)), Shown(), version)

    @property
    def parent_id(self) -> uuid.UUID | None:
        """The pool it is to lie in; None also for what is no id at all."""
        try:
            return uuid.UUID(self.parent) if self.parent else None
        except ValueError:
            return None

    @property
    def also(self) -> list[tuple[str, str]]:
        """What stands beside the question and goes along when something of it is taken off."""
        kept = (("name", self.name), ("parent", self.parent), ("version", self.version))
        return [(name, value) for name, value in kept if value]

    def agreed(self, preview: Preview) -> str:
        """What somebody agrees to who saves this after they were told whom it shows to how many colleagues."""
        colleagues = preview.shows.colleagues if preview.shows else 0
        return address(str(colleagues), [("parent", self.parent), *self.pairs])


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it would be: what its facets count, who would be in it, and what is wrong with it."""

    criteria: Criteria
    found: FoundView | None
    preview: Preview | None = None
    wrong: MicropoolsError | None = None


def look_at(work: Work, draft: Draft, pool: uuid.UUID | None, facets: tuple[FacetAsked, ...]) -> Look:
    """Ask the API. What cannot be asked, or kept as a pool, is no error here: nobody has said that it is finished.

    Nor is an engine that is down: whatever was typed must stand, until it is up again.
    """
    criteria, found = Criteria(), None
    try:
        criteria = asked_in(draft.pairs)
        found = search.found_view(Search(criteria=_within(criteria, draft.parent_id), limit=1, facets=facets), work)
        empty = not draft.pairs and draft.parent_id is None
        return Look(criteria, found, None if empty else preview_of(work, draft, pool))
    except (Invalid, Unavailable) as error:
        return Look(criteria, found, wrong=error)


def preview_of(work: Work, draft: Draft, pool: uuid.UUID | None) -> Preview:
    """Who would be in it, and whom saving it would show to how many. `pool` is the one that would be changed."""
    return pools.preview(TriedOut(criteria=asked_in(draft.pairs), parent=draft.parent_id, pool=pool), work)


def _within(criteria: Criteria, parent: uuid.UUID | None) -> Criteria:
    """The question among those who are in the pool above, so that the facets count what would be in this one."""
    if parent is None or criteria.pools != Criteria().pools:
        return criteria
    return criteria.model_copy(update={"pools": criteria.pools.model_copy(update={"all": (parent,)})})
