"""Webhooks: told once the matches stand, signed, tried again under one id, and never into our own network."""

from __future__ import annotations

import re
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from notifications import outside
from notifications.webhook_courier import send_due
from notifications.webhook_signing import headers, new_secret
from records.database import session
from records.models import WebhookDelivery
from tests.api.answers import ok
from tests.installation import Installation
from tests.notifications.receiver import Fault, Receiver, receiver


@pytest.fixture
def far(loopback: None) -> Iterator[Receiver]:
    """Another system that we may send to."""
    with receiver() as made:
        yield made


@pytest.fixture
def rust(world: Installation) -> uuid.UUID:
    """A pool that nobody tracks."""
    world.skills("Rust")
    pool = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    world.settle()
    return pool


def add(world: Installation, far: Receiver, path: str = "/hook", **more: Any) -> str:
    """Register the receiver; returns the id."""
    made = ok(world.administrator.post("/v1/webhooks", json={"url": far.address + path, **more}), 201)
    far.secrets.append(made["secret"])
    return str(made["id"])


def arrives(world: Installation, name: str = "Jana Testová") -> str:
    """Somebody comes into the pool."""
    candidate = world.candidate(name, ["Rust"])
    world.work()
    return str(candidate)


def rows() -> list[WebhookDelivery]:
    """Every delivery, the oldest first."""
    with session() as db:
        return list(db.query(WebhookDelivery).order_by(WebhookDelivery.created_at))


def row() -> WebhookDelivery:
    """The only one."""
    (only,) = rows()
    return only


def later(sql: str = "UPDATE webhook_deliveries SET due_at = now(); UPDATE webhooks SET paused_until = NULL") -> None:
    """As if the pauses were over."""
    with session() as db:
        for each in sql.split(";"):
            db.execute(text(each))
        db.commit()


def webhook(world: Installation, made: str) -> dict[str, Any]:
    """How it stands."""
    shown: dict[str, Any] = ok(world.administrator.get(f"/v1/webhooks/{made}"), 200)
    return shown


def deliveries(world: Installation, made: str, **asked: Any) -> list[dict[str, Any]]:
    """What it was told, the newest first."""
    answer = ok(world.administrator.get(f"/v1/webhooks/{made}/deliveries", params=asked), 200)
    items: list[dict[str, Any]] = answer["items"]
    return items


def test_who_comes_into_a_pool_is_told_by_id_and_signed(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    made = add(world, far)
    candidate = arrives(world, "Jana Testová")
    assert row().state == "waiting" and far.arrived == [], "a row stands before anything is sent"
    assert send_due() == 1
    (came,) = far.arrived
    assert came.signed_with == far.secrets and came.id == str(row().id)
    people = [{"candidate": candidate, "pool": str(rust), "pool_name": "Rust people"}]
    assert came.content == {
        "type": "pool.entered",
        "timestamp": row().created_at.isoformat(),
        "data": {"people": people},
    }
    (shown,) = deliveries(world, made)
    assert (shown["id"], shown["state"], shown["people"], shown["attempts"]) == (came.id, "sent", 1, 1)
    assert send_due() == 0, "once"


def test_who_leaves_or_is_erased_is_told_too(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    first, second = arrives(world, "Jana Testová"), arrives(world, "Petr Zkušební")
    add(world, far)
    ok(world.recruiter.delete(f"/v1/candidates/{first}/tags/rust"), 204)
    world.work()
    ok(world.recruiter.delete(f"/v1/candidates/{second}"), 204)
    world.work()
    while send_due():
        pass
    assert [(each.content["type"], each.people) for each in far.arrived] == [
        ("pool.left", [(first, str(rust))]),
        ("pool.left", [(second, str(rust))]),
    ]


def test_people_of_a_removed_pool_have_left_it(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    candidate = arrives(world)
    add(world, far)
    ok(world.recruiter.delete(f"/v1/pools/{rust}"), 204)
    world.work()
    send_due()
    assert [each.people for each in far.arrived] == [[(candidate, str(rust))]]


def test_whoever_left_before_it_was_sent_is_not_told_of(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    made = add(world, far, events=["pool.entered"])
    candidate = arrives(world)
    ok(world.recruiter.delete(f"/v1/candidates/{candidate}"), 204)
    world.work()
    assert send_due() == 0 and far.arrived == []
    assert [each["state"] for each in deliveries(world, made)] == ["withdrawn"]


def test_an_endpoint_hears_of_its_pools_and_those_below_and_of_its_events(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    world.skills("Brno")
    below = world.pool("Rust in Brno", {"tags": {"any": ["Brno"]}}, parent=rust)
    other = world.pool("Brno people", {"tags": {"any": ["Brno"]}})
    world.settle()
    add(world, far, "/above", pools=[str(rust)], events=["pool.entered"])
    add(world, far, "/other", pools=[str(other)], events=["pool.entered"])
    add(world, far, "/left", events=["pool.left"])
    world.candidate("Jana Testová", ["Rust", "Brno"])
    world.work()
    send_due()
    heard = {each.path: {pool for _, pool in each.people} for each in far.arrived}
    assert heard == {"/above": {str(rust), str(below)}, "/other": {str(other)}}


def test_many_people_are_few_deliveries_and_nobody_is_missing(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    add(world, far)
    everybody = {str(world.candidate(f"Person {n}", ["Rust"])) for n in range(30)}
    world.work()
    while send_due():
        pass
    assert {candidate for each in far.arrived for candidate, _ in each.people} == everybody
    assert sum(len(each.people) for each in far.arrived) == 30
    assert len(far.arrived) < 10


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        ((500, {}), "try_later", "500"),
        ((404, {}), "try_later", "404"),
        ((429, {"Retry-After": "1800"}), "try_later", "429"),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data"}), "redirected", "302"),
        ("drop", "server_away", "RemoteDisconnected"),
        ("hang", "server_away", "TimeoutError"),
        ("drip", "server_away", ""),
    ],
)
def test_what_was_not_taken_comes_again_under_the_same_id(
    world: Installation,
    rust: uuid.UUID,
    far: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    reason: str,
    said: str,
) -> None:
    monkeypatch.setattr(outside, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(outside, "LONGEST_S", 0.6)
    made = add(world, far)
    far.faults["/hook"] = fault
    arrives(world)
    assert send_due() == 0
    assert (row().state, row().reason, row().attempts) == ("waiting", reason, 1)
    assert (row().said or "").startswith(said)
    assert webhook(world, made)["failing_since"]
    assert send_due() == 0 and len(far.arrived) == 1, "not at once"
    far.faults.clear()
    later()
    assert send_due() == 1
    first, second = far.arrived
    assert first.id == second.id and first.content == second.content
    assert row().state == "sent" and webhook(world, made)["failing_since"] is None


def test_nobody_listening_is_a_delivery_that_waits(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        ok(world.administrator.post("/v1/webhooks", json={"url": url}), 201)
        arrives(world)
        assert send_due() == 0
    assert (row().state, row().reason, row().said) == ("waiting", "server_away", "ConnectionRefusedError")


def test_patience_that_is_asked_for_holds_for_the_endpoint_and_no_other(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    add(world, far, "/busy")
    far.faults["/busy"] = (429, {"Retry-After": "1800"})
    arrives(world)
    send_due()
    add(world, far, "/quick")
    arrives(world, "Petr Zkušební")
    assert send_due() == 1
    assert [each.path for each in far.arrived] == ["/busy", "/quick"]
    with session() as db:
        waits = db.scalar(text("SELECT extract(epoch FROM max(paused_until) - now()) FROM webhooks"))
    assert 1_700 < float(str(waits)) <= 1_800


def test_one_that_hangs_does_not_keep_another_waiting(
    world: Installation, rust: uuid.UUID, far: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "TIMEOUT_S", 0.3)
    add(world, far, "/hangs")
    add(world, far, "/quick")
    far.faults["/hangs"] = "hang"
    arrives(world)
    assert send_due() == 1
    assert sorted(each.path for each in far.arrived) == ["/hangs", "/quick"]
    assert sorted(each.state for each in rows()) == ["sent", "waiting"]


def test_after_twelve_attempts_it_is_given_up_listed_and_can_be_replayed(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    made = add(world, far)
    far.faults["/hook"] = (500, {})
    arrives(world)
    for _ in range(12):
        later()
        send_due()
    assert row().state == "failed" and len(far.arrived) == 12 and {each.id for each in far.arrived} == {str(row().id)}
    later()
    assert send_due() == 0 and len(far.arrived) == 12
    (dead,) = deliveries(world, made, state="failed")
    assert (dead["said"], webhook(world, made)["failed"]) == ("500", 1)
    far.faults.clear()
    answer = world.administrator.post(f"/v1/webhooks/{made}/deliveries/{dead['id']}/replay")
    assert ok(answer, 200) == {"replayed": 1}
    assert send_due() == 1 and far.arrived[-1].id == dead["id"]


def test_everything_since_a_time_is_sent_again_in_its_order_under_its_ids(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    made = add(world, far)
    for name in ("Jana Testová", "Petr Zkušební", "Eva Pokusná"):
        arrives(world, name)
        assert send_due() == 1
    since = rows()[1].created_at.isoformat()
    answer = world.administrator.post(f"/v1/webhooks/{made}/replay", json={"since": since})
    assert ok(answer, 200) == {"replayed": 2}
    while send_due():
        pass
    assert [each.id for each in far.arrived[3:]] == [each.id for each in far.arrived[1:3]]


def test_one_that_takes_nothing_for_long_is_switched_off_and_says_why(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    made = add(world, far)
    far.faults["/hook"] = (503, {})
    arrives(world)
    send_due()
    later("UPDATE webhooks SET failing_since = now() - interval '4 days'")
    later()
    send_due()
    shown = webhook(world, made)
    assert (shown["active"], shown["problem"], shown["failed"]) == (False, "try_later", 1)
    arrives(world, "Petr Zkušební")
    assert len(rows()) == 1, "nothing is kept for one that is off"
    assert world.administrator.post(f"/v1/webhooks/{made}/deliveries/{row().id}/replay").status_code == 409
    far.faults.clear()
    ok(world.administrator.patch(f"/v1/webhooks/{made}", json={"active": True}), 200)
    assert webhook(world, made)["problem"] is None
    ok(world.administrator.post(f"/v1/webhooks/{made}/deliveries/{row().id}/replay"), 200)
    assert send_due() == 1


def test_one_that_is_gone_is_switched_off_at_once(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    made = add(world, far)
    far.faults["/hook"] = (410, {})
    arrives(world)
    send_due()
    assert (webhook(world, made)["active"], webhook(world, made)["problem"]) == (False, "gone")


def test_a_new_secret_signs_beside_the_old_one_for_a_while(world: Installation, rust: uuid.UUID, far: Receiver) -> None:
    made = add(world, far)
    old = far.secrets[0]
    new = ok(world.administrator.post(f"/v1/webhooks/{made}/secret"), 200)["secret"]
    far.secrets.append(new)
    arrives(world)
    send_due()
    later("UPDATE webhooks SET old_until = now()")
    arrives(world, "Petr Zkušební")
    send_due()
    assert [each.signed_with for each in far.arrived] == [[old, new], [new]]
    for answer in (world.administrator.get("/v1/webhooks"), world.administrator.get(f"/v1/webhooks/{made}")):
        assert old not in answer.text and new not in answer.text


def test_a_test_says_how_it_was_taken_and_is_not_tried_again(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    made = add(world, far)
    answer = ok(world.administrator.post(f"/v1/webhooks/{made}/test"), 200)
    assert answer["taken"] and far.arrived[0].id == answer["delivery"]
    assert far.arrived[0].content["type"] == "webhook.test" and far.arrived[0].signed_with == far.secrets
    far.faults["/hook"] = (500, {})
    answer = ok(world.administrator.post(f"/v1/webhooks/{made}/test"), 200)
    assert (answer["taken"], answer["reason"], answer["said"]) == (False, "try_later", "500")
    later()
    assert send_due() == 0 and len(far.arrived) == 2
    assert webhook(world, made)["failing_since"] is None


def test_a_worker_killed_while_it_sends_leaves_it_to_the_next_under_the_same_id(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    add(world, far)
    arrives(world)
    # Taken and never ended, as by a process that died.
    later("UPDATE webhook_deliveries SET attempts = 1, taken_until = now() + interval '1 minute'")
    assert send_due() == 0
    later("UPDATE webhook_deliveries SET taken_until = now()")
    assert send_due() == 1 and far.arrived[0].id == str(row().id)


def test_a_removed_endpoint_is_told_nothing_and_leaves_nothing(
    world: Installation, rust: uuid.UUID, far: Receiver
) -> None:
    made = add(world, far)
    arrives(world)
    ok(world.administrator.delete(f"/v1/webhooks/{made}"), 204)
    assert send_due() == 0 and rows() == [] and far.arrived == []


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/a", "https://10.1.2.3/a", "https://169.254.169.254/", "https://intranet/a", "x"]
)
def test_an_address_that_leads_inside_is_refused_beside_its_field(world: Installation, url: str) -> None:
    answer = world.administrator.post("/v1/webhooks", json={"url": url})
    assert answer.status_code == 422 and answer.json()["problems"][0]["place"] == "body.url"
    assert ok(world.administrator.get("/v1/webhooks"), 200) == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_a_name_that_leads_inside_by_the_time_of_sending_is_not_connected_to(
    world: Installation, rust: uuid.UUID, far: Receiver, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    port = far.server.server_port
    ok(world.administrator.post("/v1/webhooks", json={"url": f"https://hooks.example.com:{port}/"}), 201)
    arrives(world)
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    honest = socket.getaddrinfo
    asked: list[str] = []

    def changed(host: str, *more: Any, **named: Any) -> Any:
        if host != "hooks.example.com":
            return honest(host, *more, **named)
        asked.append(host)
        return [(family, socket.SOCK_STREAM, 6, "", (inside, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changed)
    assert send_due() == 0
    assert asked == ["hooks.example.com"], "looked up once, and that address is the one it would connect to"
    assert (row().state, row().reason) == ("waiting", "address_refused") and far.arrived == []
    assert row().said == "This address leads into our own network."


def test_the_example_of_the_documentation_verifies_what_we_sign_and_nothing_else() -> None:
    described = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", described, re.DOTALL)
    known: dict[str, Any] = {}
    exec(example, known)
    secret, body = new_secret(), b'{"type": "pool.entered"}'
    now = int(known["time"].time())
    sent = headers(uuid.uuid4(), now, body, [secret, new_secret()])
    verified = known["verified"]
    assert verified(secret, sent, body)
    assert not verified(secret, sent, body + b" ")
    assert not verified(new_secret(), sent, body)
    assert not verified(secret, {**sent, "webhook-id": str(uuid.uuid4())}, body)
    assert not verified(secret, headers(uuid.uuid4(), now - 400, body, [secret]), body)


def test_a_signature_is_that_of_the_specification_s_own_example() -> None:
    # From the reference libraries' tests (github.com/standard-webhooks/standard-webhooks).
    key, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [key])["webhook-signature"]
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
