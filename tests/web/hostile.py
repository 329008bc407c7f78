"""Strings that do harm wherever one is taken for more than text, and a house in which everything is called so."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from string import ascii_lowercase
from typing import Any

from sqlalchemy import update

from records.database import session
from records.models import LoginSession, User
from tests.api.answers import ok
from tests.api.browser import session_of
from tests.api.scene import People, Persona, Scene, device_of, webhook_told
from tests.api.traces import ended_reindex, share
from tests.installation import Installation

# The element and the attribute that some of them try to make.
MADE = "x-hostile"
# As long as a name may be, and how much of it says which of several things has it.
MOST, NUMBERED = 200, 6

HOSTILE: Mapping[str, str] = {
    "script": "<script>alert(1)</script><script src=//evil.example.com></script>",
    "element": f'"><{MADE} src=x onerror=alert(1)></{MADE}><img src=x onerror=alert(1)>',
    "attribute": f"' {MADE}='1' onfocus='alert(1)' autofocus \" {MADE}=\"1\" onfocus=\"alert(1)",
    "end of what it stands in": f"</textarea></title></script></style></bdi>--><{MADE}>",
    "template": "{{7*7}}{% for a in b %}${7*7}#{7*7}<%= 7*7 %>",
    "right to left": "\u202egnp.exe\u2066\u200f \u05e9\u05dc\u05d5\u05dd\u2069",
    "formula": "=cmd|' /C calc'!A0",
    "address": "javascript:alert(1)//",
    "statement": "Robert'); DROP TABLE users;--",
    "placeholder": "%(n)s %s %d {0} {name} \\u003cb\\u003e",
    "entity": "&lt;b&gt;&amp;amp;&#60;i&#62;",
    "one long word": "W" * (MOST - NUMBERED),
}
# What everything in a house is called. Fewer than there are strings: each house asks every page.
HOUSES: Mapping[str, str] = {
    "markup": HOSTILE["element"] + HOSTILE["end of what it stands in"],
    "attributes": HOSTILE["attribute"] + HOSTILE["entity"],
    "addresses": HOSTILE["address"] + HOSTILE["template"] + HOSTILE["placeholder"],
    "formulas": HOSTILE["formula"] + HOSTILE["right to left"] + HOSTILE["statement"],
    "one long word": HOSTILE["one long word"],
}
# In texts there is room for all of them, and in a CV for five thousand signs without a space as well.
TEXT = "\n".join(text for text in HOSTILE.values() if len(text) < MOST // 2)
CV = f"{TEXT}\n{'M' * 5_000}"


@dataclass(frozen=True, slots=True)
class HostileScene:
    """A scene in which everything is called by one string, and then its letter and the number of the thing."""

    said: str
    letter: str
    scene: Scene
    # The recruiter's bell has rung with the viewer's remark.
    asked: uuid.UUID

    def whole(self, text: str) -> bool:
        """Whether every name that ends in a text begins in it, too, sign for sign."""
        said = " ".join(self.said.split())
        ends = re.findall(rf"‹{self.letter}\d+›", text)
        return all(text.count(end) == text.count(said + end) for end in set(ends))

    def path(self, template: str, persona: Persona) -> str:
        """Where a page lies for somebody: everybody has a notice of their own."""
        own = self.asked if persona is Persona.RECRUITER else self.scene.notice
        return replace(self.scene, notice=own).path(template)


class _Names:
    """Names that say one thing, and are found again by their numbers."""

    def __init__(self, called: str) -> None:
        self.said = HOUSES[called]
        # One house may have several such scenes.
        self.letter = ascii_lowercase[list(HOUSES).index(called)]
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{self.said}‹{self.letter}{next(self._numbers)}›"


def hostile_scene(world: Installation, known: People, called: str) -> HostileScene:
    """One of everything, seen by one of everybody: the scene of the other tests, with names that do harm."""
    name, mark = _Names(called), uuid.uuid4().hex[:8]
    _call(known, name)
    keys = {kind: f"{kind}-{mark}" for kind in ("skill", "location", "label", "internal")}
    for kind, key in keys.items():
        world.tag(name(), kind, key=key, synonyms=[name()])
    world.tag(name(), parent=keys["skill"])
    reason = _reason(world, name())
    pool = world.pool(name(), {"tags": {"any": [keys["skill"]]}})
    below = world.pool(name(), {"text": "developer"}, parent=pool)
    world.settle()
    viewer, owner = known.ids[Persona.VIEWER], known.ids[Persona.OWNER]
    for tracker in (viewer, known.ids[Persona.RECRUITER]):
        for tracked in (pool, below):
            ok(world.administrator.put(f"/v1/users/{tracker}/tracking/{tracked}"), 204)
    candidate = _person(world, name, keys)
    position = _made(world, "/v1/positions", {"title": name()})
    other = _made(world, "/v1/positions", {"title": name()})
    application, rejected = (
        _made(world, f"/v1/candidates/{candidate}/applications", {"position": str(each), "source": name()})
        for each in (position, other)
    )
    for each in (application, rejected):
        ok(world.recruiter.post(f"/v1/applications/{each}/notes", json={"text": TEXT}), 201)
    ending = {"reason": reason, "note": TEXT}
    ok(world.recruiter.put(f"/v1/applications/{rejected}/rejection", json=ending))
    # Rejected there already, so they are left as they are, and named.
    many = {"people": [str(candidate)], "position": str(other), **ending}
    action = uuid.UUID(ok(world.recruiter.post("/v1/bulk/rejections", json=many), 201)["id"])
    given = share(owner, application=application)
    share(owner, application=rejected)
    world.settle()
    ok(known[Persona.VIEWER].post(f"/v1/candidates/{candidate}/want", json={"remark": TEXT}), 202)
    token = _made_by_administrator(world, f"/v1/users/{viewer}/tokens", {"name": name()})
    invitation = {"email": f"{mark}@example.com", "name": name(), "role": "analyst"}
    webhook, delivery = webhook_told()
    scene = Scene(
        webhook=webhook,
        delivery=delivery,
        skill=keys["skill"],
        place=keys["location"],
        internal=keys["internal"],
        reason=reason,
        pool=pool,
        candidate=candidate,
        position=position,
        application=application,
        share=given,
        notice=_notice(known, Persona.VIEWER, "match"),
        device=device_of(viewer),
        user=viewer,
        token=token,
        session=session_of(viewer),
        invitation=_made_by_administrator(world, "/v1/invitations", invitation),
        job=ended_reindex(),
        action=action,
    )
    _say_where_from(name.said)
    return HostileScene(name.said, name.letter, scene, _notice(known, Persona.RECRUITER, "wanted"))


def _person(world: Installation, name: _Names, keys: Mapping[str, str]) -> uuid.UUID:
    return world.candidate(
        name(),
        [keys["skill"], keys["label"], keys["internal"]],
        locations=[keys["location"]],
        email="\"onfocus='alert(1)'x-hostile=1\"@example.com",
        headline=f"Developer {name()}",
        source=name(),
        cv_text=CV,
    )


def _reason(world: Installation, name: str) -> str:
    ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"}), 201)
    rows = ok(world.recruiter.get("/v1/rejection-reasons"))
    return next(str(row["key"]) for row in rows if row["name"] == name)


def _call(known: People, name: _Names) -> None:
    """Users are called so, too."""
    with session() as db:
        for user in known.ids.values():
            db.execute(update(User).where(User.id == user).values(name=name()))
        db.commit()


def _say_where_from(said: str) -> None:
    """What a browser says of itself is shown on its owner's page."""
    with session() as db:
        db.execute(update(LoginSession).values(client=said))
        db.commit()


def _made(world: Installation, path: str, body: dict[str, Any]) -> uuid.UUID:
    return uuid.UUID(ok(world.recruiter.post(path, json=body), 201)["id"])


def _made_by_administrator(world: Installation, path: str, body: dict[str, str]) -> uuid.UUID:
    return uuid.UUID(ok(world.administrator.post(path, json=body), 201)["id"])


def _notice(known: People, persona: Persona, kind: str) -> uuid.UUID:
    bell = ok(known[persona].get("/v1/notifications"))["items"]
    return uuid.UUID(next(notice["id"] for notice in bell if notice["kind"] == kind))
