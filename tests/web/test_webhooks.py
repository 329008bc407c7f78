"""The pages of webhooks: added, tried, looked at, replayed, switched and removed, without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from notifications.webhook_courier import send_due
from records.models import Role
from tests.api.browser import signed_in
from tests.configured import configured
from tests.installation import Installation
from tests.notifications.receiver import Receiver, receiver
from tests.web.reading import Page

PLACE = "/settings/webhooks"


@pytest.fixture
def far(emptied: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Another system that we may send to."""
    with configured(monkeypatch, PUSH_LOOPBACK="true"), receiver() as made:
        yield made


@pytest.fixture
def admin(emptied: Installation, far: Receiver) -> TestClient:
    """The administrator's browser."""
    return signed_in(emptied, emptied.id_of(Role.ADMINISTRATOR))


def actions(page: Page) -> list[str]:
    """Where the forms of a page lead."""
    return [each["action"] for each in page.every("form") if "action" in each]


def added(admin: TestClient, far: Receiver, **more: str | list[str]) -> str:
    """Add the receiver; returns the address of its page."""
    form = {"url": f"{far.address}/hook", "events": ["pool.entered", "pool.left"], "pools": "", **more}
    page = Page(admin.post(PLACE, data=form))
    far.secrets.append(page.one("input", id="shown-once")["value"])
    return next(each for each in actions(page) if each.startswith(f"{PLACE}/"))


def test_without_any_the_page_says_what_to_do_and_settings_lead_there(admin: TestClient) -> None:
    assert "No other system is told of anything yet." in Page(admin.get(PLACE)).text
    assert Page(admin.get("/settings")).every("a", href=PLACE)


def test_the_secret_is_shown_once_and_signs_what_is_sent(admin: TestClient, far: Receiver) -> None:
    place = added(admin, far)
    assert "The test was taken." in Page(admin.post(place, data={"what": "test"})).text
    assert far.arrived[0].signed_with == far.secrets
    for each in (admin.get(place), admin.get(PLACE)):
        assert far.secrets[0] not in each.text
    new = Page(admin.post(place, data={"what": "secret"})).one("input", id="shown-once")["value"]
    assert new.startswith("whsec_") and new != far.secrets[0]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"url": "http://hooks.example.com/", "events": "pool.left"}, "url"),
        ({"url": "https://10.0.0.1/", "events": "pool.left"}, "url"),
        ({"url": "https://hooks.example.com/"}, "events"),
        ({"url": "https://hooks.example.com/", "events": "pool.left", "pools": "Rust people"}, "pools"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(admin: TestClient, form: dict[str, str], field: str) -> None:
    page = Page(admin.post(PLACE, data=form), 422)
    assert page.every("p", id=f"{field}-problem")
    assert page.one("input", name="url")["value"] == form["url"]


def test_one_is_tried_replayed_switched_changed_and_removed(
    emptied: Installation, admin: TestClient, far: Receiver
) -> None:
    emptied.skills("Rust")
    pool = emptied.pool("Rust <people>", {"tags": {"any": ["Rust"]}})
    emptied.settle()
    place = added(admin, far, pools=f"http://localhost/pools/{pool}/")
    assert "Rust <people>" in Page(admin.get(place)).text and "<people>" not in admin.get(place).text
    emptied.candidate("Jana Testová", ["Rust"])
    emptied.work()
    assert "Waits" in Page(admin.get(place)).text
    far.faults["/hook"] = (500, {})
    assert send_due() == 0
    text = Page(admin.get(place)).text
    assert "Tried again soon" in text and "It did not take what was sent. 500" in text and "Takes nothing" in text
    far.faults.clear()
    (again,) = (each for each in actions(Page(admin.get(place))) if "/deliveries/" in each)
    assert "It is sent again." in Page(admin.post(again)).text
    assert send_due() == 1
    assert "1 delivery is sent again." in Page(admin.post(place, data={"what": "replay", "hours": "1"})).text
    assert send_due() == 1 and len({each.id for each in far.arrived}) == 1
    assert "It is off." in Page(admin.post(place, data={"what": "off"})).text
    assert "switch it on" in Page(admin.post(again), 409).text
    assert "It is on." in Page(admin.post(place, data={"what": "on"})).text
    saved = {"what": "save", "url": f"{far.address}/new", "events": "pool.left", "pools": ""}
    assert "Saved." in Page(admin.post(place, data=saved)).text
    assert f"{far.address}/new" in Page(admin.get(PLACE)).text
    assert "Removed." in Page(admin.post(place, data={"what": "remove"})).text
    assert "No other system" in Page(admin.get(PLACE)).text
    assert admin.get(place).status_code == 404
