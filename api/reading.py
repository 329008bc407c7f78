"""The caller's rights as a search takes them: resolved to values now, for this one request."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from api.work import Work
from core.errors import Invalid, Problem
from percolators.folders import folders_of
from percolators.questions import understand, understand_for_reader
from records.models import Role
from records.repositories import access, positions
from search.criteria import Criteria
from search.normalise import ResolvedCriteria
from search.secure import Access
from search.secure import Role as SearchRole


def access_of(work: Work, pools: Iterable[uuid.UUID] = ()) -> Access:
    """What the caller may see. `pools` are those that will be asked for; one the caller may not know is left out."""
    wanted = set(pools)
    caller = work.caller
    role: SearchRole = caller.role.value
    if caller.role != Role.HIRING_MANAGER:
        known = folders_of(work.db, access.folders(work.db, sorted(wanted)))
        return Access(caller.id, role, folders={folder.id: folder for folder in known})
    rights = access.rights_of(work.db, caller.id)
    asked = [state for state in rights.folders if state.top or state.id in wanted]
    folders = {folder.id: folder for folder in folders_of(work.db, asked)}
    return Access(
        caller.id,
        role,
        applications=tuple(rights.applications),
        positions=tuple(rights.positions),
        tracked=tuple(folders[str(state.id)] for state in asked if state.top),
        folders=folders,
    )


def understood(work: Work, criteria: Criteria, reader: Access) -> ResolvedCriteria:
    """The criteria in keys, as far as the caller may know what the names stand for. Raises Invalid."""
    _known_pools(criteria, reader)
    if work.sees_all or work.caller.role == Role.ANALYST:
        return understand(work.db, criteria)
    return understand_for_reader(work.db, criteria, work.caller.id, _positions_asked(work, criteria, reader))


def pools_in(criteria: Criteria) -> set[uuid.UUID]:
    """The pools that the criteria ask for."""
    return {*criteria.pools.any, *criteria.pools.all, *criteria.pools.none}


def _known_pools(criteria: Criteria, reader: Access) -> None:
    problems = [
        Problem(f"criteria.pools.{how}[{at}]", "There is no such pool, or you may not see it.")
        for how, ids in (("any", criteria.pools.any), ("all", criteria.pools.all), ("none", criteria.pools.none))
        for at, pool in enumerate(ids)
        if str(pool) not in reader.folders
    ]
    if problems:
        raise Invalid("A pool is unknown.", problems=tuple(problems))


def positions_seen(work: Work, reader: Access) -> set[uuid.UUID]:
    """The positions a hiring manager knows of: those that were shared, and those of applications that were."""
    through = positions.of_applications(work.db, list(map(uuid.UUID, reader.applications)))
    return {*map(uuid.UUID, reader.positions), *through}


def _positions_asked(work: Work, criteria: Criteria, reader: Access) -> Collection[str]:
    asked = [criteria.rejections, criteria.rejections.none, criteria.applications, criteria.applications.none]
    if not any(part is not None and part.positions for part in asked):
        return ()
    return set(map(str, positions_seen(work, reader)))
