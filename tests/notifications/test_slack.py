"""Slack: notices reach the right member as text, faults lose nothing, and a click counts only when Slack signed it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import text

from core.settings import settings
from notifications import slack_client
from notifications.courier import send_due
from notifications.message import Line, Message
from notifications.outcome import Refused
from notifications.routing import route
from notifications.slack_blocks import blocks, fallback, fitting
from records.database import session
from records.models import Delivery, Role
from records.repositories import deliveries, preferences, slack
from records.repositories.deliveries import Reader
from tests.api.answers import ok, problem
from tests.installation import Installation
from tests.slack_server import SECRET, TEAM, TOKEN, Workspace, checked, slack_server

KEYS = {"bot_token": TOKEN, "signing_secret": SECRET}
MANAGER = "hiring_manager@example.com"
HOSTILE = "<!here> & <https://evil.example.com|click> @channel *bold* :tada: " + "x" * 100


@pytest.fixture
def far(world: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace in which the hiring manager and the administrator have accounts."""
    with slack_server() as made:
        made.members = {MANAGER: "U0MANAGER", "administrator@example.com": "U0ADMIN"}
        monkeypatch.setenv("SLACK_API_URL", made.address)
        monkeypatch.setenv("PUBLIC_URL", "https://talent.example.com")
        settings.cache_clear()
        yield made
        assert made.wrong == []
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def connected(world: Installation, far: Workspace) -> Workspace:
    """The same, connected by the administrator."""
    ok(world.administrator.put("/v1/settings/slack", json=KEYS))
    return far


@pytest.fixture
def rust(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks, with a name that would like to be more than a name."""
    world.skills("Rust")
    pool = world.pool(HOSTILE, {"tags": {"any": ["Rust"]}})
    world.settle()
    world.track(pool)
    with session() as db:
        preferences.choose(db, world.id_of(Role.HIRING_MANAGER), "new_in_pool", "slack", "instant")
        db.commit()
    return pool


def arrives(world: Installation, name: str = "Jana Testová") -> None:
    """Somebody comes into the pool."""
    world.candidate(name, ["Rust"])
    world.work()
    while route():
        pass


def let_time_pass() -> None:
    """Whatever waits is due."""
    with session() as db:
        db.execute(text("UPDATE deliveries SET due_at = clock_timestamp() WHERE state = 'waiting'"))
        db.execute(text("DELETE FROM channel_pauses"))
        db.commit()


def rows() -> list[tuple[str, str | None]]:
    """State and reason of all deliveries, oldest first."""
    with session() as db:
        return [(each.state, each.reason) for each in db.query(Delivery).order_by(Delivery.created_at)]


def mutes() -> int:
    """How many pools are muted."""
    with session() as db:
        return int(db.execute(text("SELECT count(*) FROM mutes")).scalar_one())


def message(lines: list[Line]) -> Message:
    """A message that says this."""
    reader = Reader(uuid.uuid4(), "Test", MANAGER)
    people = sum(line.people for line in lines)
    delivery = uuid.uuid4()
    made = (delivery, reader, "slack", "instant", "en", tuple(lines), people, f"/bell/sent/{delivery}", "digest")
    return Message(*made, datetime.now(UTC))  # type: ignore[arg-type]


# -- messages --


def test_a_new_person_is_told_to_the_member_with_the_same_address(
    world: Installation, rust: uuid.UUID, connected: Workspace
) -> None:
    arrives(world)
    assert send_due("slack") == 1 and rows() == [("sent", None)]
    (posted,) = connected.messages
    with session() as db:
        (delivery,) = db.query(Delivery)
        assert posted["metadata"]["event_payload"] == {"delivery": str(delivery.id)}
        assert delivery.reference == "1.000100"
    assert posted["channel"] == "U0MANAGER"
    buttons = next(each["elements"] for each in posted["blocks"] if each["type"] == "actions")
    assert buttons[0]["url"] == f"https://talent.example.com/bell/sent/{delivery.id}"
    assert (buttons[1]["action_id"], buttons[1]["value"]) == ("mute_pool", str(rust))
    assert any(each["type"] == "context" for each in posted["blocks"])
    assert "Jana" not in json.dumps(posted, ensure_ascii=False)


def test_a_name_of_a_pool_is_text_and_nothing_is_previewed(
    world: Installation, rust: uuid.UUID, connected: Workspace
) -> None:
    arrives(world)
    assert send_due("slack") == 1
    (posted,) = connected.messages
    said = [posted["text"], json.dumps(posted["blocks"])]
    assert not any("<" in each or ">" in each for each in said)
    assert "&lt;!here&gt; &amp; &lt;https://evil" in posted["text"]
    assert str(posted["unfurl_links"]).lower() in ("false", "0") and str(posted["link_names"]).lower() in ("false", "0")
    assert str(posted["unfurl_media"]).lower() in ("false", "0") and posted["parse"] == "none"
    shown = checked(posted)
    texts = [part for block in posted["blocks"] for part in block.get("elements", [block.get("text")])]
    assert shown and all(part.get("emoji") is False for part in texts if part["type"] == "plain_text")


@pytest.mark.parametrize("count", [1, 2, 200])
@pytest.mark.parametrize("name", ["Rust", "&" * 200, "<!here>" * 40, "ž" * 5_000], ids=len)
def test_however_much_there_is_it_fits(name: str, count: int) -> None:
    lines = [Line("new_in_pool", "match", 3, uuid.uuid4(), f"{name} {each}") for each in range(count)]
    said = message(lines)
    posted: dict[str, Any] = {"text": fallback(said)}
    posted["blocks"] = [each.to_dict() for each in blocks(said, "https://talent.example.com")]
    checked(posted)
    buttons = next(each["elements"] for each in posted["blocks"] if each["type"] == "actions")
    assert len(buttons) == (2 if count == 1 else 1), "only where it is about one pool can that be muted"


def test_what_is_cut_ends_with_an_ellipsis_and_with_no_half_of_an_entity() -> None:
    for most in range(2, 30):
        cut = fitting("a&b<c>" * 20, most)
        assert len(cut) <= most and cut.endswith("…")
        assert cut[:-1].replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").isalpha() or most < 8
    assert fitting("a&b", 7) == "a&amp;b"


def test_who_is_who_is_asked_once_and_again_when_the_address_changed(
    world: Installation, rust: uuid.UUID, connected: Workspace
) -> None:
    arrives(world)
    send_due("slack")
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("slack") == 1
    assert connected.calls.count("users.lookupByEmail") == connected.calls.count("conversations.open") == 1
    connected.members = {"new@example.com": "U0NEW"}
    with session() as db:
        db.execute(text("UPDATE users SET email = 'new@example.com' WHERE email = :email"), {"email": MANAGER})
        db.commit()
    arrives(world, "Third Test")
    let_time_pass()
    assert send_due("slack") == 1 and connected.messages[-1]["channel"] == "U0NEW"
    with session() as db:
        db.execute(text("UPDATE slack_members SET looked_at = looked_at - interval '25 hours'"))
        db.commit()
    arrives(world, "Fourth Test")
    let_time_pass()
    assert send_due("slack") == 1 and connected.calls.count("users.lookupByEmail") == 3


def test_without_a_workspace_nobody_is_written_to(world: Installation, rust: uuid.UUID, far: Workspace) -> None:
    arrives(world)
    assert rows() == [] and far.calls == []


# -- faults --


def test_slack_asks_for_patience_and_gets_it(world: Installation, rust: uuid.UUID, connected: Workspace) -> None:
    connected.fails["chat.postMessage"] = 429
    connected.retry_after = "600"
    arrives(world)
    assert send_due("slack") == 0 and rows() == [("waiting", "rate_limited")]
    with session() as db:
        left = db.execute(text("SELECT extract(epoch FROM until - clock_timestamp()) FROM channel_pauses")).scalar_one()
    assert 590 < left <= 600
    asked = len(connected.calls)
    assert send_due("slack") == 0 and len(connected.calls) == asked, "nothing is asked before then"
    connected.fails = {}
    let_time_pass()
    assert send_due("slack") == 1 and rows()[0][0] == "sent"


@pytest.mark.parametrize("fault", [500, 503, "hang", "internal_error"])
def test_what_is_away_loses_nothing(
    world: Installation, rust: uuid.UUID, connected: Workspace, fault: str | int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_client, "TIMEOUT_S", 1)
    connected.fails["chat.postMessage"] = fault
    arrives(world)
    assert send_due("slack") == 0 and rows() == [("waiting", "server_away")]
    connected.fails = {}
    connected.ended.set()
    let_time_pass()
    assert send_due("slack") == 1 and len(connected.messages) == 1


@pytest.mark.parametrize("word", ["token_revoked", "invalid_auth", "account_inactive", "missing_scope"])
def test_a_token_that_is_good_no_more_is_shown_and_what_waits_is_sent_when_connected_again(
    world: Installation, rust: uuid.UUID, connected: Workspace, word: str
) -> None:
    connected.fails["*"] = word
    arrives(world)
    assert send_due("slack") == 0 and rows() == [("waiting", "workspace_closed")]
    assert ok(world.administrator.get("/v1/settings/slack"))["problem"] == word
    problem(world.administrator.post("/v1/settings/slack/test"), 409)
    arrives(world, "Another Test")
    assert len(rows()) == 1, "nobody is reached, so nothing is planned"
    connected.fails = {}
    asked = len(connected.calls)
    let_time_pass()
    assert send_due("slack") == 0 and len(connected.calls) == asked
    assert ok(world.administrator.put("/v1/settings/slack", json=KEYS))["problem"] is None
    let_time_pass()
    assert send_due("slack") == 1 and len(connected.messages) == 1


def test_whoever_has_no_account_is_left_in_peace_and_looked_for_after_a_day(
    world: Installation, rust: uuid.UUID, connected: Workspace
) -> None:
    connected.members = {}
    arrives(world)
    assert send_due("slack") == 0 and rows() == [("failed", "not_in_workspace")]
    arrives(world, "Another Test")
    assert len(rows()) == 1
    connected.members = {MANAGER: "U0MANAGER"}
    with session() as db:
        db.execute(text("UPDATE unreachable SET since = since - interval '25 hours'"))
        db.execute(text("UPDATE slack_members SET looked_at = looked_at - interval '25 hours'"))
        db.commit()
    arrives(world, "Third Test")
    let_time_pass()
    assert send_due("slack") == 1 and len(connected.messages) == 1


@pytest.mark.parametrize("word", ["user_disabled", "users_not_found"])
def test_an_account_that_was_closed_is_written_to_no_more(
    world: Installation, rust: uuid.UUID, connected: Workspace, word: str
) -> None:
    connected.fails["conversations.open"] = word
    arrives(world)
    assert send_due("slack") == 0 and rows()[0][0] == "failed"
    with session() as db:
        assert deliveries.out_of_reach(db, [world.id_of(Role.HIRING_MANAGER)], "slack")


def test_a_message_slack_never_takes_fails_alone(world: Installation, rust: uuid.UUID, connected: Workspace) -> None:
    connected.fails["chat.postMessage"] = "invalid_blocks"
    arrives(world)
    assert send_due("slack") == 0 and rows() == [("failed", "not_accepted")]
    assert deliveries.paused("slack") is None
    assert ok(world.administrator.get("/v1/settings/slack"))["problem"] is None


def test_a_message_the_sdk_does_not_let_out_holds_up_no_other() -> None:
    said = slack_client.meaning(SlackObjectFormationError("text attribute cannot exceed 150 characters"))
    assert isinstance(said, Refused) and not said.unreachable


# -- connecting --


def test_an_administrator_connects_tries_and_disconnects_and_is_never_told_the_token(
    world: Installation, far: Workspace
) -> None:
    answer = world.administrator.put("/v1/settings/slack", json=KEYS)
    assert ok(answer)["team"] == "Made <up>" and ok(answer)["connected"]
    told = answer.text + world.administrator.get("/v1/settings/slack").text
    assert TOKEN not in told and SECRET not in told
    assert ok(world.administrator.get("/v1/settings/slack"))["actions_url"].endswith("/slack/actions")
    ok(world.administrator.post("/v1/settings/slack/test"))
    assert [each["channel"] for each in far.messages] == ["U0ADMIN"]
    assert world.administrator.delete("/v1/settings/slack").status_code == 204
    assert not ok(world.administrator.get("/v1/settings/slack"))["connected"]
    problem(world.administrator.post("/v1/settings/slack/test"), 409)
    with session() as db:
        assert db.execute(text("SELECT count(*) FROM slack_workspaces")).scalar_one() == 0
        assert db.execute(text("SELECT count(*) FROM slack_members")).scalar_one() == 0


def test_a_token_slack_does_not_know_is_not_kept(world: Installation, far: Workspace) -> None:
    problem(world.administrator.put("/v1/settings/slack", json={**KEYS, "bot_token": "xoxb-0000000000-other"}), 422)
    far.fails["auth.test"] = 503
    problem(world.administrator.put("/v1/settings/slack", json=KEYS), 503)
    assert not ok(world.administrator.get("/v1/settings/slack"))["connected"]


def test_a_test_to_nobody_says_so(world: Installation, connected: Workspace) -> None:
    connected.members = {}
    problem(world.administrator.post("/v1/settings/slack/test"), 409)


def test_others_neither_connect_nor_see(world: Installation, connected: Workspace) -> None:
    for who in (world.recruiter, world.manager, world.analyst):
        problem(who.get("/v1/settings/slack"), 403)
        problem(who.put("/v1/settings/slack", json=KEYS), 403)
        problem(who.delete("/v1/settings/slack"), 403)
        problem(who.post("/v1/settings/slack/test"), 403)


# -- clicks --


def click(
    world: Installation,
    pool: object,
    *,
    member: str = "U0MANAGER",
    team: str = TEAM,
    secret: str = SECRET,
    ago_s: float = 0,
    **headers: str,
) -> Any:
    """The answer to a click on the button of a message."""
    payload = {
        "type": "block_actions",
        "user": {"id": member},
        "team": {"id": team},
        "channel": {"id": "D0MANAGER"},
        "actions": [{"action_id": "mute_pool", "value": str(pool)}],
    }
    body = urlencode({"payload": json.dumps(payload)})
    stamp = str(int(time.time() - ago_s))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body) or ""
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return world.anonymous.post("/slack/actions", content=body, headers=sent)


@pytest.fixture
def told(world: Installation, rust: uuid.UUID, connected: Workspace) -> uuid.UUID:
    """The manager was told of somebody in the pool, so it is known who they are in Slack."""
    arrives(world)
    assert send_due("slack") == 1
    return rust


def test_a_click_mutes_the_pool_for_whoever_clicked(world: Installation, told: uuid.UUID, connected: Workspace) -> None:
    answer = ok(click(world, told))
    assert answer["response_type"] == "ephemeral" and answer["text"].startswith("Muted")
    assert connected.messages[-1] == {"channel": "D0MANAGER", "user": "U0MANAGER", "text": answer["text"]}
    (pool,) = [each for each in ok(world.manager.get("/v1/me/pools")) if each["id"] == str(told)]
    assert pool["muted"]
    ok(click(world, told))
    assert mutes() == 1
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("slack") == 0


def test_what_slack_did_not_sign_or_signed_long_ago_changes_nothing(world: Installation, told: uuid.UUID) -> None:
    forged = [
        click(world, told, secret="another secret"),
        click(world, told, ago_s=301),
        click(world, told, ago_s=-301),
        click(world, told, X_Slack_Signature="v0=0"),
        click(world, told, X_Slack_Signature=""),
        click(world, told, X_Slack_Request_Timestamp="soon"),
        click(world, told, X_Slack_Request_Timestamp=str(int(time.time()) - 1)),
        world.anonymous.post("/slack/actions", content=b"\xff"),
        world.administrator.post("/slack/actions", json={}),
    ]
    for answer in forged:
        problem(answer, 401)
    assert mutes() == 0
    assert click(world, told, ago_s=290).status_code == 200 and mutes() == 1


def test_a_stranger_or_another_workspace_changes_nothing(world: Installation, told: uuid.UUID) -> None:
    assert ok(click(world, told, member="U0STRANGER")) == ok(click(world, told, team="T0OTHER")) == {}
    assert ok(click(world, "no pool")) == {}
    assert mutes() == 0


def test_whoever_tracks_the_pool_no_more_or_may_not_sign_in_mutes_nothing(world: Installation, told: uuid.UUID) -> None:
    manager = world.id_of(Role.HIRING_MANAGER)
    assert "do not track" in ok(click(world, uuid.uuid4()))["text"]
    world.administrator.delete(f"/v1/users/{manager}/tracking/{told}")
    assert "do not track" in ok(click(world, told))["text"] and mutes() == 0
    world.track(told)
    ok(world.administrator.patch(f"/v1/users/{manager}", json={"active": False}))
    assert ok(click(world, told)) == {} and mutes() == 0


def test_once_disconnected_nothing_is_believed(world: Installation, told: uuid.UUID) -> None:
    assert world.administrator.delete("/v1/settings/slack").status_code == 204
    problem(click(world, told), 401)
    with session() as db:
        assert slack.workspace(db) is None
