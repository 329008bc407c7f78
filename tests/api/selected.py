"""Twins: two people who are alike in everything, one for what is done to many at once, one for the single routes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi.testclient import TestClient
from hypothesis import strategies as st

from records.models import Role
from tests.api.answers import ok
from tests.api.traces import share, version, waiting
from tests.installation import Installation

SKILLS = ("Java", "Python", "SQL")
# Of every kind: which readers see it differs.
TAGS = (*SKILLS, "Speaker", "Do not hire")
PLACE = "Brno"
MOST_APPLICATIONS = 2

Kind = Literal["tags", "untag", "rejections", "applications", "shares"]


@dataclass(frozen=True, slots=True)
class Applied:
    """A response to a position: to which, whether it is rejected, and whether the manager was given it."""

    position: int
    rejected: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What a twin is made of; `here` is false for one who was deleted."""

    tags: frozenset[str]
    in_brno: bool
    applications: tuple[Applied, ...]
    here: bool


applied = st.builds(Applied, st.integers(0, 1), st.booleans(), st.booleans())
people = st.lists(
    st.builds(
        Person,
        st.frozensets(st.sampled_from(TAGS), max_size=3),
        st.booleans(),
        st.lists(applied, max_size=MOST_APPLICATIONS).map(tuple),
        st.sampled_from((True, True, True, False)),
    ),
    min_size=1,
    max_size=3,
)
names = st.lists(st.sampled_from(TAGS), min_size=1, max_size=3, unique=True)
positions = st.sampled_from((0, 0, 1, None))


@dataclass(slots=True)
class Office:
    """Positions, reasons, a manager who tracks a pool, and everybody made so far."""

    world: Installation
    positions: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, world: Installation) -> Office:
        """The office, with nobody in it yet."""
        office = cls(world)
        world.skills(*SKILLS)
        world.tag("Speaker", "label")
        world.tag("Do not hire", "internal")
        world.tag(PLACE, "location")
        for name, said_by in (("Salary", "candidate"), ("Skills", "us")):
            ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)
        office.reasons = [row["key"] for row in ok(world.recruiter.get("/v1/rejection-reasons"))]
        for title in ("Engineer", "Accountant"):
            office.positions.append(ok(world.recruiter.post("/v1/positions", json={"title": title}), 201)["id"])
        for criteria in ({"tags": {"any": ["Java", "Speaker"]}}, {"rejections": {"reasons": office.reasons}}):
            pool = world.pool(f"Pool {len(criteria)} {uuid.uuid4().hex[:4]}", criteria)
            world.settle()
            world.track(pool)
        return office

    def move_in(self, person: Person) -> uuid.UUID:
        """Make somebody."""
        world = self.world
        given = world.candidate("Twin", sorted(person.tags), locations=[PLACE] if person.in_brno else [])
        for each in person.applications:
            body = {"position": self.positions[each.position]}
            row = ok(world.recruiter.post(f"/v1/candidates/{given}/applications", json=body), 201)["id"]
            if each.rejected:
                reason = {"reason": self.reasons[0], "note": "Before"}
                ok(world.recruiter.put(f"/v1/applications/{row}/rejection", json=reason))
            if each.shared:
                share(world.id_of(Role.HIRING_MANAGER), application=uuid.UUID(row))
        if not person.here:
            ok(world.administrator.delete(f"/v1/candidates/{given}"), 204)
        return given

    def seen(self, client: TestClient, person: uuid.UUID) -> Any:
        """What a reader is shown of somebody, without what tells twins apart."""
        answer = client.get(f"/v1/candidates/{person}")
        return _alike(answer.json()) if answer.status_code == 200 else answer.status_code

    def state(self, person: uuid.UUID) -> Any:
        """Everything that may come of an action."""
        return self.seen(self.world.recruiter, person), self.seen(self.world.manager, person), self.shares(person)

    def shares(self, person: uuid.UUID) -> list[list[str]]:
        """Who has each of somebody's applications."""
        answer = self.world.recruiter.get(f"/v1/candidates/{person}")
        rows = answer.json()["applications"] if answer.status_code == 200 else []
        holders = [ok(self.world.recruiter.get(f"/v1/applications/{row['id']}/shares")) for row in rows]
        return [[each["name"] for each in some] for some in holders]


_OWN = {"id", "candidate", "at", "applied_at", "created_at", "updated_at", "version"}


def _alike(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _alike(part) for name, part in value.items() if name not in _OWN}
    return [_alike(part) for part in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the records of somebody had come."""

    version: int
    waiting: int

    @classmethod
    def of(cls, person: uuid.UUID) -> Mark:
        """As of now."""
        return cls(version(person), waiting(person))


@dataclass(frozen=True, slots=True)
class Action:
    """What is done, as the bulk route takes it."""

    kind: Kind
    body: dict[str, Any]

    def to_many(self, office: Office, some: Sequence[uuid.UUID]) -> Any:
        """Done at once."""
        people = [str(person) for person in some]
        return ok(office.world.recruiter.post(f"/v1/bulk/{self.kind}", json=self.body | {"people": people}), 201)

    def to_one(self, office: Office, person: uuid.UUID) -> bool:
        """Done by the single routes, as a careful colleague would; whether anything was changed."""
        answer = office.world.recruiter.get(f"/v1/candidates/{person}")
        if answer.status_code == 404:
            return False
        ways = {
            "tags": self._tag,
            "untag": self._untag,
            "applications": self._apply,
            "rejections": self._reject,
            "shares": self._share,
        }
        return ways[self.kind](office, f"/v1/candidates/{person}", answer.json())

    def _tag(self, office: Office, path: str, theirs: dict[str, Any]) -> bool:
        after = ok(office.world.recruiter.post(f"{path}/tags", json=self.body))
        return len(after) > len(theirs["tags"])

    def _untag(self, office: Office, path: str, theirs: dict[str, Any]) -> bool:
        found = [tag["key"] for tag in theirs["tags"] if tag["name"] in self.body["tags"]]
        for key in found:
            ok(office.world.recruiter.delete(f"{path}/tags/{key}"), 204)
        return bool(found)

    def _apply(self, office: Office, path: str, theirs: dict[str, Any]) -> bool:
        if self._there(theirs, still_open=True):
            return False
        ok(office.world.recruiter.post(f"{path}/applications", json=self.body), 201)
        return True

    def _reject(self, office: Office, path: str, theirs: dict[str, Any]) -> bool:
        rows = self._meant(self._there(theirs, still_open=True))
        reason = {"reason": self.body["reason"], "note": self.body["note"]}
        for row in rows:
            ok(office.world.recruiter.put(f"/v1/applications/{row['id']}/rejection", json=reason))
        return bool(rows)

    def _share(self, office: Office, path: str, theirs: dict[str, Any]) -> bool:
        person = uuid.UUID(path.rpartition("/")[2])
        before = office.shares(person)
        for row in self._meant(self._there(theirs, still_open=False))[-1:]:
            ok(office.world.recruiter.put(f"/v1/applications/{row['id']}/shares/{self.body['user']}"), 204)
        return office.shares(person) != before

    def _there(self, theirs: dict[str, Any], *, still_open: bool) -> list[dict[str, Any]]:
        return [
            row
            for row in theirs["applications"]
            if self.body["position"] in (None, row["position"]) and not (still_open and "rejection" in row)
        ]

    def _meant(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows if self.body["position"] is not None or len(rows) == 1 else []


@st.composite
def actions(draw: st.DrawFn, office: Office) -> Action:
    """Any of them."""
    kind: Kind = draw(st.sampled_from(("tags", "untag", "rejections", "applications", "shares")))
    at = draw(positions)
    if kind in ("tags", "untag"):
        return Action(kind, {"tags": draw(names)})
    if kind == "applications":
        return Action(kind, {"position": office.positions[at or 0], "stage": "interview", "source": "list"})
    position = None if at is None else office.positions[at]
    if kind == "shares":
        return Action(kind, {"position": position, "user": str(office.world.id_of(Role.HIRING_MANAGER))})
    note = draw(st.sampled_from((None, "=Too far")))
    return Action(kind, {"position": position, "reason": draw(st.sampled_from(office.reasons)), "note": note})
