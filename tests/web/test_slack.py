"""The page on which administrators connect Slack: how it stands is shown, its secrets never."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from core.settings import settings
from records.database import session
from records.models import Role
from records.repositories import slack
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.slack_server import SECRET, TOKEN, Workspace, slack_server
from tests.web.reading import Page

CONNECT = {"what": "connect", "bot_token": TOKEN, "signing_secret": SECRET}
PLACE = "/settings/slack"


@pytest.fixture
def far(emptied: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Slack, with an account of the administrator."""
    with slack_server() as made:
        made.members = {"administrator@example.com": "U0ADMIN"}
        monkeypatch.setenv("SLACK_API_URL", made.address)
        monkeypatch.setenv("PUBLIC_URL", "http://localhost")
        settings.cache_clear()
        yield made
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def admin(emptied: Installation, far: Workspace) -> TestClient:
    """The administrator's browser."""
    return signed_in(emptied, emptied.id_of(Role.ADMINISTRATOR))


def test_a_workspace_is_connected_tried_and_disconnected(admin: TestClient, far: Workspace) -> None:
    assert "http://localhost/slack/actions" in Page(admin.get(PLACE)).text
    answer = admin.post(PLACE, data=CONNECT)
    page = Page(answer)
    assert "Connected." in page.text and "Made <up>" in page.text
    assert "<up>" not in answer.text, "a team's name is text"
    for each in (answer, admin.get(PLACE)):
        assert TOKEN not in each.text and SECRET not in each.text
    assert "Sent. Look into Slack." in Page(admin.post(PLACE, data={"what": "test"})).text
    assert [each["channel"] for each in far.messages] == ["U0ADMIN"]
    assert "Disconnected." in Page(admin.post(PLACE, data={"what": "disconnect"})).text
    with session() as db:
        assert slack.workspace(db) is None


def test_what_is_wrong_with_a_token_stands_beside_its_field_without_the_token(
    admin: TestClient, far: Workspace
) -> None:
    far.fails["auth.test"] = "invalid_auth"
    answer = admin.post(PLACE, data=CONNECT)
    page = Page(answer, 422)
    assert page.one("input", name="bot_token")["aria-invalid"] == "true"
    assert "invalid_auth" in page.text
    assert TOKEN not in answer.text and SECRET not in answer.text
    assert page.one("input", name="bot_token")["type"] == page.one("input", name="signing_secret")["type"] == "password"


def test_a_workspace_that_takes_nothing_any_more_says_why(admin: TestClient, far: Workspace) -> None:
    admin.post(PLACE, data=CONNECT)
    far.fails["*"] = "token_revoked"
    assert "does not take this token any more" in Page(admin.post(PLACE, data={"what": "test"}), 409).text
    page = Page(admin.get(PLACE))
    assert "Nothing goes through" in page.text and "token_revoked" in page.text
    far.fails = {}
    assert "Nothing goes through" not in Page(admin.post(PLACE, data=CONNECT)).text


def test_a_test_to_somebody_without_an_account_says_so(admin: TestClient, far: Workspace) -> None:
    admin.post(PLACE, data=CONNECT)
    far.members = {}
    assert (
        "Nobody in this workspace has your e-mail address" in Page(admin.post(PLACE, data={"what": "test"}), 409).text
    )
