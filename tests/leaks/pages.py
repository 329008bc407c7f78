"""For every page and form, how a visit to it is drawn. A page that hiring managers may open and that is not here fails
a test; one that is closed to them is asked all the same, because a refusal must not tell what there is either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from search.address import address_of
from search.criteria import CriteriaInvalid, parse_criteria
from search.facets import FACETS
from tests.api.scene import Persona
from tests.leaks.asking import Pairs, Request, Route
from tests.leaks.drawing import Draw
from tests.leaks.sessions import Entry, Generator, filled
from tests.web.catalog import VISITS

Fields = Mapping[str, Callable[[Draw], str]]
# What htmx says when it wants a part; and a reader who has the pages in Czech.
AS_PART = {"HX-Request": "true"}
IN_CZECH = {"Accept-Language": "cs"}
# A form of a page that is open no more, or of another session: what would end the reader's own session is sent with it,
# because what they did to themselves is no secret to them.
FORGED = {"X-CSRF-Token": "of another session"}


def shown(route: Route, *params: Callable[[Draw], Pairs]) -> Generator:
    """A page: whole or in part, in one language or the other."""

    def draw(by: Draw) -> Request:
        headers = (AS_PART if by.chance(0.2) else {}) | (IN_CZECH if by.chance(0.2) else {})
        asked = tuple(pair for each in params for pair in each(by))
        return Request(route, filled(by, route[1]), params=asked, headers=headers)

    return draw


def sent(route: Route, headers: Mapping[str, str] | None = None, /, **fields: Callable[[Draw], str]) -> Generator:
    """A form."""

    def draw(by: Draw) -> Request:
        form = tuple((name, value(by)) for name, value in fields.items())
        return Request(route, filled(by, route[1]), form=form, headers=headers or {})

    return draw


def marked(route: Route, *states: str) -> Generator:
    """A form of a notice: one that is so already, or that is not theirs."""
    return lambda by: Request(route, route[1].format(notice=by.notice(*states)), form=())


def refused(route: Route) -> Generator:
    """A page that none of the readers may open, with what its form might hold."""
    method, template = route

    def draw(by: Draw) -> Request:
        fields = {"name": by.tag, "text": by.text, "person": by.candidate, "position": by.position, "tag": by.tag}
        chosen = tuple((name, fields[name]()) for name in by.rng.sample(tuple(fields), 2))
        if method == "GET":
            return Request(route, filled(by, template), params=chosen)
        return Request(route, filled(by, template), form=chosen)

    return draw


def question(by: Draw) -> Pairs:
    """A search, as its address has it."""
    for _ in range(5):
        try:
            return tuple(parse_qsl(address_of(parse_criteria(by.criteria())), keep_blank_values=True))
        except CriteriaInvalid:
            continue
    return ()


def sometimes(name: str, draw: Callable[[Draw], str], of: float = 0.4) -> Callable[[Draw], Pairs]:
    """A part of an address that is not always there."""
    return lambda by: ((name, draw(by)),) if by.chance(of) else ()


def _said(words: str) -> Callable[[Draw], str]:
    return lambda _: words


def _email(by: Draw) -> str:
    return by.one(["stranger@example.com", "neighbour@example.com"], by.house.hidden.emails, by.house.hidden.colleagues)


def _looked(by: Draw) -> str:
    """Everything up to there was seen already."""
    return str(by.rng.randint(0, by.house.seen.seen_up_to))


def _page(by: Draw) -> str:
    return by.rng.choice(("/", "/bell", f"/bell/{by.notice('read')}", "//elsewhere.example.com"))


def _looked_at(by: Draw) -> Pairs:
    """How the facets are looked at: which are open, what is looked for in one, whose folders are open."""
    parts = (
        ("open", by.rng.choice((*FACETS, "added", "rejected"))),
        ("shut", by.rng.choice(FACETS)),
        ("all", by.rng.choice(FACETS)),
        (f"find.{by.rng.choice(('pools', *FACETS))}", by.typed()),
        ("open", by.pool()),
    )
    return tuple(by.rng.sample(parts, by.rng.choice((0, 1, 2))))


def _cursor(by: Draw) -> str:
    return by.forged_cursor(by.sort())


def _pool_not_theirs(by: Draw) -> str:
    return by.one(by.house.hidden.pools, [by.nowhere()])


def muted(route: Route) -> Generator:
    """What was muted would be so the next time, too: a pool of theirs is only let ring, as it does."""

    def draw(by: Draw) -> Request:
        muted, pool = ("yes", _pool_not_theirs(by)) if by.chance(0.5) else ("no", by.pool())
        return Request(route, route[1].format(pool=pool), form=(("muted", muted),))

    return draw


def heard_of(route: Route) -> Generator:
    """Pools of others, each to be heard of in a way of its own."""
    return lambda by: Request(route, route[1], form=tuple((f"{_pool_not_theirs(by)}.email", "daily") for _ in range(3)))


def exported(route: Route) -> Generator:
    """People ticked one by one, or everybody a search finds: asked first, or the file itself."""

    def draw(by: Draw) -> Request:
        if by.chance(0.5):
            form: Pairs = tuple(("person", each) for each in by.some(8, by.candidate))
        else:
            form = (("everybody", "yes"), ("query", urlencode(question(by))))
        return Request(route, route[1], form=(*form, *((("do", "yes"),) if by.chance(0.6) else ())))

    return draw


def edited(route: Route) -> Generator:
    """A form of an earlier day, or one with something wrong in it. The one that is right is sent from the page."""
    values = ({"name": "Somebody Else", "etag": '"0"', "stamp": "0"}, {"name": ""}, {"name": "A", "email": "nowhere"})
    return lambda by: Request(route, filled(by, route[1]), form=tuple(by.rng.choice(values).items()))


WRONG = _said("not the right password, nor the right link")

# How often, and how.
OPEN_PAGES: Mapping[Route, tuple[float, Callable[[Route], Generator]]] = {
    ("GET", "/"): (3, shown),
    ("GET", "/bell"): (3, shown),
    ("GET", "/bell/newest"): (1, shown),
    ("GET", "/bell/sent"): (1, shown),
    ("GET", "/bell/sent/{message}"): (0.2, shown),
    ("GET", "/bell/{notice}"): (3, shown),
    ("POST", "/bell/seen"): (0.5, lambda route: sent(route, up_to=_looked)),
    ("POST", "/bell/{notice}/open"): (0.5, lambda route: marked(route, "read", "done")),
    ("POST", "/bell/{notice}/done"): (0.5, lambda route: marked(route, "done")),
    ("GET", "/talent"): (
        14,
        lambda route: shown(
            route,
            question,
            _looked_at,
            sometimes("sort", Draw.sort),
            sometimes("person", Draw.candidate, 0.2),
            sometimes("cursor", _cursor, 0.03),
        ),
    ),
    # Whole or in part is one to it.
    ("GET", "/talent/folders"): (4, lambda route: shown(route, question, _looked_at)),
    ("GET", "/talent/suggest"): (4, lambda route: shown(route, sometimes("q", Draw.typed, 0.95))),
    ("POST", "/talent/selected/export"): (3, exported),
    ("GET", "/people/{candidate}"): (7, shown),
    ("GET", "/people/{candidate}/edit"): (3, shown),
    ("POST", "/people/{candidate}/edit"): (1, edited),
    ("POST", "/people/{candidate}/want"): (1, lambda route: sent(route, remark=_said("Please"))),
    ("POST", "/people/{candidate}/done"): (1, lambda route: sent(route, remark=_said("Thank you"))),
    ("GET", "/positions"): (2, shown),
    ("GET", "/positions/{position}"): (3, shown),
    ("GET", "/account/notices"): (2, shown),
    ("POST", "/account/notices/{pool}"): (0.5, muted),
    ("GET", "/account"): (1, shown),
    ("GET", "/account/devices"): (0.5, shown),
    ("POST", "/account/devices/{device}/test"): (0.2, sent),
    ("POST", "/account/devices/{device}/remove"): (0.2, sent),
    ("POST", "/account/password"): (0.1, lambda route: sent(route, old=WRONG, new=WRONG)),
    # There is no other session of theirs.
    ("POST", "/account/sessions/end"): (0.2, sent),
    ("POST", "/account/sessions/{session}/end"): (0.5, sent),
    ("GET", "/login"): (0.2, lambda route: shown(route, sometimes("next", _page))),
    ("POST", "/login"): (0.1, lambda route: sent(route, email=_email, password=WRONG, next=_page)),
    ("POST", "/logout"): (0.1, lambda route: sent(route, FORGED)),
    ("GET", "/password/reset-request"): (0.1, shown),
    ("POST", "/password/reset-request"): (0.1, lambda route: sent(route, email=_email)),
    ("GET", "/password/reset"): (0.1, shown),
    ("POST", "/password/reset"): (0.1, lambda route: sent(route, token=WRONG, password=WRONG)),
    ("GET", "/invitation"): (0.1, shown),
    ("POST", "/invitation"): (0.1, lambda route: sent(route, token=WRONG, password=WRONG)),
    # What they choose would be chosen the next time, too: these choose what is so already, and for pools of others.
    ("POST", "/account/notices"): (0.5, lambda route: sent(route, **{"new_in_pool.email": _said("")})),
    ("POST", "/account/notices/hours"): (0.5, lambda route: sent(route, **{"as": _said("house")})),
    ("POST", "/account/notices/pools"): (0.5, heard_of),
    ("POST", "/account/notices/test"): (0.2, lambda route: sent(route, channel=_said("email"))),
    ("POST", "/choices"): (0.2, lambda route: sent(route, language=_said("cs"), next=_page)),
}

# Hiring managers of all kinds are refused there, whoever they are and whatever there is.
CLOSED: tuple[Route, ...] = tuple(
    (visit.method, visit.template)
    for visit in VISITS
    if all(visit.status(who) in (403, 404) for who in (Persona.STRANGER, Persona.VIEWER, Persona.OWNER))
)
PAGES: Mapping[Route, Entry] = {
    **{route: Entry(weight, draw(route)) for route, (weight, draw) in OPEN_PAGES.items()},
    **{route: Entry(0.2, refused(route)) for route in CLOSED},
}
