"""The browsers in which I want to hear of things while they are not open."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.fields import Id
from api.routes import devices
from api.work import ReaderWork
from web.browsers import browser_named
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import noted

router = pages()

_TRIED = {
    "taken": noted("Sent. It should be there in a moment."),
    "gone": noted("That browser does not take messages any more, so it was removed."),
    "later": noted("Its push service does not answer now. Try again later."),
    "refused": noted("Its push service did not accept the message."),
}


@router.get("/account/devices")
def mine(request: Request, work: ReaderWork) -> Response:
    """My devices, and the offer to add this one."""
    name = browser_named(request.headers.get("user-agent", ""))[:200]
    values = {"devices": devices.my_devices(work), "key": devices.key(work).key, "name": name}
    return page(request, "devices.html", work, values)


@router.post("/account/devices/{device}/test")
def try_out(request: Request, device: Id, work: ReaderWork) -> Response:
    """A message there, at once."""
    said = language_of(request).say(_TRIED[devices.try_out(device, work).result])
    return go_and_say(request, "/account/devices", said)


@router.post("/account/devices/{device}/remove")
def remove(request: Request, device: Id, work: ReaderWork) -> Response:
    """Nothing more is sent there."""
    devices.remove(device, work)
    return go_and_say(request, "/account/devices", language_of(request).say("Removed. Nothing more is sent there."))
