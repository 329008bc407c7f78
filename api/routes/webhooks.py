"""Webhooks: other systems that hear of who comes into pools and leaves them; for administrators."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api import cursors
from api.fields import Body, Cursor, Id, Limit, Printable
from api.wire import StrictRoute
from api.work import AdministratorWork, Work
from core.errors import Conflict, Invalid, NotFound, Problem
from core.wake import waker
from notifications import outside
from notifications.outcome import Sent
from notifications.webhook_courier import deliver
from notifications.webhook_signing import new_secret
from records.repositories import names, pools, webhooks

router = APIRouter(tags=["webhooks"], route_class=StrictRoute)

MOST = 50

Event = Literal["pool.entered", "pool.left"]
State = Literal["waiting", "sent", "failed", "withdrawn"]
Url = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=2_000), Printable]
Events = Annotated[list[Event], Field(min_length=1, max_length=2)]
Pools = Annotated[
    list[uuid.UUID] | None, Field(min_length=1, max_length=100, description="These and those below; null: all.")
]


class NewWebhook(Body):
    """Where to send, and what."""

    url: Url = Field(description="Begins with https:// and leads to a public address.")
    events: Events = Field(default_factory=lambda: list(get_args(Event)))
    pools: Pools = None


class ChangedWebhook(Body):
    """What is given is changed."""

    url: Url | None = None
    events: Events | None = None
    pools: Pools = None
    active: bool | None = None


class Secret(BaseModel):
    """What deliveries are signed with. It is in this answer and nowhere else."""

    id: uuid.UUID
    secret: str = Field(description="`whsec_` and 32 bytes in base64, as Standard Webhooks has it.")


class WebhookView(BaseModel):
    """An endpoint, and how it does. Its secret is told to nobody."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    url: str
    events: list[Event]
    pools: list[uuid.UUID] | None
    active: bool
    problem: str | None = Field(description="Why it was switched off by itself, in a word.")
    failing_since: datetime | None = Field(description="Since when it takes nothing.")
    created_at: datetime
    created_by: str | None
    waiting: int = Field(description="Deliveries that wait.")
    failed: int = Field(description="Deliveries that were given up.")


class DeliveryView(BaseModel):
    """A delivery, and how it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID = Field(description="`webhook-id` of every attempt.")
    event: str
    people: int = Field(description="How many people it told of, or is to, each with one pool.")
    state: State
    created_at: datetime
    due_at: datetime = Field(description="When it is tried next, while it waits.")
    ended_at: datetime | None
    attempts: int
    reason: str | None = Field(description="Why it failed or waits, in a word.")
    said: str | None = Field(description="What the endpoint answered.")


class Deliveries(BaseModel):
    """A page of them."""

    items: list[DeliveryView]
    next: str | None = None


def _written(value: object) -> object:
    """A number would be taken for seconds or milliseconds since 1970, whichever fits."""
    if not isinstance(value, str | datetime):
        raise ValueError("Give a time with its zone, such as 2030-01-31T12:00:00Z.")  # noqa: TRY004 - pydantic takes these
    return value


class Since(Body):
    """From when on."""

    since: Annotated[AwareDatetime, BeforeValidator(_written, json_schema_input_type=AwareDatetime)]


class Replayed(BaseModel):
    """How many deliveries are sent (again)."""

    replayed: int


class TriedWebhook(BaseModel):
    """How the endpoint took a test; what it answered."""

    delivery: uuid.UUID
    taken: bool
    reason: str | None = None
    said: str | None = None


@router.get("/webhooks", summary="Webhooks")
def index(work: AdministratorWork) -> list[WebhookView]:
    """All endpoints, the oldest first."""
    return [WebhookView.model_validate(each) for each in webhooks.endpoints(work.db)]


@router.post("/webhooks", status_code=201, summary="Add a webhook")
def add(body: NewWebhook, work: AdministratorWork, response: Response) -> Secret:
    """The secret is in this answer and nowhere else; no Idempotency-Key, because it is stored for nobody to read."""
    if len(webhooks.endpoints(work.db)) >= MOST:
        raise Conflict("There are 50 webhooks already; remove one that is not needed any more.")
    _check(work, body.url, body.pools)
    secret = new_secret()
    made = webhooks.add(work.db, body.url, _sorted(body.events), body.pools, secret, work.caller.id)
    work.commit()
    response.headers["Location"] = f"/v1/webhooks/{made}"
    return Secret(id=made, secret=secret)


@router.get("/webhooks/{webhook}", summary="A webhook")
def read(webhook: Id, work: AdministratorWork) -> WebhookView:
    """How it stands."""
    return WebhookView.model_validate(webhooks.get(work.db, webhook))


@router.patch("/webhooks/{webhook}", summary="Change a webhook")
def change(webhook: Id, body: ChangedWebhook, work: AdministratorWork) -> WebhookView:
    """While it is off nothing is kept for it; switched off, what waited fails and can be replayed."""
    before = webhooks.get(work.db, webhook)
    chosen = body.pools if "pools" in body.model_fields_set else before.pools
    _check(work, body.url or before.url, body.pools)
    webhooks.change(work.db, webhook, body.url or before.url, _sorted(body.events or before.events), chosen)
    if body.active is not None:
        (webhooks.switch_on if body.active else webhooks.switch_off)(work.db, webhook)
    view = read(webhook, work)
    work.commit()
    return view


@router.delete("/webhooks/{webhook}", status_code=204, summary="Remove a webhook")
def remove(webhook: Id, work: AdministratorWork) -> None:
    """Nothing more is sent there; its secret and its deliveries are forgotten."""
    webhooks.get(work.db, webhook)
    webhooks.remove(work.db, webhook)
    work.commit()


@router.post("/webhooks/{webhook}/secret", summary="Replace the secret of a webhook")
def rotate(webhook: Id, work: AdministratorWork) -> Secret:
    """For a day each delivery is signed with both, so that the other system can change over without losing any."""
    webhooks.get(work.db, webhook)
    secret = new_secret()
    webhooks.rotate(work.db, webhook, secret)
    work.commit()
    return Secret(id=webhook, secret=secret)


@router.post("/webhooks/{webhook}/test", summary="Try a webhook out")
def try_out(webhook: Id, work: AdministratorWork) -> TriedWebhook:
    """Sends it an event `webhook.test` with nobody in it, now and once, also while it is off."""
    webhooks.get(work.db, webhook)
    taken = webhooks.taken(work.db, webhooks.begin_test(work.db, webhook))
    # It stands before it is sent, and nothing is held open while the endpoint is spoken with.
    work.commit()
    outcome = deliver(taken)
    if outcome is None or isinstance(outcome, Sent):
        return TriedWebhook(delivery=taken.id, taken=True)
    return TriedWebhook(delivery=taken.id, taken=False, reason=outcome.reason, said=outcome.said)


@router.get("/webhooks/{webhook}/deliveries", summary="What a webhook was told")
def deliveries(
    webhook: Id,
    work: AdministratorWork,
    state: Annotated[State | None, Query(description="Only those; `failed` are the ones that were given up.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Deliveries:
    """The newest first, kept for 90 days. Whom each told of is not shown: read the pool."""
    webhooks.get(work.db, webhook)
    before = cursors.read(cursor, datetime, uuid.UUID) if cursor else None
    rows = webhooks.told(work.db, webhook, limit, state, before and (before[0], before[1]))
    following = cursors.write(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None
    return Deliveries(items=[DeliveryView.model_validate(row) for row in rows], next=following)


@router.post("/webhooks/{webhook}/deliveries/{delivery}/replay", summary="Send a delivery again")
def replay(webhook: Id, delivery: Id, work: AdministratorWork) -> Replayed:
    """At once, under the same `webhook-id`, as far as what it tells still holds."""
    _demand_active(work, webhook)
    replayed = webhooks.replay(work.db, webhook, delivery)
    work.commit()
    waker.couriers()
    return Replayed(replayed=replayed)


@router.post("/webhooks/{webhook}/replay", summary="Send again everything since a time")
def replay_since(webhook: Id, body: Since, work: AdministratorWork) -> Replayed:
    """Whatever became of it, in the order in which it happened, each under its own `webhook-id`."""
    _demand_active(work, webhook)
    replayed = webhooks.replay_since(work.db, webhook, body.since)
    work.commit()
    waker.couriers()
    return Replayed(replayed=replayed)


def pools_of(view: WebhookView, work: Work) -> dict[str, str]:
    """The names of the pools that an endpoint hears of, by id."""
    return dict(names.of(work.db, pools=view.pools).pools) if view.pools else {}


def _demand_active(work: Work, webhook: uuid.UUID) -> None:
    if not webhooks.get(work.db, webhook).active:
        raise Conflict("This webhook is off; switch it on, then send again.")


def _check(work: Work, url: str, chosen: list[uuid.UUID] | None) -> None:
    try:
        outside.check(url)
    except ValueError as error:
        raise _unusable("body.url", str(error)) from error
    for place, pool in enumerate(chosen or ()):
        try:
            pools.get(work.db, pool)
        except NotFound as error:
            raise _unusable(f"body.pools[{place}]", error.detail) from error


def _unusable(place: str, message: str) -> Invalid:
    return Invalid("Some of this cannot be used as it is.", problems=(Problem(place, message),))


def _sorted(events: list[Event] | list[str]) -> list[str]:
    return sorted(set(events))
