"""Changes of many people at once: tags, shares, rejections, applications. Each says of whom, of whom not, and why.

Every one is what the single routes do, person by person: the same checks, versions and outbox rows. What is told of it
is told together: one notice for each reader whose pools people came into.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Literal, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from api.fields import Body, Id, Line, ShortText
from api.routes.applications import known_reason
from api.routes.candidates import MOST_PLACES, MOST_TAGS, PlaceNames, TagNames
from api.routes.shares import may_be_given
from api.selecting import People
from api.views import PUBLIC_KINDS
from api.wire import StrictRoute
from api.work import IdempotencyKey, StaffWork, Work, once
from core.errors import Conflict, NotFound
from intake.sharing import tell
from intake.tagging import Named, tag_ids
from records.models import BulkAction
from records.outbox import Notices
from records.repositories import bulk, candidates, names, positions, tags, users

router = APIRouter(tags=["bulk"], route_class=StrictRoute)

Kind = Literal["tag", "untag", "share", "reject", "apply"]
# Why somebody was left as they are.
WHY: Mapping[str, str] = {
    "unknown": NotFound("candidate").detail,
    "tagged": "They carry these tags already.",
    "untagged": "They carry none of these tags.",
    "too_many_tags": "They would carry more tags than a person can.",
    "no_application": "They have no application there.",
    "no_open_application": "They have no open application there.",
    "several_applications": "They have several applications; say for which position.",
    "several_open_applications": "They have several open applications; say for which position.",
    "shared": "This colleague has their application already.",
    "applied": "They have an open application there already.",
    "changed": "What was done was changed since, and stays as it is now.",
}
# Of applications and rejections not every reader knows; of tags they do.
_TOLD: Mapping[str, Notices] = {"tag": "summary", "untag": "summary", "reject": "follow", "apply": "follow"}


class TagMany(Body):
    """Tags to put on people, or to take off them."""

    people: People
    tags: TagNames = ()
    locations: PlaceNames = ()

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.tags and not self.locations:
            raise ValueError("Name at least one tag or location.")
        return self

    def named(self) -> list[Named]:
        """The names with their places in the request."""
        labels = [Named(f"body.tags[{at}]", name) for at, name in enumerate(self.tags)]
        return labels + [Named(f"body.locations[{at}]", name, True) for at, name in enumerate(self.locations)]


class ShareMany(Body):
    """Owner access of one colleague to people, through an application of each."""

    people: People
    user: uuid.UUID
    position: uuid.UUID | None = Field(
        default=None, description="Their latest application there; without it their only one."
    )


class RejectMany(Body):
    """Why applications of people end."""

    people: People
    position: uuid.UUID | None = Field(
        default=None, description="Their open applications there; without it their only open one."
    )
    reason: Line = Field(description="Key of a rejection reason.")
    note: ShortText | None = None


class ApplyMany(Body):
    """People who are to stand for a position."""

    people: People
    position: uuid.UUID
    stage: Line = "new"
    source: Line | None = None


class LeftOut(BaseModel):
    """People who were left as they are, and why."""

    why: str
    message: str
    people: list[uuid.UUID]


class Undone(BaseModel):
    """What was taken back, by whom, and what was not and why."""

    at: datetime
    by_name: str | None = None
    changed: list[uuid.UUID]
    left_out: list[LeftOut]


class About(BaseModel):
    """What was done."""

    tags: list[str] = Field(default=[], description="Names.")
    position: uuid.UUID | None = None
    position_title: str | None = None
    reason: str | None = None
    said_by: str | None = None
    user_name: str | None = None


class Done(BaseModel):
    """What was done to many people: who was changed, who was not and why."""

    id: uuid.UUID
    kind: Kind
    at: datetime
    by_name: str | None = None
    about: About
    changed: list[uuid.UUID]
    left_out: list[LeftOut]
    undoable: bool = Field(description="It can be taken back: POST /v1/bulk/{action}/undo.")
    undone: Undone | None = None


class Outcome:
    """What comes of one action: everybody who was asked for is in it once."""

    def __init__(self, asked: Collection[uuid.UUID]) -> None:
        self._asked = list(dict.fromkeys(asked))
        self._why: dict[uuid.UUID, str] = {}

    def leave(self, people: Collection[uuid.UUID], why: str) -> None:
        """These stay as they are; the first reason counts."""
        for person in people:
            self._why.setdefault(person, why)

    @property
    def left(self) -> list[uuid.UUID]:
        """Those to be changed, as far as is known by now."""
        return [person for person in self._asked if person not in self._why]

    def stored(self, **more: Any) -> dict[str, Any]:
        """Ids alone, as they are kept."""
        left_out: dict[str, list[str]] = {}
        for person in self._asked:
            if person in self._why:
                left_out.setdefault(self._why[person], []).append(str(person))
        return {"changed": [str(person) for person in self.left], "left_out": left_out, **more}


@router.post("/bulk/tags", status_code=201, summary="Put tags on people", response_model_exclude_none=True)
def tag(body: TagMany, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Done:
    """Tags somebody carries already stay; whoever carries all of them is left out."""

    def do(action: BulkAction, outcome: Outcome) -> None:
        wanted = tag_ids(work.db, body.named())
        outcome.leave(bulk.with_too_many(work.db, outcome.left, wanted, MOST_TAGS + MOST_PLACES), "too_many_tags")
        added = bulk.put_tags(work.db, outcome.left, wanted, actor=work.caller.id)
        outcome.leave(set(outcome.left) - added.keys(), "tagged")
        _retagged(work, action, wanted, added)

    return _acted(work, response, key, "tag", body, do)


@router.post("/bulk/untag", status_code=201, summary="Take tags off people", response_model_exclude_none=True)
def untag(body: TagMany, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Done:
    """Whoever carries none of them is left out."""

    def do(action: BulkAction, outcome: Outcome) -> None:
        wanted = tag_ids(work.db, body.named())
        removed = bulk.take_tags(work.db, outcome.left, wanted)
        outcome.leave(set(outcome.left) - removed.keys(), "untagged")
        _retagged(work, action, wanted, removed)

    return _acted(work, response, key, "untag", body, do)


@router.post("/bulk/shares", status_code=201, summary="Share people", response_model_exclude_none=True)
def share(body: ShareMany, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Done:
    """Gives a hiring manager one application of each: the latest for the position, or the only one."""

    def do(action: BulkAction, outcome: Outcome) -> None:
        may_be_given(work, body.user)
        chosen: dict[uuid.UUID, uuid.UUID] = {}
        found = bulk.applications(work.db, outcome.left, _position(work, body.position))
        for person in outcome.left:
            theirs = found.get(person, [])
            if not theirs:
                outcome.leave([person], "no_application")
            elif body.position is None and len(theirs) > 1:
                outcome.leave([person], "several_applications")
            else:
                chosen[person] = theirs[-1].id
        given = bulk.give(work.db, body.user, list(chosen.values()), actor=work.caller.id, batch=action.id)
        if given:
            tell(work.db, body.user, work.caller.id, action.id)
        outcome.leave([person for person, application in chosen.items() if application not in given], "shared")
        action.about = {"user": str(body.user), "position": body.position and str(body.position)}

    return _acted(work, response, key, "share", body, do)


@router.post("/bulk/rejections", status_code=201, summary="Reject people", response_model_exclude_none=True)
def reject(body: RejectMany, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Done:
    """Ends their open applications for a position, or the only open one each has. Can be taken back."""

    def do(action: BulkAction, outcome: Outcome) -> None:
        reason = known_reason(work, body.reason)
        ended: list[uuid.UUID] = []
        found = bulk.applications(work.db, outcome.left, _position(work, body.position))
        for person in outcome.left:
            theirs = [each.id for each in found.get(person, []) if each.open]
            if not theirs:
                outcome.leave([person], "no_open_application")
            elif body.position is None and len(theirs) > 1:
                outcome.leave([person], "several_open_applications")
            else:
                ended += theirs
        bulk.reject(work.db, ended, reason, body.note, actor=work.caller.id, at=action.created_at)
        _raised(work, action, outcome.left)
        action.about = {"reason": reason.key, "position": body.position and str(body.position)}
        action.outcome = {"applications": [str(each) for each in ended]}

    return _acted(work, response, key, "reject", body, do)


@router.post(
    "/bulk/applications", status_code=201, summary="Add people to a position", response_model_exclude_none=True
)
def apply(body: ApplyMany, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Done:
    """Whoever has an open application there is left out."""

    def do(action: BulkAction, outcome: Outcome) -> None:
        position = positions.get(work.db, body.position)
        if position.status != "open":
            raise Conflict(f"“{position.title}” is closed; open it before adding applications.")
        found = bulk.applications(work.db, outcome.left, position.id)
        outcome.leave([person for person, theirs in found.items() if any(each.open for each in theirs)], "applied")
        bulk.apply(work.db, outcome.left, position.id, stage=body.stage, source=body.source)
        _raised(work, action, outcome.left)
        action.about = {"position": str(position.id)}

    return _acted(work, response, key, "apply", body, do)


@router.get("/bulk/{action}", summary="Read what was done to people", response_model_exclude_none=True)
def read(action: Id, work: StaffWork) -> Done:
    """What came of it, and whether it was taken back."""
    return _view(work, bulk.get(work.db, action))


@router.post("/bulk/{action}/undo", summary="Take rejections back", response_model_exclude_none=True)
def undo(action: Id, work: StaffWork) -> Done:
    """Opens exactly those applications again that this ended, but for those about which something else was said since.

    Asked again it changes nothing and answers the same.
    """
    row = bulk.lock(work.db, action)
    if row.kind != "reject":
        raise Conflict("Only rejections can be taken back all at once.")
    opened: list[uuid.UUID] = []
    if row.undone is None:
        outcome = Outcome([uuid.UUID(person) for person in row.outcome["changed"]])
        outcome.leave(set(outcome.left) - bulk.hold(work.db, outcome.left), "unknown")
        ended = [uuid.UUID(each) for each in row.outcome["applications"]]
        again = bulk.unreject(work.db, ended, actor=row.done_by, at=row.created_at)
        outcome.leave(set(outcome.left) - again, "changed")
        opened = outcome.left
        _raised(work, row, opened)
        bulk.undo(work.db, row, outcome.stored(), actor=work.caller.id)
    view = _view(work, row)
    work.commit(many=bool(opened))
    return view


def _acted(
    work: Work,
    response: Response,
    key: str | None,
    kind: Kind,
    body: TagMany | ShareMany | RejectMany | ApplyMany,
    do: Callable[[BulkAction, Outcome], None],
) -> Done:
    """Do it to those who are here, keep what came of it, commit once."""
    changed: list[uuid.UUID] = []

    def act() -> dict[str, object]:
        outcome = Outcome(body.people)
        outcome.leave(set(outcome.left) - bulk.hold(work.db, outcome.left), "unknown")
        action = BulkAction(
            id=uuid.uuid4(), kind=kind, done_by=work.caller.id, created_at=bulk.now(work.db), about={}, outcome={}
        )
        do(action, outcome)
        action.outcome = outcome.stored(**action.outcome)
        bulk.note(work.db, action)
        changed.extend(outcome.left)
        return {"id": str(action.id)}

    receipt = once(work, response, key, f"bulk/{kind}", body, act)
    view = _view(work, bulk.get(work.db, uuid.UUID(receipt["id"])))
    rung = [body.user] if changed and isinstance(body, ShareMany) else []
    work.commit(many=bool(changed) and kind in _TOLD, rung=rung)
    response.headers["Location"] = f"/v1/bulk/{view.id}"
    return view


def _raised(
    work: Work, action: BulkAction, people: Collection[uuid.UUID], profiles: Collection[uuid.UUID] = ()
) -> None:
    """The documents of these people changed, and whoever hears of it hears of all of them together.

    `profiles` are those of them of whom everybody sees the change who sees them.
    """
    if not people:
        return
    batch = candidates.insert_batch(work.db, action.kind, "summary", work.caller.id).id
    shown = set(profiles)
    for some, profile in ((shown, True), (set(people) - shown, False)):
        if some:
            candidates.raise_versions(
                work.db,
                sorted(some),
                actor=work.caller.id,
                notices=_TOLD[action.kind],
                profile=profile,
                batch=batch,
            )


def _retagged(
    work: Work, action: BulkAction, wanted: list[uuid.UUID], changed: Mapping[uuid.UUID, set[uuid.UUID]]
) -> None:
    known = tags.by_ids(work.db, wanted)
    public = {row.id for row in known if row.kind in PUBLIC_KINDS}
    action.about = {"tags": [row.key for row in known]}
    _raised(work, action, changed.keys(), {person for person, theirs in changed.items() if theirs & public})


def _position(work: Work, position: uuid.UUID | None) -> uuid.UUID | None:
    return None if position is None else positions.get(work.db, position).id


def _view(work: Work, row: BulkAction) -> Done:
    by = users.names(work.db, {each for each in (row.done_by, row.undone_by, _id(row.about.get("user"))) if each})
    undone = None
    if row.undone is not None and row.undone_at is not None:
        undone = Undone(
            at=row.undone_at,
            by_name=by.get(row.undone_by) if row.undone_by else None,
            changed=row.undone["changed"],
            left_out=_left_out(row.undone),
        )
    return Done(
        id=row.id,
        kind=row.kind,
        at=row.created_at,
        by_name=by.get(row.done_by),
        about=_about(work, row, by),
        changed=row.outcome["changed"],
        left_out=_left_out(row.outcome),
        undoable=row.kind == "reject" and row.undone is None and bool(row.outcome["changed"]),
        undone=undone,
    )


def _about(work: Work, row: BulkAction, by: Mapping[uuid.UUID, str]) -> About:
    position, user, reason = _id(row.about.get("position")), _id(row.about.get("user")), row.about.get("reason")
    keys = row.about.get("tags", [])
    known = names.of(work.db, tags=keys, positions=[position] if position else [], reasons=[reason] if reason else [])
    return About(
        tags=[known.tags[key] for key in keys if key in known.tags],
        position=position,
        position_title=known.positions.get(str(position)),
        reason=known.reasons.get(reason) if reason else None,
        said_by=known.said_by.get(reason) if reason else None,
        user_name=by.get(user) if user else None,
    )


def _left_out(outcome: Mapping[str, Any]) -> list[LeftOut]:
    order = {why: at for at, why in enumerate(WHY)}
    return [
        LeftOut(why=why, message=WHY[why], people=people)
        for why, people in sorted(outcome["left_out"].items(), key=lambda each: order[each[0]])
    ]


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
