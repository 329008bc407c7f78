"""The known ways in which a search tells what it must not: each put back once, as a change of the running product."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from api import authentication, cursors, finding, reading, similar, suggesting, views
from api import work as api_work
from api.routes import candidates as candidate_routes
from api.routes import notifications as notification_routes
from api.routes import pools as pool_routes
from api.routes import requests as request_routes
from api.routes import search as search_routes
from core.errors import Conflict, NotAllowed
from core.settings import settings
from engine import door
from intake import asking
from mappings.names import alias
from percolators.questions import understand
from records.database import session
from records.models import Notification, Position
from records.repositories import access, candidates, notices, pools, positions, tags, tree
from records.repositories.callers import Caller
from search import facets, ranking, secure, sight, wording
from search.question import Is, Phrase, Word
from search.sight import EVERYBODY, Clause
from tests.api.traces import version
from tests.leaks import hidden
from tests.leaks.asking import Route

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Trap:
    """A mistake somebody could make, what it is called in the issue, and how it is put into the product."""

    name: str
    put: Callable[[Patch], None]
    routes: tuple[Route, ...]
    kinds: tuple[hidden.Kind, ...]
    # Whether it shows on event streams only.
    streams: bool = False

    def __str__(self) -> str:
        return self.name


def _unguarded(patch: Patch) -> None:
    """Without the last look of the engine's door: several of these it would refuse by itself."""
    patch.setattr(door, "admit", lambda _body, _rights: None)


def _no_min_doc_count(patch: Patch) -> None:
    _unguarded(patch)
    terms = facets._terms
    patch.setattr(facets, "_terms", lambda facet, field: {**terms(facet, field), "min_doc_count": 0, "size": 100})


def _statistics_in_the_score(patch: Patch) -> None:
    patch.setattr(secure, "by_what_is_seen", ranking.by_statistics)


def _order_by_statistics_alone(patch: Patch) -> None:
    """The score itself is not shown: only the order tells."""
    _statistics_in_the_score(patch)
    patch.setattr(cursors, "write", lambda *_values: "opaque")


def _limited_expansions(patch: Patch) -> None:
    nearly = wording.nearly

    def limited(field: str, word: Word) -> Clause:
        clause = nearly(field, word)
        del clause["match"][field]["fuzzy_rewrite"]
        return clause

    patch.setattr(wording, "nearly", limited)


def _suggester_of_everybody(patch: Patch) -> None:
    """Tags are suggested whoever carries them, as an engine's own suggester would."""
    original = suggesting.suggest

    def of_everybody(work: Any, typed: str, limit: int) -> suggesting.Suggestions:
        found = original(work, typed, limit)
        keys = tags.keys_starting(work.db, typed, suggesting.SUGGESTED_KINDS)
        known = tags.of_keys(work.db, keys)
        every = [suggesting.SuggestedTag(key=k, name=known[k].name, kind=known[k].kind, people=0) for k in keys]
        return found.model_copy(update={"tags": every})

    patch.setattr(search_routes, "suggest", of_everybody)


def _suggestions_counted_over_everybody(patch: Patch) -> None:
    original = secure.secure_suggestions

    def of_everybody(*given: Any) -> Any:
        return replace(original(*given), rights={"bool": {"filter": [{"term": {"state": "live"}}]}})

    patch.setattr(suggesting, "secure_suggestions", of_everybody)


def _nested_facets_without_filter(patch: Patch) -> None:
    original = facets._of_applications
    patch.setattr(facets, "_of_applications", lambda facet, parts, _sight: original(facet, parts, sight.Everything()))


def _facets_of_everybody(patch: Patch) -> None:
    """Rights as a filter of the hits alone, which aggregations do not see."""
    _unguarded(patch)
    body = door._body

    def after(query: Any, page: Any, **how: Any) -> dict[str, Any]:
        chosen = {"bool": {"filter": [query.rights, *([query.chosen] if query.chosen else [])]}}
        return body(replace(query, rights=EVERYBODY, chosen=chosen), page, **how)

    patch.setattr(door, "_body", after)


def _filters_on_all_applications(patch: Patch) -> None:
    atom = sight.Own.atom

    def on_all(self: sight.Own, asked: Any) -> Clause:
        return sight.plain(asked) if isinstance(asked, Is) else atom(self, asked)

    patch.setattr(sight.Own, "atom", on_all)


def _words_in_notes(patch: Patch) -> None:
    atom = sight.Own.atom

    def in_notes(self: sight.Own, asked: Any) -> Clause:
        if isinstance(asked, Word | Phrase):
            return sight.either_of([atom(self, asked), sight.words_in("notes", asked)])
        return atom(self, asked)

    patch.setattr(sight.Own, "atom", in_notes)


def _cursor_of_hidden_time(patch: Patch) -> None:
    """Last activity as it is for those who see all of it: the cursor carries the time."""
    patch.setattr(finding, "_order", lambda sort, _reader: sort)


def _activity_of_everything(patch: Patch) -> None:
    original = search_routes.person_view

    def moved(work: Any, person: Any) -> Any:
        return {**original(work, person), "active": person.updated_at}

    patch.setattr(search_routes, "person_view", moved)


def _forbidden_is_not_unknown(patch: Patch) -> None:
    original = views.candidate_view

    def told(work: Any, candidate: uuid.UUID) -> Any:
        seen = work.sees_all or access.owned_applications(work.db, work.caller.id, candidate)
        seen = seen or access.tracked_pools_of(work.db, work.caller.id, candidate)
        there = work.db.execute(
            text("SELECT FROM candidates WHERE id = :id AND deleted_at IS NULL"), {"id": candidate}
        ).one_or_none()
        if not seen and there is not None:
            raise NotAllowed("You may not see this person.")
        return original(work, candidate)

    patch.setattr(candidate_routes, "candidate_view", told)
    patch.setattr(search_routes, "candidate_view", told)


def _forbidden_pool_is_not_unknown(patch: Patch) -> None:
    original = pool_routes._visible

    def told(work: Any, pool: uuid.UUID) -> Any:
        if not work.sees_all and pool not in pools.covered_by(work.db, work.caller.id):
            pools.get(work.db, pool)
            raise NotAllowed("You do not track this pool.")
        return original(work, pool)

    patch.setattr(pool_routes, "_visible", told)


def _every_pool_is_listed(patch: Patch) -> None:
    original = pools.page

    def every(db: Any, after: Any, limit: int, _only: Any = None) -> Any:
        return original(db, after, limit)

    patch.setattr(pools, "page", every)


def _every_pool_is_counted(patch: Patch) -> None:
    """Folders with their numbers for everybody: names and counts of pools that nobody shares."""
    original = access.rights_of

    def every(db: Any, user: uuid.UUID) -> Any:
        rights = original(db, user)
        tracked = {each.id for each in rights.folders}
        others = [other for other in access.folders(db, pools.roots(db, 50)) if other.id not in tracked]
        return replace(rights, folders=[*rights.folders, *others])

    patch.setattr(access, "rights_of", every)


def _counts_of_the_pool_above(patch: Patch) -> None:
    """A pool's number is what its parent holds: more than the reader may count."""
    original = pools.counts

    def more(db: Any, ids: Any) -> dict[uuid.UUID, int]:
        numbers = original(db, ids)
        above = dict(db.execute(text("SELECT id, parent_id FROM pools WHERE id = ANY(:ids)"), {"ids": list(ids)}).all())
        higher = original(db, [parent for parent in above.values() if parent])
        return {pool: higher.get(above[pool], people) if above[pool] else people for pool, people in numbers.items()}

    patch.setattr(pools, "counts", more)


def _more_like_this_by_text(patch: Patch) -> None:
    """The engine's own "more like this": which words count is decided by how rare they are among everybody."""
    original = secure.secure_similar

    def by_text(candidate: str, shared: Any, reader: Any) -> Any:
        like = {"_index": alias(settings().index_prefix, "candidates"), "_id": candidate}
        asked = {"fields": ["text"], "like": [like], "min_term_freq": 1, "min_doc_freq": 2, "max_query_terms": 6}
        return replace(original(candidate, shared, reader), rank=({"more_like_this": asked},))

    patch.setattr(similar, "secure_similar", by_text)


def _more_like_this_by_every_tag(patch: Patch) -> None:
    original = secure.secure_similar

    def by_every_tag(candidate: str, shared: Any, reader: Any) -> Any:
        return replace(original(candidate, shared, replace(reader, role="recruiter")), rights=secure._rights(reader))

    patch.setattr(similar, "PUBLIC_KINDS", ("skill", "location", "language", "label", "internal"))
    patch.setattr(similar, "secure_similar", by_every_tag)


def _marks_from_the_filter(patch: Patch) -> None:
    """Without a query of their own, marks are made from all that was asked, rights and pools included."""
    _unguarded(patch)
    marking = door._marking
    original = secure.secure_search

    def unasked(marked: dict[str, Any], names: Any) -> dict[str, Any]:
        how = marking(marked, names)
        for each in how["fields"].values():
            each.pop("highlight_query")
        return how

    def always(*given: Any, **more: Any) -> Any:
        query = original(*given, **more)
        return replace(query, marked=query.marked or EVERYBODY)

    patch.setattr(door, "_marking", unasked)
    patch.setattr(finding, "secure_search", always)


def _marks_in_notes(patch: Patch) -> None:
    original = secure.secure_search

    def everywhere(*given: Any, **more: Any) -> Any:
        return replace(original(*given, **more), marked_fields=("text", "notes"))

    patch.setattr(finding, "secure_search", everywhere)


def _etag_of_the_row(patch: Patch) -> None:
    """The version of the row, as every example on the web does it: it moves with what is not shown."""

    def of_row(view: Any) -> str:
        return f'"{hashlib.sha256(str((view.id, version(view.id))).encode()).hexdigest()[:32]}"'

    patch.setattr(candidate_routes, "etag_of", of_row)


def _precondition_on_the_row(patch: Patch) -> None:
    """ETags are of what is shown, but a change is refused when the row has moved since the ETag was given out."""
    given_at: dict[str, int] = {}
    lock = candidates.lock

    def given(view: Any) -> str:
        etag = views.etag_of(view)
        given_at.setdefault(etag, version(view.id))
        return etag

    def refused(if_match: str, etag: str) -> bool:
        return views.is_match(if_match, etag) and given_at.get(etag) == locked[-1]

    locked: list[int] = []

    def held(db: Any, candidate: uuid.UUID) -> Any:
        row = lock(db, candidate)
        locked.append(row.version)
        return row

    patch.setattr(candidate_routes, "etag_of", given)
    patch.setattr(candidate_routes, "is_match", refused)
    patch.setattr(candidates, "lock", held)


def _names_of_all_tags(patch: Patch) -> None:
    """An unknown name is refused with what was perhaps meant, for everybody."""
    patch.setattr(reading, "understand_for_reader", lambda db, criteria, *_seen: understand(db, criteria))


def _other_names_of_hidden_tags(patch: Patch) -> None:
    """A word of the text is asked in all the names of a tag, whoever carries it."""
    patch.setattr(access, "carried_by_seen", lambda _db, _reader, keys: set(keys))


def _names_of_all_reasons(patch: Patch) -> None:
    """Which reason a name means is looked up among all of them: it may mean two of which the reader knows one."""

    def every(db: Any, _reader: Any) -> set[str]:
        return {row.key for row in positions.reasons(db)}

    patch.setattr(access, "reasons_seen", every)


def _so_many_notices_whatever_they_tell(patch: Patch) -> None:
    """The newest ones are taken, and then it is looked at which of them the reader may still be told."""
    plain = tree._NEW.text.replace(f" AND EXISTS ({notices.VISIBLE_MATCHES})", "")
    assert plain != tree._NEW.text
    uuids = ARRAY(Uuid)
    binds = bindparam("user", type_=Uuid), bindparam("pools", type_=uuids), bindparam("candidates", type_=uuids)
    patch.setattr(tree, "_NEW", text(plain).bindparams(*binds))


def _metrics_for_everybody(patch: Patch) -> None:
    admit = api_work.Allow.admit

    def everybody(self: api_work.Allow, db: Any, request: Any) -> Caller:
        if request.url.path == "/metrics":
            return authentication.admit(db, request)
        return admit(self, db, request)

    patch.setattr(api_work.Allow, "admit", everybody)


def _asked_already(patch: Patch) -> None:
    """Nobody may want a person about whom a colleague has said something: the refusal tells of the other."""
    original = asking.ask
    # In a house that was played in for long, everybody was asked for before.
    with session() as db:
        begun = db.scalar(select(func.clock_timestamp()))

    def only_one(db: Any, caller: Any, candidate: uuid.UUID, pools: Any, kind: Any, remark: str) -> Any:
        others = Notification.actor_id != caller.id, Notification.created_at > begun
        asked = select(Notification.id).where(Notification.candidate_id == candidate, *others)
        if kind == "wanted" and db.scalar(asked.limit(1)) is not None:
            raise Conflict("A colleague has asked for this person already.")
        return original(db, caller, candidate, pools, kind, remark)

    patch.setattr(request_routes, "ask", only_one)


def _position_exists(patch: Patch) -> None:
    original = access.position_is_shared

    def told(db: Any, user: uuid.UUID, position: uuid.UUID) -> bool:
        shared = original(db, user, position)
        if not shared and db.get(Position, position) is not None:
            raise NotAllowed("This position was not shared with you.")
        return shared

    patch.setattr(access, "position_is_shared", told)


def _titles_of_every_position(patch: Patch) -> None:
    original = positions.starting
    patch.setattr(positions, "starting", lambda db, start, _only, limit: original(db, start, None, limit))


def _one_counter_for_all_bells(patch: Patch) -> None:
    """Event ids from one sequence: its gaps tell how often others are rung."""

    def standing(db: Any, users: Any) -> dict[uuid.UUID, int]:
        return dict.fromkeys(users, int(db.execute(text("SELECT sum(bell_seq) FROM users")).scalar_one()))

    def of_all(row: Any) -> Any:
        with session() as db:
            return event(replace(row, seq=row.seq + standing(db, [row.id])[row.id]))

    event = notification_routes._event
    patch.setattr(notification_routes, "_event", of_all)


SEARCH: Route = ("POST", "/v1/search")
SUGGEST: Route = ("GET", "/v1/suggest")
PERSON: Route = ("GET", "/v1/candidates/{candidate}")
SIMILAR: Route = ("GET", "/v1/candidates/{candidate}/similar")
WANT: Route = ("POST", "/v1/candidates/{candidate}/want")
POOLS: tuple[Route, ...] = (("GET", "/v1/pools"), ("GET", "/v1/pools/{pool}"), ("GET", "/v1/pools/{pool}/candidates"))
TREE: Route = ("GET", "/v1/pools/tree")
POSITION: Route = ("GET", "/v1/positions/{position}")
METRICS: Route = ("GET", "/metrics")

# What was thought of when the issue was written, and what is near to it. The routes are where each would be looked for
# first, and the changes those that it tells of; the long suite does without such hints.
TRAPS = (
    Trap("min_doc_count: 0", _no_min_doc_count, (SEARCH,), (hidden.a_tag_appears, hidden.an_application_is_rejected)),
    Trap("_score by statistics", _statistics_in_the_score, (SEARCH,), (hidden.many_come,)),
    Trap("order by statistics", _order_by_statistics_alone, (SEARCH,), (hidden.many_come,)),
    Trap("fuzzy expansion with a limit", _limited_expansions, (SEARCH,), (hidden.many_write_a_word_alike,)),
    Trap("suggester over everybody", _suggester_of_everybody, (SUGGEST,), (hidden.a_tag_appears,)),
    Trap("suggestions counted over everybody", _suggestions_counted_over_everybody, (SUGGEST,), (hidden.many_come,)),
    Trap("nested facets without the filter", _nested_facets_without_filter, (SEARCH,), (hidden.somebody_applies,)),
    Trap("rights as a post filter", _facets_of_everybody, (SEARCH,), (hidden.somebody_comes,)),
    Trap("filters on applications not seen", _filters_on_all_applications, (SEARCH,), (hidden.somebody_applies,)),
    Trap("words found in notes", _words_in_notes, (SEARCH,), (hidden.a_note_is_written,)),
    Trap("cursors that carry a hidden time", _cursor_of_hidden_time, (SEARCH,), (hidden.a_colleague_tags,)),
    Trap("last activity of everything", _activity_of_everything, (SEARCH,), (hidden.a_colleague_tags,)),
    Trap("403 against 404: people", _forbidden_is_not_unknown, (PERSON,), (hidden.somebody_goes,)),
    Trap("403 against 404: pools", _forbidden_pool_is_not_unknown, POOLS, (hidden.a_hidden_pool_goes,)),
    Trap("403 against 404: positions", _position_exists, (POSITION,), (hidden.a_position_changes,)),
    Trap("every pool is listed", _every_pool_is_listed, POOLS, (hidden.a_pool_is_made,)),
    Trap("counts of every pool", _every_pool_is_counted, (SEARCH, SUGGEST), (hidden.a_pool_is_made,)),
    Trap("counts of the pool above", _counts_of_the_pool_above, POOLS, (hidden.somebody_comes,)),
    Trap("titles of every position", _titles_of_every_position, (SUGGEST,), (hidden.a_position_changes,)),
    Trap("more like this by text", _more_like_this_by_text, (SIMILAR,), (hidden.many_come,)),
    Trap("more like this by every tag", _more_like_this_by_every_tag, (SIMILAR,), (hidden.a_colleague_tags,)),
    Trap("marks from the filter", _marks_from_the_filter, (SEARCH,), (hidden.a_tracked_pool_is_reworded,)),
    Trap("marks in notes", _marks_in_notes, (SEARCH,), (hidden.a_note_is_written,)),
    Trap("ETag of the row", _etag_of_the_row, (PERSON,), (hidden.a_colleague_tags,)),
    Trap("412 after a hidden change", _precondition_on_the_row, (PERSON,), (hidden.a_colleague_tags,)),
    Trap("tag vocabulary", _names_of_all_tags, (SEARCH,), (hidden.a_tag_appears,)),
    Trap("other names of hidden tags", _other_names_of_hidden_tags, (SEARCH,), (hidden.a_tag_appears,)),
    Trap("names of all reasons", _names_of_all_reasons, (SEARCH,), (hidden.a_hidden_reason_is_renamed,)),
    Trap("new among so many", _so_many_notices_whatever_they_tell, (TREE,), (hidden.notices_are_left_of_a_pool,)),
    Trap("metrics for everybody", _metrics_for_everybody, (METRICS,), (hidden.somebody_comes,)),
    Trap("409: asked for already", _asked_already, (WANT,), (hidden.a_colleague_asks_for_somebody,)),
    Trap(
        "one counter for all bells",
        _one_counter_for_all_bells,
        (PERSON,),
        (hidden.a_colleague_tracks, hidden.somebody_comes),
        streams=True,
    ),
)
