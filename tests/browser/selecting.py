"""A list in which people are selected, and what was done with some of them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from records.database import session
from records.models import BulkAction
from tests.api.answers import ok
from tests.installation import Installation


def pick_all(page: Page, leads_to: str) -> None:
    """Select everybody on the page, and press the button that leads there."""
    page.get_by_role("checkbox", name=page.locator("[data-selects=page]").locator("..").inner_text().strip()).check()
    if leads_to != "/":
        page.locator(f'[formaction="{leads_to}"]').click()
        page.locator("main form").wait_for()


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go on by keyboard until something has the focus."""
    for _ in range(150):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no way leads to {wanted}")


def reject_some(world: Installation) -> None:
    """Have somebody rejected (for a reason there is) who applied, and somebody left who did not."""
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Java engineer"}), 201)["id"]
    people = sorted(map(str, world.found({})))
    applied = {"people": people[:4], "position": position}
    ok(world.recruiter.post("/v1/bulk/applications", json=applied), 201)
    rejected = {"people": people[2:], "position": position, "reason": "salary"}
    ok(world.recruiter.post("/v1/bulk/rejections", json=rejected), 201)
    world.settle()


def last_action() -> str:
    """The address of what was done last."""
    with session() as db:
        newest = db.scalars(select(BulkAction.id).order_by(BulkAction.created_at.desc()).limit(1)).one()
    return f"/talent/selected/{newest}"
