"""What the keys and ids in a question and its answer are called, as far as the reader may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from itertools import chain

from api.reading import access_of, positions_seen
from api.routes.search import FoundView
from api.work import Work
from records.repositories import names, pools
from search.bands import APPLIED_PARTS, REJECTION_PARTS, said_in
from search.criteria import Criteria

Called = Mapping[str, Mapping[str, str]]


def called(work: Work, criteria: Criteria, found: FoundView | None = None) -> Called:
    """Names by what they name (`tag`, `location`, `reason`, `position`, `pool`), then by key.

    Whoever does not see everything is told the names of their own pools and positions, and of those tags that somebody
    they found carries: that there are others is not theirs to know.
    """
    carried, reasons, ids, folders = _found(found)
    tags = set(carried)
    of = (criteria.rejections, criteria.rejections.none, criteria.applications, criteria.applications.none)
    ids |= {id_ for part in of if part is not None for id_ in _ids(part.positions)}
    folders |= {*criteria.pools.any, *criteria.pools.all, *criteria.pools.none}
    if work.sees_all:
        tags |= {*chain(criteria.tags.any, criteria.tags.all, criteria.tags.none)}
        tags |= {*criteria.locations.any, *criteria.locations.none}
        rejections = (criteria.rejections, criteria.rejections.none)
        reasons |= {reason for part in rejections if part is not None for reason in part.reasons}
    else:
        ids &= positions_seen(work, access_of(work)) if ids else set()
        folders &= pools.covered_by(work.db, work.caller.id) if folders else set()
    known = names.of(work.db, tags=sorted(tags), reasons=sorted(reasons), positions=sorted(ids), pools=sorted(folders))
    return {"tag": known.tags, "reason": known.reasons, "position": known.positions, "pool": known.pools}


def _found(found: FoundView | None) -> tuple[set[str], set[str], set[uuid.UUID], set[uuid.UUID]]:
    """Keys of tags and of reasons, ids of positions and of pools that are said of the people found."""
    tags: set[str] = set()
    reasons: set[str] = set()
    positions: set[uuid.UUID] = set()
    folders: set[uuid.UUID] = set()
    for person in found["items"] if found else ():
        for match in person["matched"]:
            criterion, value = match["criterion"], match["value"]
            if criterion in ("tags", "labels", "internal", "locations"):
                tags.add(value)
            elif criterion == "pools":
                folders |= _ids([value])
            elif criterion in ("rejections", "applications") and "|" in value:
                said = said_in(value, REJECTION_PARTS if criterion == "rejections" else APPLIED_PARTS)
                reasons |= {said["reason"]} if "reason" in said else set()
                positions |= _ids([said["position"]]) if "position" in said else set()
    return tags, reasons, positions, folders


def _ids(texts: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found
