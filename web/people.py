"""A person as a page shows them, by themselves or beside a list: one sheet for every right, with what each may do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from api.routes import candidates, positions, shares
from api.routes.candidates import Happened, InPool
from api.routes.positions import ListedPosition, ReasonView
from api.routes.shares import Colleague, ShareView
from api.views import CandidateView
from api.work import Work
from web.addresses import path_of
from web.forms import Filled

# More than a reader looks through at once; whoever looks for one more types a part of its name elsewhere.
MOST_POSITIONS = 200
MOST_COLLEAGUES = 200
MOST_HAPPENED = 100


@dataclass(frozen=True, slots=True)
class Failed:
    """A form of the sheet that was sent and could not be taken: which one, of which application, and what was in it."""

    what: str
    form: Filled
    about: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the sheet shows. What only those who see everything may know is empty for all others."""

    person: CandidateView
    # The level of its headings: 1 on a page of its own, 2 beside a list.
    level: int = 2
    # What is to be read next, after something was done.
    focus: str = ""
    pools: Sequence[InPool] = ()
    history: Sequence[Happened] = ()
    positions: Sequence[ListedPosition] = ()
    reasons: Sequence[ReasonView] = ()
    colleagues: Sequence[Colleague] = ()
    shares: Mapping[uuid.UUID, Sequence[ShareView]] = field(default_factory=dict)
    failed: Failed | None = None

    @property
    def whole(self) -> bool:
        """Whether the reader sees everything of the person, and may do everything."""
        return self.person.access == "full"

    @property
    def tag_names(self) -> dict[str, str]:
        """The person's tags: names by key."""
        return {tag.key: tag.name for tag in self.person.tags}

    def form(self, what: str, about: uuid.UUID | None = None) -> Filled:
        """One of its forms: as it was sent, if it could not be taken, else empty."""
        failed = self.failed
        return failed.form if failed and (failed.what, failed.about) == (what, about) else Filled()

    def shared(self, application: uuid.UUID) -> Sequence[ShareView]:
        """Whom an application was given to."""
        return self.shares.get(application, ())


def sheet(
    request: Request, work: Work, candidate: uuid.UUID, *, failed: Failed | None = None, focus: str = ""
) -> dict[str, Any]:
    """What person_sheet.html takes. NotFound for unknown, erased and unseen alike."""
    person = candidates.read(candidate, Response(), work)
    level = 1 if is_alone(request, candidate) else 2
    if person.access != "full":
        return {"sheet": Sheet(person, level, focus, failed=failed)}
    applications = person.applications or []
    shown = Sheet(
        person,
        level,
        focus,
        pools=candidates.in_pools(candidate, work),
        history=candidates.what_happened(candidate, work, limit=MOST_HAPPENED),
        positions=positions.index(work, status="open", limit=MOST_POSITIONS).items,
        reasons=[reason for reason in positions.reasons(work) if not reason.retired],
        colleagues=shares.colleagues(work, limit=MOST_COLLEAGUES),
        shares={each.id: shares.of_application(each.id, work) for each in applications},
        failed=failed,
    )
    return {"sheet": shown}


def address_of(candidate: uuid.UUID) -> str:
    """The page of a person."""
    return f"/people/{candidate}"


def is_alone(request: Request, candidate: uuid.UUID) -> bool:
    """Whether the browser shows the person on a page of their own: htmx says of which page it asks a part."""
    shown = request.headers.get("hx-current-url", "") if "hx-request" in request.headers else str(request.url)
    return path_of(shown).startswith(address_of(candidate))
