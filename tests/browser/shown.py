"""Every page as a reader finds it in a house where people live: what axe looks at and what screenshots show."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import text

from records.database import session
from records.models import Role, User
from records.repositories import users
from tests.api.answers import ok
from tests.browser.selecting import last_action, pick_all, reject_some
from tests.installation import Installation


@dataclass(frozen=True, slots=True)
class House:
    """A house with people in it, and the ids that addresses need."""

    manager: uuid.UUID
    recruiter: uuid.UUID
    notice: uuid.UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its name in file names, its address, who looks (None: nobody is signed in), and what is opened on it."""

    name: str
    address: Callable[[Any], str]
    who: Callable[[House], uuid.UUID | None]
    opens: str = ""

    def __str__(self) -> str:
        return self.name


def opened(page: Page, shown: Shown, house: House | None) -> None:
    """Bring a page up as it is shown."""
    page.goto("about:blank")
    page.goto(shown.address(house))
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


def look_again() -> None:
    """Have nobody seen anything yet (a picture of the open bell is a look at it), all of it on one fine morning."""
    with session() as db:
        db.execute(text("UPDATE notifications SET seen_at = NULL, created_at = '2026-03-02 08:30Z'"))
        db.execute(text("UPDATE sessions SET client = :said"), {"said": SAID})
        db.commit()


def _nobody(_: House) -> None:
    return None


def _manager(house: House) -> uuid.UUID:
    return house.manager


def _recruiter(house: House) -> uuid.UUID:
    return house.recruiter


# Seen only where nobody has an account yet, so it comes before there is a house.
SETUP = Shown("setup", lambda _: "/setup", _nobody)


PAGES: tuple[Shown, ...] = (
    Shown("login", lambda _: "/login", _nobody),
    Shown("reset-request", lambda _: "/password/reset-request", _nobody),
    Shown("reset", lambda _: "/password/reset#secret", _nobody),
    Shown("invitation", lambda _: "/invitation#secret", _nobody),
    Shown("not-found", lambda _: "/nowhere", _nobody),
    Shown("home", lambda _: "/", _manager),
    Shown("bell", lambda _: "/bell", _manager),
    Shown("bell-open", lambda _: "/", _manager, opens="#bell"),
    Shown("notice", lambda house: f"/bell/{house.notice}", _manager),
    Shown("menu-open", lambda _: "/", _manager, opens=".user"),
    Shown("shortcuts", lambda _: "/", _manager, opens="?"),
    Shown("account", lambda _: "/account", _manager),
    Shown("selected", lambda _: "/talent?sort=name", _recruiter, opens="/"),
    *(
        Shown(f"selected-{what}", lambda _: "/talent?sort=name", _recruiter, opens=f"/talent/selected/{what}")
        for what in ("tag", "untag", "share", "add", "reject", "export")
    ),
    Shown("selected-done", lambda _: last_action(), _recruiter),
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
    bell = world.bell()
    reject_some(world)
    summary = next(each for each in bell if each["kind"] == "summary")
    return House(manager, recruiter, uuid.UUID(summary["id"]))
