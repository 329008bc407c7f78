"""Every route of the API: who may use it, and a body in which every field is given."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from records.database import session
from records.repositories import positions, tags
from tests.api.browser import PASSWORD, forgetful, give_password, invited
from tests.api.scene import Persona, Scene, owner_of
from tests.api.traces import ended_reindex

# A browser's; the keys are those of RFC 8291.
SUBSCRIPTION: dict[str, Any] = {
    "endpoint": "https://push.invalid/everybody",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
    "name": "Firefox",
}
# The order of the statuses in the table below.
ORDER = tuple(Persona)


@dataclass(frozen=True, slots=True)
class Call:
    """A route with what each persona is answered when the things in the path exist."""

    method: str
    template: str
    statuses: tuple[int, ...]
    body: Callable[[Scene], dict[str, Any]] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    def status(self, persona: Persona) -> int:
        """What this persona is answered."""
        return self.statuses[ORDER.index(persona)]

    @property
    def able(self) -> Persona:
        """Somebody who may, or where nobody does, who is not refused for what they are."""
        may = (who for who, status in zip(ORDER, self.statuses, strict=True) if status < 300)
        return next(may, Persona.ADMINISTRATOR)


# anonymous, administrator, recruiter, stranger, viewer, owner, analyst
def _everybody(status: int) -> tuple[int, ...]:
    return (401, *([status] * 6))


def _administrator(status: int) -> tuple[int, ...]:
    return (401, status, 403, 403, 403, 403, 403)


def _staff(status: int) -> tuple[int, ...]:
    return (401, status, status, 403, 403, 403, 403)


def _readers(status: int) -> tuple[int, ...]:
    return (401, *([status] * 5), 403)


def _managers(stranger: int, viewer: int, owner: int, staff: int = 200) -> tuple[int, ...]:
    return (401, staff, staff, stranger, viewer, owner, 403)


def _picked(scene: Scene) -> dict[str, Any]:
    return {"pools": [str(scene.pool)], "tags": [scene.skill]}


def new_tag() -> str:
    """A tag that nobody carries."""
    with session() as db:
        key = tags.add(db, tags.NewTag(uuid.uuid4().hex)).key
        db.commit()
    return key


def new_reason() -> str:
    """A reason that nobody was rejected for."""
    with session() as db:
        key = positions.add_reason(db, uuid.uuid4().hex, "us").key
        db.commit()
    return key


def _new_user(_: Scene) -> dict[str, Any]:
    return {"email": f"{uuid.uuid4().hex}@example.com", "name": "New Colleague", "role": "recruiter"}


def _login(_: Scene) -> dict[str, Any]:
    give_password()
    return {"email": "viewer@example.com", "password": PASSWORD}


def _changed_password(_: Scene) -> dict[str, Any]:
    give_password()
    return {"old": PASSWORD, "new": PASSWORD}


def _forgotten(_: Scene) -> dict[str, Any]:
    give_password()
    return {"email": "viewer@example.com"}


def _reindex(_: Scene) -> dict[str, Any]:
    ended_reindex()
    return {"accept_differences": True}


def _person(scene: Scene) -> dict[str, Any]:
    return {
        "name": "Jana Nováková",
        "email": "jana@example.com",
        "phone": "+420 777 123 456",
        "headline": "Developer",
        "cv_text": "Java, then more Java.",
        "source": "referral",
        "years_experience": 7,
        "languages": [{"code": "cs", "level": "native"}],
        "tags": [scene.skill],
        "locations": [scene.place],
    }


def _new_person(scene: Scene) -> dict[str, Any]:
    return _person(scene) | {"new_tags": True}


def _changed_person(scene: Scene) -> dict[str, Any]:
    kept = ("name", "email", "phone", "headline", "cv_text", "years_experience", "languages")
    return {field: value for field, value in _person(scene).items() if field in kept}


def _people(scene: Scene) -> dict[str, Any]:
    return {"name": "Fair", "notices": "silent", "new_tags": False, "candidates": [_person(scene)]}


def _criteria(scene: Scene) -> dict[str, Any]:
    return {
        "tags": {"any": [scene.skill], "all": [scene.skill], "none": [scene.internal]},
        "locations": {"any": [scene.place], "none": []},
        "sources": {"any": ["referral"], "none": ["agency"]},
        "experience": {"any": ["5-9"], "none": ["20+"]},
        "languages": {"any": [{"code": "cs", "at_least": "b1"}], "all": [], "none": [{"code": "de"}]},
        "created": {"from": "2020-01-01", "to": "2030-12-31"},
        "applications": {"positions": [str(scene.position)], "stages": ["new"], "sources": ["referral"]},
        "rejections": {"reasons": [scene.reason], "by": "us", "positions": [str(scene.position)], "never": False},
        "text": 'java AND "more java"',
    }


def _pool(scene: Scene) -> dict[str, Any]:
    return {"name": "Java people", "criteria": _criteria(scene), "parent": str(scene.pool)}


def _search(scene: Scene) -> dict[str, Any]:
    criteria = _criteria(scene) | {"pools": {"any": [], "all": [], "none": []}}
    facets = [{"name": "tags", "size": 5, "search": "a", "pools": []}]
    return {"criteria": criteria, "order": "name", "limit": 5, "cursor": None, "facets": facets}


def _selection(scene: Scene) -> dict[str, Any]:
    # Either people or criteria; criteria are tried wherever else they are taken.
    return {"people": [str(scene.candidate)], "order": "name"}


def _tagged(scene: Scene) -> dict[str, Any]:
    # What makes them come into the pool stays.
    return {"people": [str(scene.candidate)], "tags": [scene.internal]}


def _statistics(scene: Scene) -> dict[str, Any]:
    # In whole months and without words: analysts may ask it too.
    criteria = {name: part for name, part in _criteria(scene).items() if name != "text"}
    return {"criteria": criteria, "by": ["reason", "month"], "from": "2020-01", "to": "2030-12"}


def _counting(status: int) -> tuple[int, ...]:
    return (401, status, status, 403, 403, 403, status)


CATALOG: tuple[Call, ...] = (
    Call("GET", "/healthz", (200,) * 7),
    Call("GET", "/readyz", (200,) * 7),
    Call("GET", "/metrics", _administrator(200)),
    Call("GET", "/v1/checks", _administrator(200)),
    Call("POST", "/v1/checks", _administrator(202), lambda _: {"repair": False}),
    Call("GET", "/v1/me/messages", _everybody(200)),
    Call("GET", "/v1/me/messages/{message}/candidates", (401, 404, 404, 404, 404, 404, 404)),
    Call("GET", "/v1/messages/failed", _administrator(200)),
    Call("POST", "/v1/messages/failed/retry", _administrator(200)),
    Call("GET", "/v1/dead-letters", _administrator(200)),
    Call("POST", "/v1/dead-letters/retry", _administrator(200), lambda s: {"ids": [str(s.candidate)]}),
    Call("GET", "/v1/sample", _administrator(200)),
    # There are people, so there is nothing to begin with.
    Call("POST", "/v1/sample", _administrator(409)),
    Call("POST", "/v1/login", (200,) * 7, _login),
    # Who asks by token has no session to end; by session it is 204 for everybody.
    Call("POST", "/v1/logout", _everybody(409)),
    # No provider is set up here; test_openid.py has one.
    Call("GET", "/v1/login/oidc", (404,) * 7),
    Call("GET", "/v1/login/oidc/callback", (404,) * 7),
    Call("POST", "/v1/password/reset-request", (202,) * 7, _forgotten),
    Call("POST", "/v1/password/reset", (204,) * 7, lambda _: {"token": forgetful(), "password": PASSWORD}),
    Call("GET", "/v1/me", _everybody(200)),
    Call("GET", "/v1/me/csrf", _everybody(200)),
    Call("GET", "/v1/me/sessions", _everybody(200)),
    Call("DELETE", "/v1/me/sessions", _everybody(204)),
    # The session and the token are the viewer's.
    Call("DELETE", "/v1/me/sessions/{session}", (401, 404, 404, 404, 204, 404, 404)),
    Call("GET", "/v1/me/tokens", _everybody(200)),
    Call(
        "POST",
        "/v1/me/tokens",
        _everybody(201),
        lambda _: {"name": "laptop", "scopes": ["read", "stream"], "expires_in_days": 30},
    ),
    Call("DELETE", "/v1/me/tokens/{token}", (401, 404, 404, 404, 204, 404, 404)),
    Call("PUT", "/v1/me/password", _everybody(204), _changed_password),
    Call("GET", "/v1/invitations", _administrator(200)),
    Call("POST", "/v1/invitations", _administrator(201), _new_user),
    Call("POST", "/v1/invitations/{invitation}/resend", _administrator(200)),
    Call("DELETE", "/v1/invitations/{invitation}", _administrator(204)),
    Call("POST", "/v1/invitations/accept", (201,) * 7, lambda _: {"token": invited(), "password": PASSWORD}),
    Call("GET", "/v1/me/requests", _readers(200)),
    Call("GET", "/v1/me/pools", _readers(200)),
    Call("GET", "/v1/me/positions", _staff(200)),
    Call("GET", "/v1/me/shared", (401, 403, 403, 200, 200, 200, 403)),
    Call("GET", "/v1/users", _administrator(200)),
    Call("POST", "/v1/users", _administrator(201), _new_user),
    Call("GET", "/v1/users/{user}", _administrator(200)),
    Call(
        "PATCH",
        "/v1/users/{user}",
        _administrator(200),
        lambda _: {"name": "Other Name", "role": "hiring_manager", "active": True},
    ),
    Call("GET", "/v1/users/{user}/tokens", _administrator(200)),
    Call(
        "POST",
        "/v1/users/{user}/tokens",
        _administrator(201),
        lambda _: {"name": "laptop", "scopes": ["read"], "expires_in_days": 1},
    ),
    Call("GET", "/v1/users/{user}/sessions", _administrator(200)),
    Call("DELETE", "/v1/users/{user}/sessions", _administrator(204)),
    Call("DELETE", "/v1/users/{user}/sessions/{session}", _administrator(204)),
    Call("DELETE", "/v1/users/{user}/tokens/{token}", _administrator(204)),
    # A recruiter tracks for themselves only, and the user here is the viewer.
    Call("GET", "/v1/users/{user}/tracking", (401, 200, 403, 403, 200, 403, 403)),
    Call("PUT", "/v1/users/{user}/tracking/{pool}", _administrator(204)),
    Call("DELETE", "/v1/users/{user}/tracking/{pool}", _administrator(204)),
    Call("GET", "/v1/users/{user}/tracking/choices", _administrator(200)),
    Call("POST", "/v1/users/{user}/tracking/preview", _administrator(200), _picked),
    Call("POST", "/v1/users/{user}/tracking", _administrator(200), _picked),
    Call("GET", "/v1/users/{user}/sees/{candidate}", _administrator(200)),
    Call("POST", "/v1/candidates", _staff(201), _new_person),
    Call("POST", "/v1/candidates/bulk", _staff(201), _people),
    Call("GET", "/v1/candidates/{candidate}", _managers(404, 200, 200)),
    Call("PATCH", "/v1/candidates/{candidate}", _managers(404, 403, 200), _changed_person),
    Call("DELETE", "/v1/candidates/{candidate}", _staff(204)),
    Call("GET", "/v1/candidates/{candidate}/pools", _staff(200)),
    Call("GET", "/v1/candidates/{candidate}/history", _staff(200)),
    Call("GET", "/v1/candidates/{candidate}/searchable", _staff(200)),
    Call(
        "POST",
        "/v1/candidates/{candidate}/tags",
        _staff(200),
        lambda s: {"tags": [s.skill], "locations": [s.place], "new_tags": False},
    ),
    Call("DELETE", "/v1/candidates/{candidate}/tags/{key}", _staff(204)),
    Call(
        "POST",
        "/v1/candidates/{candidate}/applications",
        _staff(201),
        lambda s: {"position": str(s.position), "stage": "interview", "source": "referral"},
    ),
    # Two answers of a reader who looks through a pool; who was given the person asks nobody for them.
    Call(
        "POST", "/v1/candidates/{candidate}/want", (401, 403, 403, 404, 202, 409, 403), lambda _: {"remark": "Please"}
    ),
    Call(
        "POST", "/v1/candidates/{candidate}/done", (401, 403, 403, 404, 202, 409, 403), lambda _: {"remark": "Thanks"}
    ),
    Call("GET", "/v1/applications/{application}", _managers(404, 404, 200)),
    Call("GET", "/v1/hiring-managers", _staff(200)),
    Call("GET", "/v1/applications/{application}/shares", _staff(200)),
    Call("PUT", "/v1/applications/{application}/shares/{user}", _staff(204)),
    Call("DELETE", "/v1/applications/{application}/shares/{user}", _staff(204)),
    Call("PATCH", "/v1/applications/{application}", _staff(200), lambda _: {"stage": "offer"}),
    Call("POST", "/v1/applications/{application}/notes", _staff(201), lambda _: {"text": "Spoke on the phone."}),
    Call(
        "PUT",
        "/v1/applications/{application}/rejection",
        _staff(200),
        lambda s: {"reason": s.reason, "note": "Too far away"},
    ),
    Call("DELETE", "/v1/applications/{application}/rejection", _staff(200)),
    Call("POST", "/v1/positions", _staff(201), lambda _: {"title": "Engineer"}),
    Call("GET", "/v1/positions", _staff(200)),
    # The owner was given one application, not the position.
    Call("GET", "/v1/positions/{position}", _managers(404, 404, 404)),
    Call("GET", "/v1/positions/{position}/applications", _managers(404, 404, 404)),
    Call("GET", "/v1/positions/{position}/shares", _staff(200)),
    Call("PUT", "/v1/positions/{position}/shares/{user}", _staff(204)),
    Call("DELETE", "/v1/positions/{position}/shares/{user}", _staff(204)),
    Call("PATCH", "/v1/positions/{position}", _staff(200), lambda _: {"title": "Engineer II", "status": "open"}),
    Call("GET", "/v1/rejection-reasons", _staff(200)),
    Call(
        "POST",
        "/v1/rejection-reasons",
        _administrator(201),
        lambda _: {"name": uuid.uuid4().hex, "said_by": "candidate"},
    ),
    Call("GET", "/v1/rejection-reasons/uses", _administrator(200)),
    Call(
        "POST",
        "/v1/rejection-reasons/merge",
        _administrator(200),
        lambda s: {"reason": new_reason(), "into": s.reason},
    ),
    Call("GET", "/v1/rejection-reasons/{reason}/changes", _administrator(200)),
    Call(
        "PATCH",
        "/v1/rejection-reasons/{reason}",
        _administrator(200),
        lambda _: {"name": uuid.uuid4().hex, "retired": False},
    ),
    Call("POST", "/v1/bulk/selection", _managers(200, 200, 200), _selection),
    Call("POST", "/v1/bulk/export", _managers(200, 200, 200), lambda s: {**_selection(s), "separator": ";"}),
    Call("POST", "/v1/bulk/tags", _staff(201), _tagged),
    Call("POST", "/v1/bulk/untag", _staff(201), _tagged),
    Call(
        "POST",
        "/v1/bulk/shares",
        _staff(201),
        lambda s: {"people": [str(s.candidate)], "user": str(owner_of(s)), "position": str(s.position)},
    ),
    Call(
        "POST",
        "/v1/bulk/rejections",
        _staff(201),
        lambda s: {
            "people": [str(s.candidate)],
            "position": str(s.position),
            "reason": s.reason,
            "note": "Too far away",
        },
    ),
    Call(
        "POST",
        "/v1/bulk/applications",
        _staff(201),
        lambda s: {
            "people": [str(s.candidate)],
            "position": str(s.position),
            "stage": "interview",
            "source": "referral",
        },
    ),
    Call("GET", "/v1/bulk/{action}", _staff(200)),
    Call("POST", "/v1/bulk/{action}/undo", _staff(200)),
    Call("GET", "/v1/tags", _staff(200)),
    Call("POST", "/v1/tags/merge", _staff(200), lambda s: {"tag": new_tag(), "into": s.skill}),
    Call("GET", "/v1/tags/{key}", _staff(200)),
    Call(
        "POST",
        "/v1/tags",
        _staff(201),
        lambda s: {
            "name": uuid.uuid4().hex,
            "kind": "skill",
            "key": uuid.uuid4().hex,
            "parent": s.skill,
            "synonyms": [uuid.uuid4().hex],
        },
    ),
    Call(
        "PATCH",
        "/v1/tags/{key}",
        _staff(200),
        lambda _: {"name": uuid.uuid4().hex, "synonyms": [uuid.uuid4().hex], "parent": None},
    ),
    Call("GET", "/v1/pools/{pool}/changes", _staff(200)),
    Call("GET", "/v1/pools/{pool}/trackers", _staff(200)),
    Call("GET", "/v1/pools/overview", _staff(200)),
    Call("POST", "/v1/pools/preview", _staff(200), lambda s: {"criteria": _criteria(s), "parent": str(s.pool)}),
    Call("POST", "/v1/pools", _staff(201), _pool),
    Call(
        "POST",
        "/v1/pools/bulk",
        _staff(201),
        lambda s: {
            "pools": [{"name": "Java people", "criteria": _criteria(s)}],
            "parent": str(s.pool),
            "new_tags": False,
        },
    ),
    Call("GET", "/v1/pools", _managers(200, 200, 200)),
    Call("GET", "/v1/pools/tree", _managers(200, 200, 200)),
    Call("GET", "/v1/pools/{pool}", _managers(404, 200, 404)),
    Call(
        "PATCH",
        "/v1/pools/{pool}",
        _staff(200),
        lambda s: {"name": "Renamed", "criteria": _criteria(s), "parent": None},
    ),
    Call("DELETE", "/v1/pools/{pool}", _staff(204)),
    # The viewer alone tracks it.
    Call("PUT", "/v1/pools/{pool}/mute", (401, 409, 409, 404, 204, 404, 403)),
    Call("DELETE", "/v1/pools/{pool}/mute", (401, 409, 409, 404, 204, 404, 403)),
    Call("GET", "/v1/pools/{pool}/candidates", _managers(404, 200, 404)),
    Call("GET", "/v1/notifications", _everybody(200)),
    # It never ends, so here only who may not open it; test_stream.py opens it.
    Call("GET", "/v1/notifications/stream", _everybody(200)),
    Call("POST", "/v1/notifications/seen", _everybody(200), lambda _: {"up_to": 0}),
    # The notice is the viewer's.
    Call("POST", "/v1/notifications/{notice}/read", (401, 404, 404, 404, 204, 404, 404)),
    Call("POST", "/v1/notifications/{notice}/done", (401, 404, 404, 404, 204, 404, 404)),
    Call("GET", "/v1/notifications/{notice}/candidates", (401, 404, 404, 404, 200, 404, 404)),
    # Nobody asked the viewer for anybody.
    Call("GET", "/v1/notifications/{notice}/answers", (401, 404, 404, 403, 403, 403, 403)),
    Call(
        "POST",
        "/v1/notifications/{notice}/share",
        (401, 404, 404, 403, 403, 403, 403),
        lambda s: {"application": str(s.application)},
    ),
    Call("POST", "/v1/statistics/rejections", _counting(200), _statistics),
    Call("POST", "/v1/statistics/rejections.csv", _counting(200), _statistics),
    Call("GET", "/v1/reindex", _administrator(200)),
    Call("POST", "/v1/reindex", _administrator(201), _reindex),
    # The job here has ended.
    Call("POST", "/v1/reindex/rehearsal", _administrator(200)),
    Call("GET", "/v1/reindex/{job}", _administrator(200)),
    Call("POST", "/v1/reindex/{job}/resume", _administrator(409), lambda _: {"accept_differences": True}),
    Call("POST", "/v1/reindex/{job}/rollback", _administrator(409)),
    Call("POST", "/v1/reindex/{job}/finish", _administrator(409)),
    Call("POST", "/v1/reindex/{job}/abandon", _administrator(409)),
    Call("POST", "/v1/search", _managers(200, 200, 200), _search),
    Call("GET", "/v1/search", _managers(200, 200, 200)),
    Call("GET", "/v1/suggest", _managers(200, 200, 200)),
    Call("GET", "/v1/candidates/{candidate}/similar", _managers(404, 200, 200)),
    Call("GET", "/v1/settings/slack", _administrator(200)),
    # Without PUBLIC_URL nothing is asked of Slack, and nothing can be connected (tests/notifications/test_slack.py).
    Call(
        "PUT",
        "/v1/settings/slack",
        _administrator(409),
        lambda _: {"bot_token": "xoxb-1234567890-made-up", "signing_secret": "0123456789abcdef"},
    ),
    Call("DELETE", "/v1/settings/slack", _administrator(204)),
    Call("POST", "/v1/settings/slack/test", _administrator(409)),
    Call("GET", "/v1/webhooks", _administrator(200)),
    Call(
        "POST",
        "/v1/webhooks",
        _administrator(201),
        lambda s: {"url": "https://hooks.invalid/", "events": ["pool.entered"], "pools": [str(s.pool)]},
    ),
    Call("GET", "/v1/webhooks/{webhook}", _administrator(200)),
    Call(
        "PATCH",
        "/v1/webhooks/{webhook}",
        _administrator(200),
        lambda s: {"url": "https://hooks.invalid/a", "events": ["pool.left"], "pools": [str(s.pool)], "active": True},
    ),
    Call("POST", "/v1/webhooks/{webhook}/secret", _administrator(200)),
    Call("POST", "/v1/webhooks/{webhook}/test", _administrator(200)),
    Call("GET", "/v1/webhooks/{webhook}/deliveries", _administrator(200)),
    Call("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay", _administrator(200)),
    Call(
        "POST",
        "/v1/webhooks/{webhook}/replay",
        _administrator(200),
        lambda _: {"since": "2026-01-01T00:00:00Z"},
    ),
    Call("DELETE", "/v1/webhooks/{webhook}", _administrator(204)),
    Call("GET", "/v1/me/notices", _readers(200)),
    Call("PUT", "/v1/me/notices", _readers(200), lambda _: {"choices": {"new_in_pool": {"email": "weekly"}}}),
    # There is no mail server here, nor anything else.
    Call("POST", "/v1/me/notices/test", _readers(409), lambda _: {"channel": "email"}),
    # The viewer alone tracks it.
    Call(
        "PUT",
        "/v1/pools/{pool}/notices",
        (401, 409, 409, 404, 204, 404, 403),
        lambda _: {"channels": {"email": "off"}},
    ),
    Call("DELETE", "/v1/pools/{pool}/notices", (401, 409, 409, 404, 204, 404, 403)),
    Call("GET", "/v1/settings/notices", _administrator(200)),
    Call("PUT", "/v1/settings/notices", _administrator(200), lambda _: {"choices": {"trouble": {"email": "daily"}}}),
    Call("GET", "/v1/me/devices/key", _readers(200)),
    Call("GET", "/v1/me/devices", _readers(200)),
    Call("POST", "/v1/me/devices", _readers(201), lambda _: SUBSCRIPTION),
    # The device is the viewer's.
    Call("POST", "/v1/me/devices/{device}/test", (401, 404, 404, 404, 200, 404, 403)),
    Call("DELETE", "/v1/me/devices/{device}", (401, 404, 404, 404, 204, 404, 403)),
)

ENDLESS = "/v1/notifications/stream"
BY_ROUTE = {(call.method, call.template): call for call in CATALOG}
