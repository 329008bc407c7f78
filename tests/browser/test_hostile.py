"""What everything is called does nothing in a real browser, and makes no page wider than a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page

from tests.api.scene import People, Persona, people
from tests.browser.visiting import PHONE, Site
from tests.web.catalog import VISITS
from tests.web.hostile import HOUSES, HostileScene, hostile_scene

# Every page in every house takes minutes.
pytestmark = pytest.mark.long

PAGES = [visit for visit in VISITS if visit.method == "GET"]
# The policy's reports, noted in the page they are of; and a word that scripts of others would have said.
LISTENING = """
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) => window.reports.push(event.violatedDirective));
"""
TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(each).position !== "fixed")
  .slice(-1).map((each) => each.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def site_of_everybody(lasting_site: Site) -> tuple[Site, People]:
    """An installation with one of every persona."""
    return lasting_site, people(lasting_site.world)


def quiet(page: Page, path: str) -> None:
    """Nothing ran, nothing was refused, and nothing is wider than the screen."""
    page.goto(path)
    page.locator("main, body").first.wait_for()
    assert page.evaluate("window.reports") == [], path
    # A part alone has no style of its own; how wide it is where it is put is measured with the page around it.
    if page.locator("main").count() == 0:
        return
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{path} is {width} px too wide: {page.evaluate(TOO_WIDE)}"


@pytest.mark.parametrize("called", list(HOUSES))
def test_on_a_phone_nothing_runs_and_nothing_is_too_wide(site_of_everybody: tuple[Site, People], called: str) -> None:
    site, known = site_of_everybody
    scene: HostileScene = hostile_scene(site.world, known, called)
    for persona in (Persona.ADMINISTRATOR, Persona.VIEWER):
        page = site.visit(known.ids[persona], size=PHONE)
        page.add_init_script(LISTENING)
        said: list[str] = []

        def heard(dialog: Dialog, said: list[str] = said) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", heard)
        for visit in PAGES:
            if visit.status(persona) == 200:
                quiet(page, scene.path(visit.template, persona))
        assert said == []
        page.context.close()
