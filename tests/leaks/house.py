"""A house with a hiring manager who sees a part of it: what they see, and all the rest that they do not.

They track a pool with one below it, one that lies below a pool they do not track, and three that are asked by what they
may never see (a label, a rejection, words that colleagues may reword). They were given two applications and one whole
position. Everything in `Hidden` may change without a byte of theirs changing.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select, update

from records.database import session
from records.models import ApiToken, Attempts, LoginSession, Notification, Role
from tests.api.answers import ok
from tests.api.browser import COOKIE, browser, opened, session_of
from tests.api.traces import share
from tests.installation import Installation
from tests.leaks.words import (
    ASKED_REASON,
    ASKED_SKILLS,
    ELSEWHERE,
    FIRST_NAMES,
    HEADLINES,
    INTERNAL,
    LAST_NAMES,
    NOTED,
    OTHER_REASONS,
    OTHER_SKILLS,
    REGION,
    SEEN_LABEL,
    SOURCES,
    SPRING,
    STAGES,
    STREAMED,
    TOWNS,
    UNSEEN_LABELS,
    UNSEEN_SKILLS,
    WORDS,
)

# Later than anything here.
NEVER = datetime(2099, 1, 1, tzinfo=UTC)


class Reader(StrEnum):
    """Who asks: somebody who sees a part, somebody who sees nothing, and somebody who sees numbers."""

    MANAGER = "manager"
    STRANGER = "stranger"
    ANALYST = "analyst"


@dataclass(slots=True)
class Seen:
    """What the manager sees. None of it ever changes."""

    viewed: list[str] = field(default_factory=list)
    owned: list[str] = field(default_factory=list)
    headlines: dict[str, str] = field(default_factory=dict)
    pools: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    positions_known: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    # By what became of them: unseen, seen, read or done.
    notices: dict[str, list[str]] = field(default_factory=dict)
    seen_up_to: int = 0
    last_seq: int = 0
    streams_pool: str = ""


@dataclass(slots=True)
class Hidden:
    """What none of the readers sees. All of it may change."""

    people: list[str] = field(default_factory=list)
    # Gone for good, but still asked for.
    gone: list[str] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)
    open_positions: list[str] = field(default_factory=list)
    # Of hidden people, and of people who are seen; and whose each is.
    applications: list[str] = field(default_factory=list)
    applications_of_seen: list[str] = field(default_factory=list)
    applicants: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    towns: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    tokens: list[tuple[str, str]] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    # Addresses of people, and of other users.
    emails: list[str] = field(default_factory=list)
    colleagues: list[str] = field(default_factory=list)
    # Words that are names of hidden tags by now.
    lent: set[str] = field(default_factory=set)

    @property
    def ids(self) -> set[str]:
        """Of everything hidden that can be asked for by its id, and of what was deleted."""
        tokens = [token for _, token in self.tokens]
        things = (
            self.people,
            self.gone,
            self.pools,
            self.positions,
            self.users,
            self.notices,
            tokens,
            self.invitations,
            self.sessions,
        )
        return {*self.applications, *self.applications_of_seen, *(id_ for ids in things for id_ in ids)}

    def applied(self, person: str, application: str) -> None:
        """A new application that nobody sees."""
        self.applicants[application] = person
        (self.applications if person in self.people else self.applications_of_seen).append(application)

    def leave(self, person: str) -> None:
        """A hidden person is deleted, and with them their applications."""
        self.people.remove(person)
        self.applications = [each for each in self.applications if self.applicants[each] != person]


@dataclass(slots=True)
class Coming:
    """Names that nothing has yet. Readers ask for them, and then something hidden gets them."""

    made: dict[str, int] = field(default_factory=dict)

    def names(self, kind: str) -> list[str]:
        """The next few names of a kind of thing."""
        first = self.made.get(kind, 0)
        return [f"{kind}{number}" for number in range(first, first + 3)]

    def take(self, kind: str) -> str:
        """The next one, which from now on something has."""
        number = self.made.get(kind, 0)
        self.made[kind] = number + 1
        return f"{kind}{number}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request that was sent before under this key: sent again, it must only be told so."""

    path: str
    body: dict[str, Any]
    key: str


@dataclass(slots=True)
class House:
    """The installation, who asks in it, and what they see and do not see."""

    world: Installation
    readers: dict[Reader, TestClient]
    # The same readers at the pages: each is signed in once, so that the proof in every form stays the same.
    browsers: dict[Reader, TestClient]
    tokens: dict[Reader, str]
    ids: dict[Reader, str]
    neighbour: TestClient
    neighbour_id: str
    recruiter: TestClient
    administrator: TestClient
    seen: Seen = field(default_factory=Seen)
    hidden: Hidden = field(default_factory=Hidden)
    coming: Coming = field(default_factory=Coming)
    # Words that somebody asked for and typed wrong: nobody has them as they stand.
    mistyped: list[str] = field(default_factory=list)
    # Words of which somebody asked for one or the other: which comes first may depend on how rare each is.
    compared: list[str] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)
    begun: datetime = NEVER

    # -- short ways, as a recruiter, that fail loudly --

    def created(self, path: str, body: dict[str, Any]) -> str:
        """Make something; its id."""
        return str(ok(self.recruiter.post(path, json=body), 201)["id"])

    def people(self, rows: list[dict[str, Any]]) -> list[str]:
        """People all at once, of whom nobody is told; their ids in order."""
        body = {"name": "Arrivals", "notices": "silent", "candidates": rows}
        return [str(id_) for id_ in ok(self.recruiter.post("/v1/candidates/bulk", json=body), 201)["ids"]]

    def pool(self, name: str, criteria: dict[str, Any], parent: str | None = None) -> str:
        """A pool."""
        return self.created("/v1/pools", {"name": name, "criteria": criteria, "parent": parent})

    def application(self, person: str, position: str, **more: Any) -> str:
        """A response to a position."""
        return self.created(f"/v1/candidates/{person}/applications", {"position": position, **more})

    def forget_attempts(self) -> None:
        """As if nobody had tried to sign in yet."""
        with session() as db:
            db.execute(delete(Attempts))
            db.commit()

    def forget_wishes(self) -> None:
        """As if none of the readers had asked for anybody since the house was built."""
        asked = Notification.actor_id.in_([uuid.UUID(reader) for reader in self.ids.values()])
        with session() as db:
            db.execute(delete(Notification).where(asked, Notification.created_at > self.begun))
            db.commit()

    def settle(self) -> None:
        """What the worker does."""
        self.world.settle()


def cv(rng: random.Random, *more: str) -> str:
    """A CV of words that everybody has, and these."""
    words = [*rng.sample(WORDS, 5), *more]
    rng.shuffle(words)
    return f"Worked with {', '.join(words[:3])}. Before that {' and '.join(words[3:])}."


def person(rng: random.Random, skills: list[str], towns: list[str], *more: str, **given: Any) -> dict[str, Any]:
    """Somebody, made up."""
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    return {
        "name": name,
        "email": f"{uuid.uuid4().hex[:10]}@example.com",
        "headline": rng.choice(HEADLINES),
        "cv_text": cv(rng, *more),
        "source": rng.choice(SOURCES),
        "years_experience": rng.choice((1, 3, 12, 25)),
        "languages": [{"code": rng.choice(("cs", "en")), "level": rng.choice(("b1", "c1"))}],
        "tags": skills,
        "locations": towns,
        **given,
    }


def hidden_person(rng: random.Random, *more: str, **given: Any) -> dict[str, Any]:
    """Somebody who is in no pool that is tracked: Java, but not in Moravia; German, but not with those years."""
    skills = rng.sample((*ASKED_SKILLS, *OTHER_SKILLS, *UNSEEN_SKILLS), 3)
    language, years = rng.choice((("de", 3), ("de", 12), ("en", 7), ("pl", 7), ("pl", 25)))
    spoken = {"languages": [{"code": language, "level": "b2"}], "years_experience": years}
    return person(rng, skills, [rng.choice(ELSEWHERE)], *more, **(spoken | given))


def rebuilt(world: Installation) -> House:
    """The house in place of whatever there is, with nothing in it used up."""
    world.empty()
    world.add_users()
    return build(world)


def build(world: Installation) -> House:
    """The house. Everything in it comes from one seed; only the ids are random."""
    rng = random.Random("house")
    house = _users(world)
    _vocabulary(house)
    hidden_parent = _pools(house)
    house.settle()
    for pool in house.seen.pools:
        if pool not in _below(house):
            ok(house.administrator.put(f"/v1/users/{house.ids[Reader.MANAGER]}/tracking/{pool}"), 204)
    house.hidden.pools.append(hidden_parent)
    _seen_people(house, rng)
    _hidden_people(house, rng)
    house.settle()
    _bells(house, rng)
    _repeated(house)
    house.settle()
    _stop_clocks()
    with session() as db:
        house.begun = db.scalars(select(func.clock_timestamp())).one()
    return house


def _stop_clocks() -> None:
    """When somebody was last there is noted to the minute and shown to themselves: here that minute never ends."""
    with session() as db:
        db.execute(update(ApiToken).values(last_used_at=NEVER))
        db.execute(update(LoginSession).values(created_at=NEVER, last_used_at=NEVER, expires_at=NEVER))
        db.commit()


def _users(world: Installation) -> House:
    stranger, asking_stranger = world.add_user(Role.HIRING_MANAGER, "stranger@example.com")
    neighbour, asking_neighbour = world.add_user(Role.HIRING_MANAGER, "neighbour@example.com")
    clients = {
        Reader.MANAGER: world.manager,
        Reader.STRANGER: asking_stranger,
        Reader.ANALYST: world.analyst,
    }
    ids = {
        Reader.MANAGER: world.id_of(Role.HIRING_MANAGER),
        Reader.STRANGER: stranger,
        Reader.ANALYST: world.id_of(Role.ANALYST),
    }
    return House(
        world,
        clients,
        {reader: _browser_of(world, user) for reader, user in ids.items()},
        {reader: str(client.headers["authorization"]).partition(" ")[2] for reader, client in clients.items()},
        {reader: str(user) for reader, user in ids.items()},
        asking_neighbour,
        str(neighbour),
        world.recruiter,
        world.administrator,
    )


def _browser_of(world: Installation, user: uuid.UUID) -> TestClient:
    """With the session as a header and nothing in its jar, so that it never brings what another page had it keep."""
    secret = opened(user)
    signed_in = browser(world, secret)
    signed_in.cookies.clear()
    signed_in.headers["Cookie"] = f"{COOKIE}={secret}"
    return signed_in


def _vocabulary(house: House) -> None:
    for skill in (*ASKED_SKILLS, *OTHER_SKILLS):
        house.created("/v1/tags", {"name": skill, "kind": "skill", "synonyms": [f"{skill} syn"]})
    for skill in UNSEEN_SKILLS:
        house.created("/v1/tags", {"name": skill, "kind": "skill", "synonyms": [f"old {skill}"]})
        house.hidden.tags.append(skill.lower())
    house.created("/v1/tags", {"name": REGION, "kind": "location", "key": "jihomoravsky"})
    for town in TOWNS:
        house.created("/v1/tags", {"name": town, "kind": "location", "parent": REGION})
    for town in ELSEWHERE:
        house.created("/v1/tags", {"name": town, "kind": "location"})
    for label in (SEEN_LABEL, *UNSEEN_LABELS):
        house.created("/v1/tags", {"name": label, "kind": "label"})
    for internal in INTERNAL:
        house.created("/v1/tags", {"name": internal, "kind": "internal"})
    for reason in (ASKED_REASON, *OTHER_REASONS):
        body = {"name": reason, "said_by": "candidate" if reason == OTHER_REASONS[-1] else "us"}
        ok(house.administrator.post("/v1/rejection-reasons", json=body), 201)
    keys = {row["name"]: row["key"] for row in ok(house.recruiter.get("/v1/rejection-reasons"))}
    house.hidden.reasons += [keys[name] for name in OTHER_REASONS]


def _pools(house: House) -> str:
    seen = house.seen
    java = house.pool("Java in Moravia", {"tags": {"any": list(ASKED_SKILLS)}, "locations": {"any": [REGION]}})
    below = house.pool("Spring in Moravia", {"text": SPRING}, java)
    speakers = house.pool("Speakers", {"tags": {"any": [SEEN_LABEL]}})
    seen.streams_pool = house.pool("Streams", {"text": "kafka"})
    reasons = ok(house.recruiter.get("/v1/rejection-reasons"))
    asked = next(row["key"] for row in reasons if row["name"] == ASKED_REASON)
    refused = house.pool("Another year", {"rejections": {"reasons": [asked]}})
    above = house.pool("Seniors", {"experience": {"any": ["5-9"]}})
    german = house.pool("German", {"languages": {"any": [{"code": "de"}]}}, above)
    seen.pools += [java, below, speakers, seen.streams_pool, refused, german]
    house.hidden.pools += [
        house.pool("Python everywhere", {"tags": {"any": ["Python"]}}),
        house.pool("Never rejected", {"tags": {"any": ["SQL", "Java"]}, "rejections": {"never": True}}),
        house.pool("Not to be hired", {"tags": {"any": [INTERNAL[0]]}}),
    ]
    return above


def _below(house: House) -> list[str]:
    return [house.seen.pools[1]]


def _seen_people(house: House, rng: random.Random) -> None:
    seen, hidden = house.seen, house.hidden
    shared = house.created("/v1/positions", {"title": "Data engineer"})
    half_shared = house.created("/v1/positions", {"title": "Tester of payments"})
    seen.positions += [shared]
    hidden.positions += [house.created("/v1/positions", {"title": title}) for title in ("Secret lab", "Board seat")]
    hidden.open_positions += hidden.positions
    hidden.titles += ["Secret lab", "Board seat"]
    # Not to be read, but known from the one application that was shared.
    seen.positions_known.append(half_shared)
    rows = [
        *(person(rng, [rng.choice(ASKED_SKILLS), "SQL"], [rng.choice(TOWNS)]) for _ in range(8)),
        *(person(rng, ["Java", "Docker"], [rng.choice(TOWNS)], SPRING) for _ in range(4)),
        *(person(rng, ["Python", SEEN_LABEL], ["Praha"]) for _ in range(4)),
        *(person(rng, ["React"], ["Ostrava"], *STREAMED[:2]) for _ in range(4)),
        *(person(rng, ["SQL"], ["Praha"], years_experience=7, languages=[{"code": "de", "level": "b2"}])
          for _ in range(3)),
        *(person(rng, ["Python", "React"], ["Praha"]) for _ in range(3)),
    ]  # fmt: skip
    ids = house.people(rows)
    seen.viewed += ids
    seen.headlines = {id_: row["headline"] for id_, row in zip(ids, rows, strict=True)}
    for each in ids[-3:]:
        _rejected(house, house.application(each, hidden.open_positions[0]), ASKED_REASON)
    _shared(house, rng, shared, half_shared)


def _rejected(house: House, application: str, reason: str) -> None:
    reasons = {row["name"]: row["key"] for row in ok(house.recruiter.get("/v1/rejection-reasons"))}
    ok(house.recruiter.put(f"/v1/applications/{application}/rejection", json={"reason": reasons[reason]}))


def _shared(house: House, rng: random.Random, shared: str, half_shared: str) -> None:
    """Four who applied for the position that was shared, two who applied for another one and were shared alone."""
    seen = house.seen
    manager = uuid.UUID(house.ids[Reader.MANAGER])
    rows = [person(rng, rng.sample(OTHER_SKILLS, 2), [rng.choice(ELSEWHERE)]) for _ in range(5)]
    ids = house.people(rows)
    seen.headlines |= {id_: row["headline"] for id_, row in zip(ids, rows, strict=True)}
    # The last one is seen through a pool as well.
    seen.owned += [*ids, seen.viewed[0]]
    for number, each in enumerate(ids[:4]):
        given = house.application(each, shared, stage=STAGES[number], source=rng.choice(SOURCES))
        house.created(f"/v1/applications/{given}/notes", {"text": f"Spoke of {rng.choice(NOTED)}."})
        seen.applications.append(given)
        if number == 1:
            _rejected(house, given, OTHER_REASONS[0])
    share(manager, position=uuid.UUID(shared))
    for each in (ids[4], seen.viewed[0]):
        given = house.application(each, half_shared, stage="interview", source="referral")
        house.created(f"/v1/applications/{given}/notes", {"text": "Knows payments."})
        share(manager, application=uuid.UUID(given))
        seen.applications.append(given)


def _hidden_people(house: House, rng: random.Random) -> None:
    hidden = house.hidden
    rows = [hidden_person(rng) for _ in range(30)]
    hidden.people += house.people(rows)
    hidden.emails += [str(row["email"]) for row in rows]
    hidden.sessions.append(str(session_of(uuid.UUID(house.neighbour_id))))
    seen = [*rng.sample(house.seen.viewed, 8), *house.seen.owned[:3]]
    for each in [*rng.sample(hidden.people, 10), *seen]:
        given = house.application(
            each, rng.choice(hidden.open_positions), stage=rng.choice(STAGES), source=rng.choice(SOURCES)
        )
        hidden.applied(each, given)


def _bells(house: House, rng: random.Random) -> None:
    """Eight people come one by one: the manager has unseen, seen, read and done notices, and others have some too.

    What was shared with them rang before that, and is seen.
    """
    seen, hidden = house.seen, house.hidden
    manager = house.readers[Reader.MANAGER]
    for pool in (hidden.pools[0], seen.pools[0]):
        ok(house.administrator.put(f"/v1/users/{house.neighbour_id}/tracking/{pool}"), 204)
    for _ in range(8):
        row = person(rng, ["Java"], [rng.choice(TOWNS)])
        seen.viewed.append(house.created("/v1/candidates", row))
        seen.headlines[seen.viewed[-1]] = row["headline"]
        house.settle()
    hidden.people.append(house.created("/v1/candidates", hidden_person(rng, tags=["Python"])))
    house.settle()
    bell = sorted(ok(manager.get("/v1/notifications"))["items"], key=lambda notice: int(notice["seq"]))
    shared = [notice for notice in bell if not notice["pools"]]
    ids = [str(notice["id"]) for notice in bell if notice["pools"]]
    ok(manager.post(f"/v1/notifications/{ids[1]}/read"), 204)
    ok(manager.post(f"/v1/notifications/{ids[2]}/done"), 204)
    seen.seen_up_to = len(shared) + 4
    ok(manager.post("/v1/notifications/seen", json={"up_to": seen.seen_up_to}))
    seen.notices = {
        "seen": [ids[0], ids[3], *(str(notice["id"]) for notice in shared[:1])],
        "read": [ids[1]],
        "done": [ids[2]],
        "unseen": ids[4:],
    }
    seen.last_seq = max(notice["seq"] for notice in ok(manager.get("/v1/notifications"))["items"])
    hidden.notices += [str(notice["id"]) for notice in ok(house.neighbour.get("/v1/notifications"))["items"]]


def _repeated(house: House) -> None:
    manager = house.readers[Reader.MANAGER]
    for kind in ("want", "done"):
        path, key = f"/v1/candidates/{house.seen.viewed[2]}/{kind}", f"key-{kind}"
        body = {"remark": "Please"}
        ok(manager.post(path, json=body, headers={"Idempotency-Key": key}), 202)
        house.repeated.append(Repeated(path, body, key))
