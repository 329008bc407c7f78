"""Every page and every form: who may use it, and what a form sends."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from records.database import session
from records.repositories import pools
from tests.api.browser import PASSWORD, forgetful, give_password, invited
from tests.api.scene import Persona, Scene, owner_of
from tests.api.traces import ended_reindex

ORDER = tuple(Persona)
# Forms of who is not signed in.
OPEN = ("/login", "/password/reset", "/invitation", "/choices")
# Forms whose address proves that its sender was meant, so that it does not matter where they are sent from.
PROVEN_BY_ADDRESS = ("/unsubscribe/{token}",)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page (GET) or a form (POST), with what each persona is answered when the things in the path exist."""

    method: str
    template: str
    statuses: tuple[int, ...]
    form: Callable[[Scene], dict[str, str]] | None = None
    # Whether it takes away what the others ask about.
    takes_away: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    def status(self, persona: Persona) -> int:
        """What this persona is answered."""
        return self.statuses[ORDER.index(persona)]

    def asks_who(self, persona: Persona) -> bool:
        """Whether this persona is sent to where one signs in, and not onwards like everybody."""
        return persona is Persona.ANONYMOUS and self.statuses[0] == 303 and self.template not in OPEN


# anonymous, administrator, recruiter, stranger, viewer, owner, analyst
def _signed_in(status: int) -> tuple[int, ...]:
    """Who is not signed in is sent to where one signs in."""
    return (303, *([status] * 6))


def _readers(status: int) -> tuple[int, ...]:
    """Analysts see no people."""
    return (303, *([status] * 5), 403)


def _administrator(status: int) -> tuple[int, ...]:
    return (303, status, 403, 403, 403, 403, 403)


def _staff(status: int) -> tuple[int, ...]:
    """Administrators and recruiters."""
    return (303, status, status, 403, 403, 403, 403)


def _managers(stranger: int, viewer: int, owner: int, staff: int = 200) -> tuple[int, ...]:
    return (303, staff, staff, stranger, viewer, owner, 403)


def _application(scene: Scene) -> dict[str, str]:
    return {"application": str(scene.application)}


def _invited(_: Scene) -> dict[str, str]:
    return {"name": "New Colleague", "email": f"{uuid.uuid4().hex}@example.com", "role": "recruiter"}


def _begun(_: Scene) -> dict[str, str]:
    ended_reindex()
    return {"what": "begin"}


def _login(_: Scene) -> dict[str, str]:
    give_password()
    return {"email": "viewer@example.com", "password": PASSWORD, "next": "/account"}


def _changed(_: Scene) -> dict[str, str]:
    give_password()
    return {"old": PASSWORD, "new": PASSWORD}


def _unchanged(scene: Scene) -> dict[str, str]:
    return {"name": f"Pool {scene.skill.removeprefix('skill-')}", "tag": scene.skill}


def _tracked(scene: Scene) -> dict[str, str]:
    """The viewer tracks the pool again, whoever ended it a moment ago."""
    with session() as db:
        pools.track(db, scene.user, scene.pool, scene.user)
        db.commit()
    return {}


def _with_another_in_it(scene: Scene) -> dict[str, str]:
    """So that the pool cannot be deleted: the tests go on asking about it."""
    with session() as db:
        pools.add_many(db, [("In it", {"tags": {"any": [scene.skill]}})], parent=pools.get(db, scene.pool), actor=None)
        db.commit()
    return {}


def _selected(*statuses: int, **more: str) -> tuple[tuple[int, ...], Callable[[Scene], dict[str, str]]]:
    """Something done with the person of the scene, as a list sends it."""
    return (303, *statuses), lambda scene: {"person": str(scene.candidate), "back": "/talent?q=java", **more}


_STAFF = (200, 200, 403, 403, 403, 403)

VISITS: tuple[Visit, ...] = (
    Visit("POST", "/talent/selected/tag", *_selected(*_STAFF)),
    Visit("POST", "/talent/selected/untag", *_selected(*_STAFF)),
    Visit("POST", "/talent/selected/share", *_selected(*_STAFF)),
    Visit("POST", "/talent/selected/reject", *_selected(*_STAFF)),
    Visit("POST", "/talent/selected/add", *_selected(*_STAFF)),
    # Who does not see the person has selected nobody.
    Visit("POST", "/talent/selected/export", *_selected(200, 200, 303, 200, 200, 403)),
    Visit("GET", "/talent/selected/{action}", (303, *_STAFF)),
    Visit("POST", "/talent/selected/{action}/undo", (303, 303, 303, 403, 403, 403, 403)),
    Visit("GET", "/", _signed_in(200)),
    # The other way round: whoever is signed in need not sign in.
    Visit("GET", "/login", (200, *([303] * 6))),
    Visit("POST", "/login", (303,) * 7, _login),
    Visit("POST", "/logout", _signed_in(303)),
    # There are users, so it is closed.
    Visit("GET", "/setup", (404,) * 7),
    Visit(
        "POST",
        "/setup",
        (404,) * 7,
        lambda _: {"name": "Late", "email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD},
    ),
    Visit("GET", "/password/reset-request", (200,) * 7),
    Visit("POST", "/password/reset-request", (200,) * 7, lambda _: {"email": "viewer@example.com"}),
    Visit("GET", "/password/reset", (200,) * 7),
    Visit("POST", "/password/reset", (303,) * 7, lambda _: {"token": forgetful(), "password": PASSWORD}),
    Visit("GET", "/invitation", (200,) * 7),
    Visit("POST", "/invitation", (303,) * 7, lambda _: {"token": invited(), "password": PASSWORD}),
    Visit("POST", "/choices", (303,) * 7, lambda _: {"language": "cs", "theme": "dark", "keys": "off", "next": "/"}),
    Visit("GET", "/account", _signed_in(200)),
    Visit("POST", "/account/password", _signed_in(303), _changed),
    Visit("POST", "/account/sessions/end", _signed_in(303)),
    # The session is the viewer's.
    Visit("POST", "/account/sessions/{session}/end", (303, 404, 404, 404, 303, 404, 404)),
    Visit("GET", "/talent", _readers(200)),
    Visit("GET", "/talent/folders", _readers(200)),
    Visit("GET", "/talent/suggest", _readers(200)),
    # Managers see people, not numbers about all of them.
    Visit("GET", "/statistics", (303, 200, 200, 403, 403, 403, 200)),
    Visit("GET", "/bell", _signed_in(200)),
    Visit("GET", "/bell/sent", _signed_in(200)),
    Visit("GET", "/bell/sent/{message}", (303, 404, 404, 404, 404, 404, 404)),
    Visit("GET", "/bell/newest", _signed_in(200)),
    Visit("POST", "/bell/seen", _signed_in(303), lambda _: {"up_to": "0"}),
    # The notice is the viewer's.
    Visit("GET", "/bell/{notice}", (303, 404, 404, 404, 200, 404, 404)),
    Visit("POST", "/bell/{notice}/open", (303, 404, 404, 404, 303, 404, 404)),
    Visit("POST", "/bell/{notice}/done", (303, 404, 404, 404, 303, 404, 404)),
    Visit("GET", "/people/new", _staff(200)),
    Visit("POST", "/people/new", _staff(303), lambda s: {"name": "New Person", "tags": s.skill, "locations": s.place}),
    Visit("GET", "/people/tags", _staff(200)),
    Visit("GET", "/people/{candidate}", _managers(404, 200, 200)),
    Visit("GET", "/people/{candidate}/edit", _managers(404, 403, 200)),
    Visit(
        "POST",
        "/people/{candidate}/edit",
        _managers(404, 403, 303, staff=303),
        lambda _: {"name": "Changed Person", "etag": "*"},
    ),
    Visit("GET", "/people/{candidate}/delete", _staff(200)),
    Visit("POST", "/people/{candidate}/delete", _staff(303), takes_away=True),
    Visit("POST", "/people/{candidate}/tags", _staff(303), lambda s: {"tags": s.skill}),
    Visit("POST", "/people/{candidate}/tags/remove", _staff(303), lambda s: {"key": s.internal}),
    Visit("POST", "/people/{candidate}/applications", _staff(303), lambda s: {"position": str(s.position)}),
    # Two answers of a reader who looks through a pool; who was given the person asks nobody for them.
    Visit("POST", "/people/{candidate}/want", (303, 403, 403, 404, 303, 409, 403), lambda _: {"remark": "Please"}),
    Visit("POST", "/people/{candidate}/done", (303, 403, 403, 404, 303, 409, 403), lambda _: {"remark": "Thanks"}),
    Visit("POST", "/applications/{application}/stage", _staff(303), lambda _: {"stage": "offer"}),
    Visit("POST", "/applications/{application}/notes", _staff(303), lambda _: {"text": "Spoke on the phone."}),
    Visit("POST", "/applications/{application}/reject", _staff(303), lambda s: {"reason": s.reason}),
    Visit("POST", "/applications/{application}/undo", _staff(303)),
    # The owner has it, and the viewer has not.
    Visit("POST", "/applications/{application}/share", _staff(303), lambda s: {"user": str(owner_of(s))}),
    Visit("POST", "/applications/{application}/unshare", _staff(303), lambda s: {"user": str(s.user)}),
    Visit("GET", "/positions", _managers(200, 200, 200)),
    Visit("POST", "/positions", _staff(303), lambda _: {"title": "Engineer"}),
    # The owner was given one application, not the position.
    Visit("GET", "/positions/{position}", _managers(404, 404, 404)),
    Visit("POST", "/positions/{position}/change", _staff(303), lambda _: {"title": "Engineer"}),
    Visit(
        "POST",
        "/positions/{position}/move",
        _staff(303),
        lambda s: {"application": str(s.application), "stage": "offer"},
    ),
    Visit(
        "POST",
        "/positions/{position}/reject",
        _staff(303),
        lambda s: {"application": str(s.application), "reason": s.reason},
    ),
    Visit("POST", "/positions/{position}/undo", _staff(303), lambda s: {"application": str(s.application)}),
    Visit("POST", "/positions/{position}/add", _staff(303), lambda s: {"candidate": str(s.candidate)}),
    # It is taken back at once: the owner is to have one application only.
    Visit("POST", "/positions/{position}/share", _staff(303), lambda s: {"user": str(owner_of(s))}),
    Visit("POST", "/positions/{position}/unshare", _staff(303), lambda s: {"user": str(owner_of(s))}),
    # The viewer alone tracks it, until others are asked to below.
    Visit("POST", "/account/notices/{pool}", (303, 409, 409, 404, 303, 404, 403), lambda _: {"muted": "no"}),
    Visit("GET", "/pools", _staff(200)),
    Visit("GET", "/pools/new", _staff(200)),
    Visit("POST", "/pools/new", _staff(303), lambda s: {"name": "Another", "tag": s.skill}),
    Visit("GET", "/pools/{pool}", _staff(200)),
    Visit("GET", "/pools/{pool}/edit", _staff(200)),
    Visit("POST", "/pools/{pool}/edit", _staff(303), _unchanged),
    # Oneself; colleagues are for administrators.
    Visit("POST", "/pools/{pool}/trackers", _staff(303)),
    Visit("POST", "/pools/{pool}/trackers/{user}/end", (303, 303, 403, 403, 403, 403, 403), _tracked),
    Visit("GET", "/pools/{pool}/delete", _staff(200)),
    Visit("POST", "/pools/{pool}/delete", _staff(409), _with_another_in_it),
    # Nobody asked the viewer for anybody.
    Visit(
        "POST",
        "/bell/{notice}/share",
        (303, 404, 404, 403, 403, 403, 403),
        lambda s: {"application": str(s.application)},
    ),
    Visit("GET", "/account/notices", _readers(200)),
    Visit("GET", "/settings", _staff(200)),
    Visit("GET", "/settings/users", _administrator(200)),
    Visit("POST", "/settings/users", _administrator(200), _invited),
    Visit("POST", "/settings/invitations/{invitation}/resend", _administrator(200)),
    Visit("POST", "/settings/invitations/{invitation}/withdraw", _administrator(303)),
    Visit("GET", "/settings/users/{user}", _administrator(200)),
    Visit(
        "POST",
        "/settings/users/{user}",
        _administrator(303),
        lambda _: {"name": "viewer", "role": "hiring_manager"},
    ),
    Visit("POST", "/settings/users/{user}/sessions/end", _administrator(303)),
    Visit("POST", "/settings/users/{user}/sessions/{session}/end", _administrator(303)),
    Visit("POST", "/settings/users/{user}/tokens/{token}/end", _administrator(303)),
    # A recruiter sees and sets their own.
    Visit("GET", "/settings/tracking", (303, 303, 303, 403, 403, 403, 403)),
    Visit("GET", "/settings/users/{user}/tracking", _administrator(200)),
    Visit("POST", "/settings/users/{user}/tracking", _administrator(303), lambda s: {"tag": s.skill}),
    Visit("POST", "/settings/users/{user}/tracking/{pool}/end", _administrator(303)),
    Visit("GET", "/settings/tags", _staff(200)),
    Visit("POST", "/settings/tags", _staff(303), lambda _: {"name": uuid.uuid4().hex, "kind": "skill"}),
    Visit("GET", "/settings/tags/{key}", _staff(200)),
    Visit("POST", "/settings/tags/{key}", _staff(303), lambda _: {"name": uuid.uuid4().hex}),
    Visit("GET", "/settings/reasons", _administrator(200)),
    Visit(
        "POST", "/settings/reasons", _administrator(303), lambda _: {"name": uuid.uuid4().hex, "said_by": "candidate"}
    ),
    Visit("GET", "/settings/reasons/{reason}", _administrator(200)),
    Visit("POST", "/settings/reasons/{reason}", _administrator(303), lambda _: {"name": uuid.uuid4().hex}),
    Visit("GET", "/settings/jobs", _administrator(200)),
    Visit("GET", "/settings/jobs/reindex", _administrator(303)),
    Visit("GET", "/settings/jobs/checks", _administrator(303)),
    Visit("POST", "/settings/jobs/reindex", _administrator(303), _begun),
    # The job here has ended.
    Visit("POST", "/settings/jobs/reindex/{job}", _administrator(409), lambda _: {"what": "finish"}),
    Visit("POST", "/settings/jobs/checks", _administrator(303)),
    Visit("POST", "/settings/jobs/dead-letters", _administrator(303)),
    Visit("GET", "/sample", _administrator(200)),
    # There are people, so there is nothing to begin with.
    Visit("POST", "/sample", _administrator(409)),
    # The token here is none of a letter's (tests/notifications/test_unsubscribing.py has those).
    Visit("GET", "/unsubscribe/{token}", (404,) * 7),
    Visit("POST", "/unsubscribe/{token}", (404,) * 7),
    Visit("GET", "/settings/slack", _administrator(200)),
    Visit("POST", "/settings/slack", _administrator(303), lambda _: {"what": "disconnect"}),
    Visit("GET", "/settings/messages", _administrator(200)),
    Visit("POST", "/settings/messages", _administrator(303)),
    Visit("GET", "/settings/webhooks", _administrator(200)),
    # The page that answers shows the secret, so it goes nowhere else.
    Visit(
        "POST",
        "/settings/webhooks",
        _administrator(200),
        lambda s: {"url": "https://hooks.invalid/", "events": "pool.entered", "pools": f"/pools/{s.pool}"},
    ),
    Visit("GET", "/settings/webhooks/{webhook}", _administrator(200)),
    Visit("POST", "/settings/webhooks/{webhook}", _administrator(303), lambda _: {"what": "on"}),
    Visit("POST", "/settings/webhooks/{webhook}/deliveries/{delivery}", _administrator(303)),
    Visit("POST", "/account/notices", _readers(303), lambda _: {"new_in_pool.email": "weekly"}),
    Visit("POST", "/account/notices/hours", _readers(303), lambda _: {"as": "house"}),
    # Which pools there are is read from the page's own list, so those of others are as if they were none.
    Visit("POST", "/account/notices/pools", _readers(303), lambda s: {f"{s.pool}.email": ""}),
    # There is no mail server here, nor anything else.
    Visit("POST", "/account/notices/test", _readers(409), lambda _: {"channel": "email"}),
    Visit("GET", "/settings/notices", _administrator(200)),
    Visit("POST", "/settings/notices", _administrator(303), lambda _: {"what": "hours", "as": "house"}),
    Visit("GET", "/account/devices", _readers(200)),
    # The device is the viewer's.
    Visit("POST", "/account/devices/{device}/test", (303, 404, 404, 404, 303, 404, 403), takes_away=True),
    Visit("POST", "/account/devices/{device}/remove", (303, 404, 404, 404, 303, 404, 403), takes_away=True),
)
