"""People like one person, by what everybody who sees that person sees of them."""

from __future__ import annotations

import uuid

from api.finding import seen_among
from api.reading import access_of
from api.views import PUBLIC_KINDS
from api.work import Work
from engine.door import Page, search
from engine.process import engine
from mappings.fields import TAG_FIELDS
from mappings.names import serving_candidates
from records.repositories import candidates
from records.repositories.access import SeenPerson
from search.question import Is
from search.secure import secure_similar


def people_like(work: Work, candidate: uuid.UUID, limit: int) -> list[SeenPerson]:
    """Those whom the caller sees and who share most tags with this person, best first; the person must be seen."""
    carried = [
        Is(TAG_FIELDS[tag.kind], tag.key) for tag in candidates.tags_of(work.db, candidate) if tag.kind in PUBLIC_KINDS
    ]
    if not carried:
        return []
    secured = secure_similar(str(candidate), carried, access_of(work))
    answer = search(engine(), serving_candidates(), secured, Page(limit, "relevance"))
    return seen_among(work, answer.hits)
