"""Every page as a reader finds it in a house where people live: what axe looks at and what screenshots show."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import text

from notifications.unsubscribing import Subscription, key_of_house, token_for
from records.database import session
from records.models import Role, User
from records.repositories import users
from tests.api.answers import ok
from tests.browser.selecting import last_action, pick_all, reject_some
from tests.browser.told import tell
from tests.installation import Installation


@dataclass(frozen=True, slots=True)
class House:
    """A house with people in it, and the ids that addresses need."""

    manager: uuid.UUID
    recruiter: uuid.UUID
    notice: uuid.UUID
    person: uuid.UUID
    position: uuid.UUID
    pool: uuid.UUID
    administrator: uuid.UUID
    webhook: uuid.UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its name in file names, its address, who looks (None: nobody is signed in), and what is opened on it.

    `awaits` is what comes to it only after it is there.
    """

    name: str
    address: Callable[[Any], str]
    who: Callable[[House], uuid.UUID | None]
    opens: str = ""
    awaits: str = ""

    def __str__(self) -> str:
        return self.name


def opened(page: Page, shown: Shown, house: House | None) -> None:
    """Bring a page up as it is shown."""
    page.goto("about:blank")
    page.goto(shown.address(house))
    if shown.awaits:
        page.locator(shown.awaits).wait_for()
    if shown.opens == "#bell":
        page.locator(shown.opens).click()
        page.locator("#bell-list .notice").first.wait_for()
    elif shown.opens.startswith("."):
        page.locator(shown.opens).click()
    elif shown.opens.startswith("/"):
        pick_all(page, shown.opens)
    elif shown.opens:
        page.keyboard.press(shown.opens)


# So that a picture does not change with the Chromium that took it.
SAID = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


# Moments that pages show, in minutes after that morning's beginning.
DATED = {
    "candidates.created_at": 0,
    "candidate_tags.added_at": 0,
    "positions.created_at": 0,
    "matches.matched_at": 1,
    "applications.applied_at": 10,
    "application_notes.created_at": 20,
    "shares.created_at": 25,
    "applications.rejected_at": 30,
    "notifications.created_at": 30,
    "slack_workspaces.connected_at": 5,
    "deliveries.created_at": 31,
    "deliveries.ended_at": 32,
    "webhooks.created_at": 5,
    "webhook_deliveries.created_at": 31,
    "webhook_deliveries.ended_at": 32,
}


def look_again() -> None:
    """Have nobody seen anything yet (a picture of the open bell is a look at it), all of it on one fine morning."""
    with session() as db:
        db.execute(text("UPDATE notifications SET seen_at = NULL"))
        for what, minute in DATED.items():
            table, _, column = what.partition(".")
            db.execute(text(f"UPDATE {table} SET {column} = '2026-03-02 08:{minute:02}Z' WHERE {column} IS NOT NULL"))
        db.execute(text("UPDATE sessions SET client = :said"), {"said": SAID})
        db.execute(text("UPDATE tracking SET created_at = '2026-03-02 08:00Z'"))
        db.execute(text("UPDATE invitations SET expires_at = '2026-03-09 08:00Z'"))
        db.execute(text("UPDATE reason_changes SET changed_at = '2026-03-02 08:10Z'"))
        done = "created_at = '2026-03-02 08:20Z', finished_at = '2026-03-02 08:21Z'"
        db.execute(text(f"UPDATE checks SET {done}"))
        db.commit()


def _nobody(_: House) -> None:
    return None


def _manager(house: House) -> uuid.UUID:
    return house.manager


def _recruiter(house: House) -> uuid.UUID:
    return house.recruiter


def _administrator(house: House) -> uuid.UUID:
    return house.administrator


def _picking(house: House) -> str:
    return f"/settings/users/{house.manager}/tracking?q=p&tag=postgresql"


def _unsubscribing(house: House) -> str:
    ended = Subscription(house.manager, ("new_in_pool",), house.pool)
    return f"/unsubscribe/{token_for(ended, key_of_house())}"


# Seen only where nobody has an account yet, so it comes before there is a house.
SETUP = Shown("setup", lambda _: "/setup", _nobody)


PAGES: tuple[Shown, ...] = (
    Shown("login", lambda _: "/login", _nobody),
    Shown("reset-request", lambda _: "/password/reset-request", _nobody),
    Shown("reset", lambda _: "/password/reset#secret", _nobody),
    Shown("invitation", lambda _: "/invitation#secret", _nobody),
    Shown("not-found", lambda _: "/nowhere", _nobody),
    Shown("not-found-signed-in", lambda _: "/nowhere", _manager),
    Shown("home", lambda _: "/", _manager),
    Shown("bell", lambda _: "/bell", _manager),
    Shown("bell-open", lambda _: "/", _manager, opens="#bell"),
    Shown("notice", lambda house: f"/bell/{house.notice}", _manager),
    Shown("messages", lambda _: "/bell/sent", _manager),
    Shown("menu-open", lambda _: "/", _manager, opens=".user"),
    Shown("shortcuts", lambda _: "/", _manager, opens="?"),
    Shown("account", lambda _: "/account", _manager),
    Shown("person", lambda house: f"/people/{house.person}", _recruiter),
    Shown("person-through-a-pool", lambda house: f"/people/{house.person}", _manager),
    Shown("person-new", lambda _: "/people/new", _recruiter),
    Shown("person-edit", lambda house: f"/people/{house.person}/edit", _recruiter),
    Shown("person-erase", lambda house: f"/people/{house.person}/delete", _recruiter),
    Shown("talent", lambda _: "/talent?tag=java&tag.not=python&location=brno&open=added&open=stages", _recruiter),
    Shown("talent-tracked", lambda _: "/talent", _manager),
    Shown("talent-beside", lambda house: f"/talent?q=java&person={house.person}", _recruiter, awaits="#person-name"),
    Shown("talent-nobody", lambda _: "/talent?tag=java&tag.all=postgresql", _recruiter),
    Shown("talent-wrong", lambda _: "/talent?q=(java", _recruiter),
    Shown("talent-help", lambda _: "/talent", _manager, opens=".search-line [popovertarget]"),
    Shown("statistics", lambda _: "/statistics?by=reason&by=position", _recruiter),
    Shown("positions", lambda _: "/positions", _recruiter),
    Shown("positions-shared", lambda _: "/positions", _manager),
    Shown("position", lambda house: f"/positions/{house.position}", _recruiter),
    Shown("pools", lambda _: "/pools", _recruiter),
    Shown("pool", lambda house: f"/pools/{house.pool}", _recruiter),
    Shown("pool-new", lambda _: "/pools/new?name=Java&tag=java&created.days=30", _recruiter),
    Shown("pool-edit", lambda house: f"/pools/{house.pool}/edit?name=Java+/+Brno&tag=java&tag=python", _recruiter),
    Shown("pool-delete", lambda house: f"/pools/{house.pool}/delete", _recruiter),
    Shown("home-recruiter", lambda _: "/", _recruiter),
    Shown("notices", lambda _: "/account/notices", _manager),
    Shown("devices", lambda _: "/account/devices", _manager),
    Shown("settings", lambda _: "/settings", _administrator),
    Shown("users", lambda _: "/settings/users", _administrator),
    Shown("user", lambda house: f"/settings/users/{house.manager}", _administrator),
    Shown("tracking", _picking, _administrator),
    Shown("tags", lambda _: "/settings/tags", _recruiter),
    Shown("tag", lambda _: "/settings/tags/brno", _recruiter),
    Shown("reasons", lambda _: "/settings/reasons", _administrator),
    Shown("reason", lambda _: "/settings/reasons/salary", _administrator),
    Shown("jobs", lambda _: "/settings/jobs", _administrator),
    Shown("slack", lambda _: "/settings/slack", _administrator),
    Shown("messages-failed", lambda _: "/settings/messages", _administrator),
    Shown("webhooks", lambda _: "/settings/webhooks", _administrator),
    Shown("webhook", lambda house: f"/settings/webhooks/{house.webhook}", _administrator),
    Shown("sample", lambda _: "/sample", _administrator),
    Shown("selected", lambda _: "/talent?sort=name", _recruiter, opens="/"),
    *(
        Shown(f"selected-{what}", lambda _: "/talent?sort=name", _recruiter, opens=f"/talent/selected/{what}")
        for what in ("tag", "untag", "share", "add", "reject", "export")
    ),
    Shown("selected-done", lambda _: last_action(), _recruiter),
    Shown("house-notices", lambda _: "/settings/notices", _administrator),
    Shown("unsubscribe", _unsubscribing, _nobody),
)


def furnish(world: Installation) -> House:
    """People, pools and a bell that has rung."""
    manager, recruiter = world.id_of(Role.HIRING_MANAGER), world.id_of(Role.RECRUITER)
    with session() as db:
        for who, name in ((manager, "Petra Malá"), (recruiter, "Tomáš Dvořák")):
            found: User = users.lock(db, who)
            found.name = name
        db.commit()
    world.skills("Java", "Python", "PostgreSQL")
    world.tag("Brno", "location")
    java = world.pool("Java / Brno", {"tags": {"any": ["Java"]}, "locations": {"any": ["Brno"]}})
    python = world.pool("Python, senior", {"tags": {"any": ["Python"]}, "experience": {"any": ["5-9", "10-19"]}})
    world.skills("COBOL")
    seniors = world.pool("Seniors", {"experience": {"any": ["5-9", "10-19"]}}, parent=java)
    world.pool("Mainframe", {"tags": {"all": ["COBOL"]}}, parent=seniors)
    world.settle()
    for pool in (java, python):
        world.track(pool)
        world.track(pool, Role.RECRUITER)
    names = ("Jan Novák", "Eva Svobodová", "Karel Procházka", "Marie Kučerová")
    fair = [{"name": name, "tags": ["Java"], "locations": ["Brno"]} for name in names]
    bulk = {"name": "Job fair", "notices": "summary", "new_tags": False, "candidates": fair}
    ok(world.recruiter.post("/v1/candidates/bulk", json=bulk), 201)
    world.settle()
    jana = world.candidate("Jana Nováková", ["Java", "Python"], locations=["Brno"], years_experience=7)
    world.candidate("Ondřej Černý", ["Python", "PostgreSQL"], years_experience=6)
    world.settle()
    ok(world.manager.post(f"/v1/candidates/{jana}/want", json={"remark": "Could we talk this week?"}), 202)
    position = positions(world, jana)
    _administered(world)
    bell = world.bell()
    reject_some(world)
    summary = next(each for each in bell if each["kind"] == "summary")
    ok(world.recruiter.patch(f"/v1/pools/{seniors}", json={"criteria": {"experience": {"any": ["5-9"]}}}))
    world.settle()
    webhook = tell(world, java, jana)
    administrator = world.id_of(Role.ADMINISTRATOR)
    return House(manager, recruiter, uuid.UUID(summary["id"]), jana, position, seniors, administrator, webhook)


CV = """Backend developer with seven years in payments and logistics.

2021 – now  Lead developer, Modrý Most s.r.o., Brno
  Java 21, Spring, PostgreSQL, Kafka. A team of five.
2019 – 2021  Developer, Zelená Pošta a.s., Praha
  Python, Django, and the move from one database to twelve.

Languages: Czech, English (C1), German (B1)."""


def positions(world: Installation, jana: uuid.UUID) -> uuid.UUID:
    """Positions with people at every stage; returns the one with a full board."""
    spoken = [{"code": "cs", "level": "native"}, {"code": "en", "level": "c1"}]
    profile = {"headline": "Backend developer", "cv_text": CV, "languages": spoken, "email": "jana@example.com"}
    ok(world.recruiter.patch(f"/v1/candidates/{jana}", json={**profile, "phone": "+420 777 123 456"}))
    for name, said_by in (("Salary", "candidate"), ("Skills", "us")):
        ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)
    titles = ("Data engineer", "QA engineer", "Backend developer, payments")
    opened = [ok(world.recruiter.post("/v1/positions", json={"title": title}), 201)["id"] for title in titles]
    ok(world.recruiter.patch(f"/v1/positions/{opened[1]}", json={"status": "closed"}))
    stages = ("new", "new", "screening", "interview", "offer", "screening")
    names = ("Alena Dušková", "Bohdan Kříž", "Cecílie Marešová", "Daniel Fiala", "Ema Šimková", "Filip Urban")
    people = [world.candidate(name, ["PostgreSQL"]) for name in names]
    at = [(person, stage) for person, stage in zip(people, stages, strict=True)]
    made = []
    for person, stage in (*at, (jana, "interview")):
        body = {"position": opened[2], "stage": stage, "source": "referral" if stage == "screening" else None}
        made.append(ok(world.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)["id"])
    for note in ("Friendly and precise; asks good questions.", "Second round on Thursday."):
        ok(world.recruiter.post(f"/v1/applications/{made[-1]}/notes", json={"text": note}), 201)
    ok(world.recruiter.put(f"/v1/applications/{made[5]}/rejection", json={"reason": "skills"}))
    # An older one of the same person, and one of another person that the manager was given.
    older = ok(
        world.recruiter.post(f"/v1/candidates/{jana}/applications", json={"position": opened[0], "stage": "offer"}), 201
    )["id"]
    ok(
        world.recruiter.put(
            f"/v1/applications/{older}/rejection", json={"reason": "salary", "note": "Wants to stay in Brno."}
        )
    )
    manager = world.id_of(Role.HIRING_MANAGER)
    ok(world.recruiter.put(f"/v1/applications/{made[3]}/shares/{manager}"), 204)
    ok(world.recruiter.put(f"/v1/positions/{opened[1]}/shares/{manager}"), 204)
    world.settle()
    return uuid.UUID(opened[2])


def _administered(world: Installation) -> None:
    """An invitation, reasons with a history, a tree of places, and a check that waits."""
    invited = {"name": "Lucie Bílá", "email": "lucie@example.com", "role": "hiring_manager"}
    ok(world.administrator.post("/v1/invitations", json=invited), 201)
    for name, said_by in (("Another offer", "candidate"), ("Too far away", "candidate")):
        ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)
    ok(world.administrator.patch("/v1/rejection-reasons/salary", json={"name": "Salary above our range"}))
    world.tag("Jihomoravský kraj", "location")
    ok(
        world.recruiter.patch(
            "/v1/tags/brno", json={"parent": "Jihomoravský kraj", "synonyms": ["Brünn", "Brno-město"]}
        )
    )
    ok(world.administrator.post("/v1/checks", json={}), 202)
    world.settle()
