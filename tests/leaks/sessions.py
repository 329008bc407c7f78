"""For every route of the description, how a request to it is drawn. A route without an entry fails a test."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from search.address import address_of
from search.criteria import CriteriaInvalid, parse_criteria
from tests.leaks.asking import Answer, Request, Route
from tests.leaks.drawing import Draw
from tests.leaks.house import Reader
from tests.web.markup import Markup

Generator = Callable[[Draw], Request]


def refused(route: Route) -> Generator:
    """A route that none of the readers may use: whatever is asked, the answer must not tell what there is."""
    method, template = route

    def draw(by: Draw) -> Request:
        body = None
        if method in ("POST", "PUT", "PATCH"):
            body = by.rng.choice(({}, {"name": by.tag()}, {"position": by.position()}, {"criteria": by.criteria()}))
        return Request(route, filled(by, template), body=body)

    return draw


def plain(route: Route) -> Generator:
    """A route that takes nothing but what is in its path."""
    return lambda by: Request(route, filled(by, route[1]))


def listed(route: Route) -> Generator:
    """A list with pages."""

    def draw(by: Draw) -> Request:
        return Request(route, filled(by, route[1]), params=(("limit", str(by.limit())),))

    return draw


def filled(by: Draw, template: str) -> str:
    """An address: each thing in it drawn."""
    draws: dict[str, Callable[[], str]] = {
        "candidate": by.candidate,
        "application": by.application,
        "position": by.position,
        "pool": by.pool,
        "notice": lambda: by.notice("seen", "read", "done", "unseen"),
        "user": by.user,
        "token": by.token,
        "device": by.nowhere,
        "webhook": by.nowhere,
        "delivery": by.nowhere,
        "session": lambda: by.one(by.house.hidden.sessions, [by.nowhere()]),
        "invitation": lambda: by.one(by.house.hidden.invitations, [by.nowhere()]),
        "key": by.tag,
        "reason": by.reason,
        "job": by.nowhere,
        "message": by.nowhere,
        "action": by.nowhere,
    }
    return template.format(**{name: draw() for name, draw in draws.items() if f"{{{name}}}" in template})


def _search(by: Draw) -> Request:
    body: dict[str, Any] = {"limit": by.limit()}
    if criteria := by.criteria():
        body["criteria"] = criteria
    if by.chance(0.3 if "text" in criteria else 0.6):
        body["order"] = by.sort()
    if facets := by.facets():
        body["facets"] = facets
    if "order" in body and by.chance(0.05):
        body["cursor"] = by.forged_cursor(body["order"])
    return Request(("POST", "/v1/search"), "/v1/search", body=body)


def _search_by_address(by: Draw) -> Request:
    criteria: dict[str, Any] = {}
    for _ in range(5):
        try:
            criteria = by.criteria()
            address = address_of(parse_criteria(criteria))
            break
        except CriteriaInvalid:
            continue
    else:
        address = ""
    params = [*parse_qsl(address, keep_blank_values=True), ("limit", str(by.limit()))]
    if by.chance(0.5):
        params.append(("sort", by.sort()))
    params += [("facet", facet["name"]) for facet in by.facets()]
    return Request(("GET", "/v1/search"), "/v1/search", params=tuple(params))


def _selection(by: Draw) -> dict[str, Any]:
    if by.chance(0.5):
        return {"people": by.some(8, by.candidate)}
    body: dict[str, Any] = {"criteria": by.criteria()}
    return body | ({"order": by.sort()} if "text" not in body["criteria"] and by.chance(0.6) else {})


def _selected(kind: str) -> Generator:
    """Whom they mean, and all of them as a file."""
    route = ("POST", f"/v1/bulk/{kind}")
    return lambda by: Request(route, route[1], body=_selection(by))


def _suggest(by: Draw) -> Request:
    params = [("q", by.typed())] + ([("limit", str(by.rng.choice((1, 3, 20))))] if by.chance(0.4) else [])
    return Request(("GET", "/v1/suggest"), "/v1/suggest", params=tuple(params))


def _tree(by: Draw) -> Request:
    params = [("open", by.pool()) for _ in range(by.rng.randint(0, 2))]
    params += [("show", by.pool())] if by.chance(0.4) else []
    params += [("name", by.typed())] if by.chance(0.2) else []
    return Request(("GET", "/v1/pools/tree"), "/v1/pools/tree", params=tuple(params))


def _similar(by: Draw) -> Request:
    route = ("GET", "/v1/candidates/{candidate}/similar")
    return Request(route, filled(by, route[1]), params=(("limit", str(by.rng.choice((3, 10, 50)))),))


def _change_person(by: Draw) -> Request:
    """Nothing is changed by it: the value is the one that is there, or the ETag is not."""
    route = ("PATCH", "/v1/candidates/{candidate}")
    person = by.one(by.house.seen.owned) if by.chance(0.5) else by.candidate()
    headline = by.house.seen.headlines.get(person)
    if headline is None or by.chance(0.4):
        return Request(route, f"/v1/candidates/{person}", body={"name": "X"}, headers={"If-Match": '"0"'})
    body = {"headline": headline} if by.chance(0.7) else {"source": by.source()}
    return Request(route, f"/v1/candidates/{person}", body=body)


def _ask_for(kind: str) -> Generator:
    """Whoever asked before is told so."""
    route = ("POST", f"/v1/candidates/{{candidate}}/{kind}")

    def draw(by: Draw) -> Request:
        before = next(each for each in by.house.repeated if each.path.endswith(f"/{kind}"))
        if by.chance(0.5):
            body = before.body if by.chance(0.7) else {"remark": "Other words"}
            return Request(route, before.path, body=body, headers={"Idempotency-Key": before.key})
        return Request(route, filled(by, route[1]), body={"remark": "Please"})

    return draw


def _bell(by: Draw) -> Request:
    params = [("limit", str(by.limit()))] + ([("unseen", "true")] if by.chance(0.4) else [])
    return Request(("GET", "/v1/notifications"), "/v1/notifications", params=tuple(params))


def _looked(by: Draw) -> Request:
    """Everything up to there was seen already."""
    up_to = by.rng.randint(0, by.house.seen.seen_up_to)
    return Request(("POST", "/v1/notifications/seen"), "/v1/notifications/seen", body={"up_to": up_to})


def _marked(kind: str, *states: str) -> Generator:
    """What was marked so before, or is not theirs to mark."""
    route = ("POST", f"/v1/notifications/{{notice}}/{kind}")
    return lambda by: Request(route, f"/v1/notifications/{by.notice(*states)}/{kind}")


def _mute(by: Draw) -> Request:
    """Of a pool that is none of theirs: what is muted would be so the next time, too."""
    pool = by.one(by.house.hidden.pools, [by.nowhere()])
    return Request(("PUT", "/v1/pools/{pool}/mute"), f"/v1/pools/{pool}/mute")


def _hear_of(by: Draw) -> Request:
    """Of such a pool, too."""
    pool = by.one(by.house.hidden.pools, [by.nowhere()])
    body = {"channels": {"email": by.rng.choice(("off", "instant", None))}}
    return Request(("PUT", "/v1/pools/{pool}/notices"), f"/v1/pools/{pool}/notices", body=body)


def _tracked(by: Draw) -> Request:
    return Request(("GET", "/v1/users/{user}/tracking"), f"/v1/users/{by.user()}/tracking")


def _opened(route: Route, **fields: Callable[[Draw], str]) -> Generator:
    """A route for those who are not signed in."""
    return lambda by: Request(route, route[1], body={name: draw(by) for name, draw in fields.items()})


def _address(by: Draw) -> str:
    """Of a reader, of somebody hidden, or of nobody; colleagues have addresses and so have people."""
    return by.one(["stranger@example.com", "neighbour@example.com"], by.house.hidden.emails, by.house.hidden.colleagues)


def _word(_: Draw) -> str:
    return "not the right password, nor the right link"


@dataclass(frozen=True, slots=True)
class Entry:
    """How often a route is asked, and how."""

    weight: float
    draw: Generator


def _entries() -> dict[Route, Entry]:
    search, similar = ("POST", "/v1/search"), ("GET", "/v1/candidates/{candidate}/similar")
    person = ("GET", "/v1/candidates/{candidate}")
    bell_people = ("GET", "/v1/notifications/{notice}/candidates")
    application, applicants = (
        ("GET", "/v1/applications/{application}"),
        ("GET", "/v1/positions/{position}/applications"),
    )
    entries = {
        search: Entry(14, _search),
        ("GET", "/v1/search"): Entry(6, _search_by_address),
        ("GET", "/v1/suggest"): Entry(7, _suggest),
        ("POST", "/v1/bulk/selection"): Entry(2, _selected("selection")),
        ("POST", "/v1/bulk/export"): Entry(3, _selected("export")),
        person: Entry(5, plain(person)),
        similar: Entry(4, _similar),
        ("PATCH", "/v1/candidates/{candidate}"): Entry(3, _change_person),
        ("POST", "/v1/candidates/{candidate}/want"): Entry(1.5, _ask_for("want")),
        ("POST", "/v1/candidates/{candidate}/done"): Entry(1, _ask_for("done")),
        ("GET", "/v1/pools"): Entry(2, listed(("GET", "/v1/pools"))),
        ("GET", "/v1/pools/tree"): Entry(2, _tree),
        ("GET", "/v1/pools/{pool}"): Entry(2, plain(("GET", "/v1/pools/{pool}"))),
        ("GET", "/v1/pools/{pool}/candidates"): Entry(2, listed(("GET", "/v1/pools/{pool}/candidates"))),
        ("GET", "/v1/positions/{position}"): Entry(1.5, plain(("GET", "/v1/positions/{position}"))),
        applicants: Entry(1.5, listed(applicants)),
        application: Entry(1.5, plain(application)),
        ("GET", "/v1/me/shared"): Entry(1, plain(("GET", "/v1/me/shared"))),
        ("GET", "/v1/me/requests"): Entry(1, plain(("GET", "/v1/me/requests"))),
        ("GET", "/v1/me/pools"): Entry(1.5, plain(("GET", "/v1/me/pools"))),
        ("PUT", "/v1/pools/{pool}/mute"): Entry(0.5, _mute),
        ("DELETE", "/v1/pools/{pool}/mute"): Entry(2, plain(("DELETE", "/v1/pools/{pool}/mute"))),
        ("GET", "/v1/notifications"): Entry(2, _bell),
        bell_people: Entry(1, listed(bell_people)),
        ("POST", "/v1/notifications/seen"): Entry(0.5, _looked),
        ("POST", "/v1/notifications/{notice}/read"): Entry(0.5, _marked("read", "read", "done")),
        ("POST", "/v1/notifications/{notice}/done"): Entry(0.5, _marked("done", "done")),
        ("GET", "/v1/users/{user}/tracking"): Entry(1, _tracked),
        ("GET", "/v1/me"): Entry(0.5, plain(("GET", "/v1/me"))),
        ("GET", "/healthz"): Entry(0.1, plain(("GET", "/healthz"))),
        ("GET", "/readyz"): Entry(0.4, plain(("GET", "/readyz"))),
        ("GET", "/metrics"): Entry(0.5, plain(("GET", "/metrics"))),
        ("GET", "/v1/me/notices"): Entry(1, plain(("GET", "/v1/me/notices"))),
        ("PUT", "/v1/pools/{pool}/notices"): Entry(0.5, _hear_of),
        ("DELETE", "/v1/pools/{pool}/notices"): Entry(0.5, plain(("DELETE", "/v1/pools/{pool}/notices"))),
    }
    entries |= {route: Entry(0.2, plain(route)) for route in OWN}
    for path, fields in OPEN.items():
        entries["POST", path] = Entry(0.1, _opened(("POST", path), **fields))
    return entries | {route: Entry(0.2, refused(route)) for route in REFUSED}


# About oneself. What would change something needs a token of another kind than the readers have.
OWN: tuple[Route, ...] = (
    ("GET", "/v1/login/oidc"),
    ("GET", "/v1/login/oidc/callback"),
    ("POST", "/v1/logout"),
    ("GET", "/v1/me/csrf"),
    ("GET", "/v1/me/sessions"),
    ("GET", "/v1/me/tokens"),
    ("DELETE", "/v1/me/sessions"),
    ("DELETE", "/v1/me/sessions/{session}"),
    ("DELETE", "/v1/me/tokens/{token}"),
    ("GET", "/v1/me/messages"),
    ("GET", "/v1/me/messages/{message}/candidates"),
    ("GET", "/v1/me/devices/key"),
    ("GET", "/v1/me/devices"),
    ("POST", "/v1/me/devices/{device}/test"),
    ("DELETE", "/v1/me/devices/{device}"),
)
# What anybody may try, and what is in its body.
OPEN: dict[str, dict[str, Callable[[Draw], str]]] = {
    "/v1/login": {"email": _address, "password": _word},
    "/v1/password/reset-request": {"email": _address},
    "/v1/password/reset": {"token": _word, "password": _word},
    "/v1/invitations/accept": {"token": _word, "password": _word},
}
# Analysts are shown numbers over everybody, and are kept from small groups by other means (reports/).
COUNTED: tuple[Route, ...] = (("POST", "/v1/statistics/rejections"), ("POST", "/v1/statistics/rejections.csv"))

# For colleagues who see everything. None of the readers may use them.
REFUSED: tuple[Route, ...] = (
    ("GET", "/v1/users"),
    ("POST", "/v1/users"),
    ("GET", "/v1/users/{user}"),
    ("PATCH", "/v1/users/{user}"),
    ("POST", "/v1/users/{user}/tokens"),
    ("DELETE", "/v1/users/{user}/tokens/{token}"),
    ("PUT", "/v1/users/{user}/tracking/{pool}"),
    ("DELETE", "/v1/users/{user}/tracking/{pool}"),
    ("GET", "/v1/users/{user}/tracking/choices"),
    ("POST", "/v1/users/{user}/tracking/preview"),
    ("POST", "/v1/users/{user}/tracking"),
    ("GET", "/v1/me/positions"),
    ("GET", "/v1/notifications/{notice}/answers"),
    ("POST", "/v1/notifications/{notice}/share"),
    ("GET", "/v1/sample"),
    ("POST", "/v1/sample"),
    ("POST", "/v1/candidates"),
    ("POST", "/v1/candidates/bulk"),
    ("DELETE", "/v1/candidates/{candidate}"),
    ("GET", "/v1/candidates/{candidate}/pools"),
    ("GET", "/v1/candidates/{candidate}/history"),
    ("GET", "/v1/candidates/{candidate}/searchable"),
    ("POST", "/v1/candidates/{candidate}/tags"),
    ("DELETE", "/v1/candidates/{candidate}/tags/{key}"),
    ("POST", "/v1/candidates/{candidate}/applications"),
    ("GET", "/v1/reindex"),
    ("POST", "/v1/reindex"),
    ("POST", "/v1/reindex/rehearsal"),
    ("GET", "/v1/reindex/{job}"),
    ("POST", "/v1/reindex/{job}/resume"),
    ("POST", "/v1/reindex/{job}/rollback"),
    ("POST", "/v1/reindex/{job}/finish"),
    ("POST", "/v1/reindex/{job}/abandon"),
    *COUNTED,
    ("POST", "/v1/me/tokens"),
    ("PUT", "/v1/me/password"),
    ("POST", "/v1/me/devices"),
    ("GET", "/v1/invitations"),
    ("POST", "/v1/invitations"),
    ("POST", "/v1/invitations/{invitation}/resend"),
    ("DELETE", "/v1/invitations/{invitation}"),
    ("GET", "/v1/users/{user}/tokens"),
    ("GET", "/v1/users/{user}/sessions"),
    ("DELETE", "/v1/users/{user}/sessions"),
    ("DELETE", "/v1/users/{user}/sessions/{session}"),
    ("GET", "/v1/users/{user}/sees/{candidate}"),
    ("GET", "/v1/hiring-managers"),
    ("GET", "/v1/applications/{application}/shares"),
    ("PUT", "/v1/applications/{application}/shares/{user}"),
    ("DELETE", "/v1/applications/{application}/shares/{user}"),
    ("GET", "/v1/positions/{position}/shares"),
    ("PUT", "/v1/positions/{position}/shares/{user}"),
    ("DELETE", "/v1/positions/{position}/shares/{user}"),
    ("PATCH", "/v1/applications/{application}"),
    ("POST", "/v1/applications/{application}/notes"),
    ("PUT", "/v1/applications/{application}/rejection"),
    ("DELETE", "/v1/applications/{application}/rejection"),
    ("POST", "/v1/positions"),
    ("GET", "/v1/positions"),
    ("PATCH", "/v1/positions/{position}"),
    ("POST", "/v1/bulk/tags"),
    ("POST", "/v1/bulk/untag"),
    ("POST", "/v1/bulk/shares"),
    ("POST", "/v1/bulk/rejections"),
    ("POST", "/v1/bulk/applications"),
    ("GET", "/v1/bulk/{action}"),
    ("POST", "/v1/bulk/{action}/undo"),
    ("GET", "/v1/checks"),
    ("POST", "/v1/checks"),
    ("GET", "/v1/messages/failed"),
    ("POST", "/v1/messages/failed/retry"),
    ("GET", "/v1/dead-letters"),
    ("POST", "/v1/dead-letters/retry"),
    ("GET", "/v1/rejection-reasons"),
    ("POST", "/v1/rejection-reasons"),
    ("GET", "/v1/rejection-reasons/uses"),
    ("POST", "/v1/rejection-reasons/merge"),
    ("GET", "/v1/rejection-reasons/{reason}/changes"),
    ("PATCH", "/v1/rejection-reasons/{reason}"),
    ("POST", "/v1/tags/merge"),
    ("GET", "/v1/tags/{key}"),
    ("GET", "/v1/tags"),
    ("POST", "/v1/tags"),
    ("PATCH", "/v1/tags/{key}"),
    ("GET", "/v1/pools/{pool}/changes"),
    ("GET", "/v1/pools/{pool}/trackers"),
    ("GET", "/v1/pools/overview"),
    ("POST", "/v1/pools/preview"),
    ("POST", "/v1/pools"),
    ("POST", "/v1/pools/bulk"),
    ("PATCH", "/v1/pools/{pool}"),
    ("DELETE", "/v1/pools/{pool}"),
    ("GET", "/v1/settings/slack"),
    ("PUT", "/v1/settings/slack"),
    ("DELETE", "/v1/settings/slack"),
    ("POST", "/v1/settings/slack/test"),
    ("GET", "/v1/webhooks"),
    ("POST", "/v1/webhooks"),
    ("GET", "/v1/webhooks/{webhook}"),
    ("PATCH", "/v1/webhooks/{webhook}"),
    ("DELETE", "/v1/webhooks/{webhook}"),
    ("POST", "/v1/webhooks/{webhook}/secret"),
    ("POST", "/v1/webhooks/{webhook}/test"),
    ("GET", "/v1/webhooks/{webhook}/deliveries"),
    ("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay"),
    ("POST", "/v1/webhooks/{webhook}/replay"),
    ("PUT", "/v1/me/notices"),
    ("POST", "/v1/me/notices/test"),
    ("GET", "/v1/settings/notices"),
    ("PUT", "/v1/settings/notices"),
)

ENTRIES = _entries()
# It never ends, so it is listened to and not asked (listening.py).
STREAM: Route = ("GET", "/v1/notifications/stream")

EDIT = "/people/{candidate}/edit"
# The link to the next page, as every list of a page has it (templates/components.html).
NEXT = re.compile(r'rel="next"[^>]* href="([^"]+)"')

# Requests drawn for a session; what an answer leads to comes on top.
LENGTH = 4
READERS = (Reader.MANAGER,) * 7 + (Reader.STRANGER, Reader.ANALYST)


@dataclass(slots=True)
class Session:
    """What somebody asked, one after another, and what they were answered the first time."""

    number: int
    reader: Reader
    asked: list[tuple[Request, Answer]]
    touched: set[str]


def hold(
    number: int,
    by: Draw,
    ask: Callable[[Reader, Request], Answer],
    among: Mapping[Route, Entry],
    tour: Sequence[Route] = (),
) -> Session:
    """A session, drawn from `among` and asked for the first time. Cursors and ETags in the answers are followed.

    `tour`: just these, one after another, as the manager.
    """
    session = Session(number, Reader.MANAGER if tour else by.rng.choice(READERS), [], by.touched)
    weights = [entry.weight for entry in among.values()]
    for route in tour or by.rng.choices(list(among), weights, k=LENGTH):
        request = among[route].draw(by)
        if session.reader is Reader.ANALYST and route in COUNTED:
            continue
        answer = ask(session.reader, request)
        session.asked.append((request, answer))
        for further in _led_to(request, answer, by.rng):
            session.asked.append((further, ask(session.reader, further)))
    return session


def _led_to(request: Request, answer: Answer, rng: random.Random) -> Iterator[Request]:
    """The next page of a page, and the requests that carry the ETag of something."""
    if answer.status != 200:
        return
    if request.is_page:
        yield from _linked_to(request, answer, rng)
        return
    document = answer.document()
    following = document.get("next") if isinstance(document, dict) else None
    if following and rng.random() < 0.5:
        if request.body is not None:
            yield Request(request.route, request.path, body=request.body | {"cursor": following})
        else:
            params = tuple((name, value) for name, value in request.params if name != "cursor")
            yield Request(request.route, request.path, params=(*params, ("cursor", following)))
    if (etag := answer.header("etag")) and request.route == ("GET", "/v1/candidates/{candidate}"):
        yield Request(request.route, request.path, headers={"If-None-Match": etag})
        route = ("PATCH", request.route[1])
        yield Request(route, request.path, body={}, headers={"If-Match": etag})


def _linked_to(request: Request, answer: Answer, rng: random.Random) -> Iterator[Request]:
    """The page after a page; and a person's form, sent as it stands: that is taken, and changes nothing."""
    text = answer.body.decode()
    if request.route[1] == EDIT:
        form = next(each for each in Markup(text).forms if each.actions == [request.path])
        yield Request(("POST", EDIT), request.path, form=tuple(form.sent))
    following = NEXT.search(text)
    if following and rng.random() < 0.5:
        query = urlsplit(unescape(following[1])).query
        yield replace(request, params=tuple(parse_qsl(query, keep_blank_values=True)))
