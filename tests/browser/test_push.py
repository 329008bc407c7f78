"""A push in a real browser: what the product sends is shown without a name, and a click opens exactly those people.

Headless Chromium has no push service to subscribe to, and nobody who clicks on what the system shows: the text that the
product encrypted is delivered by the browser's own debugging protocol, and the click is an event to the worker. What
opens a window then is caught, and opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Worker

from notifications.courier import send_due
from notifications.routing import route
from records.database import session
from records.models import Role
from records.repositories import devices, preferences
from tests.browser.visiting import Site
from tests.configured import configured
from tests.notifications.push_service import PushService, push_service

# So often is a push delivered before it counts as one that is not shown.
AGAIN = 5


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A push service that we may send to."""
    with configured(monkeypatch, PUSH_LOOPBACK="true"), push_service() as service:
        yield service


def pushed(site: Site, far: PushService, *names: str) -> dict[str, Any]:
    """Have these people come into a pool of the hiring manager's; the text of what is pushed then."""
    world, manager = site.world, site.world.id_of(Role.HIRING_MANAGER)
    world.skills("Rust")
    pool = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    world.settle()
    world.track(pool)
    browser = far.browser("here")
    with session() as db:
        devices.add(db, manager, browser.target(), "Chromium")
        preferences.choose(db, manager, "new_in_pool", "push", "instant")
        db.commit()
    for name in names:
        world.candidate(name, ["Rust"])
    world.work()
    while route():
        pass
    assert send_due("push") == 1
    (came,) = far.received
    text: dict[str, Any] = json.loads(browser.read(came.body))
    return text


def with_a_worker(page: Page) -> tuple[Worker, Any, str]:
    """Let the page's browser be told: its worker, the debugging protocol, and the worker's registration there."""
    page.context.grant_permissions(["notifications"])
    page.goto("/account/devices")
    protocol = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    protocol.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    protocol.send("ServiceWorker.enable")
    # What is pushed before that is lost.
    page.evaluate(
        """async () => {
            await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
            const { active } = await navigator.serviceWorker.ready;
            while (active.state !== "activated")
                await new Promise((changed) => active.addEventListener("statechange", changed, { once: true }));
        }"""
    )
    (worker,) = page.context.service_workers
    (known,) = {each["registrationId"] for each in registrations if not each["isDeleted"]}
    return worker, protocol, known


def shown(worker: Worker) -> list[dict[str, Any]]:
    """What the browser shows the reader of it."""
    # What the browser leaves unanswered is asked again.
    found: list[dict[str, Any]] = worker.evaluate(
        """async () => {
            const shown = self.registration.getNotifications();
            const late = new Promise((resolve) => setTimeout(resolve, 3000, []));
            return (await Promise.race([shown, late])).map(({ title, body }) => ({ title, body }));
        }"""
    )
    return found


def delivered(site: Site, told: tuple[Worker, Any, str], text: object) -> dict[str, Any]:
    """A push arrives; what is shown then."""
    worker, protocol, registration = told
    message = {"origin": site.address, "registrationId": registration, "data": json.dumps(text)}
    for _ in range(AGAIN):
        # One that the browser let go of is delivered again; by its tag it takes the place of the one before.
        protocol.send("ServiceWorker.deliverPushMessage", message)
        for _ in range(200):
            if notices := shown(worker):
                (notice,) = notices
                return notice
    raise AssertionError("The browser showed nothing of what was pushed.")


def clicked(worker: Worker) -> str:
    """The address that a click on what is shown opens."""
    opened: str = worker.evaluate(
        """async () => {
            const [notification] = await self.registration.getNotifications();
            return new Promise((opened) => {
                self.clients.openWindow = async (href) => opened(href);
                self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
            });
        }"""
    )
    assert shown(worker) == [], "whoever clicked has seen it"
    return opened


def test_a_push_says_how_many_and_which_pool_and_a_click_opens_them(site: Site, far: PushService) -> None:
    text = pushed(site, far, "Jana Testová", "Petr Zkušební")
    page = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    told = with_a_worker(page)
    assert delivered(site, told, text) == {"title": "2 new people in Rust people", "body": ""}
    opened = clicked(told[0])
    assert opened == site.address + text["path"]
    page.goto(opened)
    people = page.locator("main li a").all_inner_texts()
    assert sorted(people) == ["Jana Testová", "Petr Zkušební"]


def test_what_is_pushed_opens_nothing_but_the_product(site: Site) -> None:
    told = with_a_worker(site.visit(site.world.id_of(Role.HIRING_MANAGER)))
    odd = {"title": "Odd", "tag": "odd", "path": "https://elsewhere.example.com/"}
    assert delivered(site, told, odd)["title"] == "Odd"
    assert clicked(told[0]) == "/"


def test_it_can_be_installed(site: Site) -> None:
    page = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    page.goto("/")
    protocol = page.context.new_cdp_session(page)
    described = protocol.send("Page.getAppManifest")
    assert described["errors"] == [] and described["url"].endswith("/manifest.webmanifest")
    wrong = {each["errorId"] for each in protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    # Each visit of a test is in a profile of its own, which Chromium takes for a private window.
    assert wrong <= {"in-incognito"}
