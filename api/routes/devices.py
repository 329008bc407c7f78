"""The browsers in which I want to hear of things while they are not open (Web Push)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from api.fields import Body, Created, Id, Line, Printable
from api.wire import StrictRoute
from api.work import ReaderWork
from core.errors import Invalid, Problem
from notifications import outside
from notifications.channels import push
from notifications.webpush import Keys
from notifications.wishes import Wishes
from records.models import Device
from records.repositories import deliveries, devices, preferences
from records.repositories.devices import Target

router = APIRouter(tags=["account"], route_class=StrictRoute)

Encoded = Annotated[str, StringConstraints(strict=True, max_length=100, pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


class PushKey(BaseModel):
    """What a browser subscribes with, so that nobody else can send to it."""

    key: str


class DeviceKeys(Body):
    """What messages to a browser are encrypted with, as the browser writes it."""

    p256dh: Encoded
    auth: Encoded


class NewDevice(Body):
    """A browser's subscription, and what its owner calls the browser."""

    endpoint: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2_000), Printable]
    keys: DeviceKeys
    name: Line


class DeviceView(BaseModel):
    """A device. Its address is a secret between the browser and us, and shown nowhere."""

    id: uuid.UUID
    name: str
    mark: str = Field(description="SHA-256 of its endpoint, by which a browser recognises itself.")
    created_at: datetime
    reached_at: datetime | None = Field(description="When its push service last took a message.")

    @classmethod
    def of(cls, row: Device) -> DeviceView:
        """The view of a device."""
        mark = hashlib.sha256(row.endpoint.encode()).hexdigest()
        return cls(id=row.id, name=row.name, mark=mark, created_at=row.created_at, reached_at=row.reached_at)


class Tried(BaseModel):
    """How the device's push service took a message."""

    result: Literal["taken", "gone", "later", "refused"]


@router.get("/me/devices/key", summary="What my browser subscribes with")
def key(work: ReaderWork) -> PushKey:
    """The public half of this installation's key (VAPID)."""
    public = push.own_public_key(work.db)
    work.commit()
    return PushKey(key=public)


@router.get("/me/devices", summary="Where I hear of things")
def my_devices(work: ReaderWork) -> list[DeviceView]:
    """Newest first."""
    return [DeviceView.of(row) for row in devices.of_user(work.db, work.caller.id)]


@router.post("/me/devices", status_code=201, summary="Tell me on this device")
def add(body: NewDevice, work: ReaderWork, response: Response) -> Created:
    """Sent again it has no second effect. A browser that told somebody else before tells me from now on."""
    try:
        outside.check(body.endpoint)
    except ValueError as error:
        raise _unusable("body.endpoint", str(error)) from error
    try:
        Keys.read(body.keys.p256dh, body.keys.auth)
    except ValueError as error:
        raise _unusable("body.keys", "These are no keys of a browser.") from error
    target = Target(uuid.uuid4(), body.endpoint, body.keys.p256dh, body.keys.auth)
    added = devices.add(work.db, work.caller.id, target, body.name)
    deliveries.reachable(work.db, work.caller.id, "push")
    work.commit()
    response.headers["Location"] = f"/v1/me/devices/{added}"
    return Created(id=added)


@router.delete("/me/devices/{device}", status_code=204, summary="Tell me there no more")
def remove(device: Id, work: ReaderWork) -> None:
    """Nothing more is sent there."""
    devices.remove(work.db, work.caller.id, device)
    work.commit()


@router.post("/me/devices/{device}/test", summary="Try a device out")
def try_out(device: Id, work: ReaderWork) -> Tried:
    """Sends a message there at once. A device that its push service does not know any more is removed."""
    target = devices.get(work.db, work.caller.id, device)
    language = Wishes(preferences.of(work.db, [work.caller.id])[work.caller.id]).language
    own_key = push.own_key(work.db)
    work.commit()
    return Tried(result=push.try_out(own_key, target, language).how)


def _unusable(place: str, message: str) -> Invalid:
    return Invalid("This browser cannot be sent anything.", problems=(Problem(place, message),))
