"""Messages to browsers that are not open: readable by them alone, from us for sure, and gone when the browser is."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from notifications import outside
from notifications.channels.push import own_public_key
from notifications.courier import send_due
from notifications.retry_after import seconds_of
from notifications.routing import route
from notifications.webpush import Keys, decoded, encoded, encrypted, new_key
from records.database import session
from records.models import Delivery, Device, Role
from records.repositories import devices, preferences
from records.repositories.secrets import made_once
from tests.installation import Installation
from tests.notifications.push_service import Browser, PushService, claims_of, push_service


@pytest.fixture
def far(loopback: None) -> Iterator[PushService]:
    """A push service that we may send to."""
    with push_service() as service:
        yield service


@pytest.fixture
def rust(world: Installation, rust: uuid.UUID) -> uuid.UUID:
    """A pool that the hiring manager tracks and wants to hear of by push."""
    with session() as db:
        preferences.choose(db, world.id_of(Role.HIRING_MANAGER), "new_in_pool", "push", "instant")
        db.commit()
    return rust


def has(world: Installation, browser: Browser, role: Role = Role.HIRING_MANAGER) -> uuid.UUID:
    """Give somebody a device."""
    with session() as db:
        added = devices.add(db, world.id_of(role), browser.target(), "Firefox")
        db.commit()
    return added


def arrives(world: Installation, name: str = "Jana Testová") -> None:
    """Somebody comes into the pool, and what rang is given to the other channels."""
    world.candidate(name, ["Rust"])
    world.work()
    while route():
        pass


def delivery() -> Delivery:
    """The only one."""
    with session() as db:
        (row,) = db.query(Delivery)
        return row


def endpoints() -> list[str]:
    """Of all devices."""
    with session() as db:
        return [each.endpoint for each in db.query(Device).order_by(Device.endpoint)]


def test_the_example_of_the_rfc_comes_out_as_it_is_there() -> None:
    # RFC 8291, section 5 and appendix A.
    own = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    public = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    body = encrypted(
        Keys.read(public, "BTBZMqHH6r4Tts7J_aSIgg"),
        b"When I grow up, I want to be a watermelon",
        fill=0,
        own=ec.derive_private_key(own, ec.SECP256R1()),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_browser_reads_it_and_it_names_nobody(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    browser = far.browser("one")
    has(world, browser)
    arrives(world, "Jana Testová")
    assert send_due("push") == 1
    (push,) = far.received
    assert json.loads(browser.read(push.body)) == {
        "title": "1 new person in Rust people",
        "path": f"/bell/sent/{delivery().id}",
        "id": str(delivery().id),
        "tag": f"pool:{rust}",
    }
    assert push.headers["Content-Encoding"] == "aes128gcm" and int(push.headers["TTL"]) > 0
    assert push.headers["Urgency"] == "normal"
    assert len(push.headers["Topic"]) <= 32 and str(rust) not in push.headers["Topic"]
    assert delivery().state == "sent"


def test_messages_are_of_one_length_whatever_they_say(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    keys = Keys.read(*far.browser("one").subscription["keys"].values())
    assert len(encrypted(keys, b"a")) == len(encrypted(keys, b"a" * 1_900))


def test_it_is_signed_with_the_key_that_browsers_are_told(
    world: Installation, rust: uuid.UUID, far: PushService
) -> None:
    has(world, far.browser("one"))
    arrives(world)
    send_due("push")
    with session() as db:
        public = own_public_key(db)
    claims = claims_of(far.received[0].headers["Authorization"], public)
    assert claims["aud"] == far.address and claims["sub"] == "https://talent.example.com"
    assert 0 < claims["exp"] - time.time() <= 24 * 3_600


def test_every_device_hears_of_it(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    has(world, far.browser("one"))
    has(world, far.browser("two"))
    arrives(world)
    assert send_due("push") == 1
    assert sorted(each.path for each in far.received) == ["/one", "/two"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_other_told(
    world: Installation, rust: uuid.UUID, far: PushService, status: int
) -> None:
    has(world, far.browser("gone"))
    has(world, far.browser("here"))
    far.answers["/gone"] = (status, {})
    arrives(world)
    assert send_due("push") == 1 and delivery().state == "sent"
    assert endpoints() == [f"{far.address}/here"]


def test_when_all_are_gone_the_message_failed(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    has(world, far.browser("gone"))
    far.answers["/gone"] = (410, {})
    arrives(world)
    assert send_due("push") == 0
    assert (delivery().state, delivery().reason) == ("failed", "no_device") and endpoints() == []


def test_who_has_no_device_is_sent_nothing(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    arrives(world)
    with session() as db:
        assert db.query(Delivery).count() == 0


@pytest.mark.parametrize(
    ("status", "headers", "at_least_s"), [(429, {"Retry-After": "1800"}, 1_700), (500, {}, 1), (503, {}, 1)]
)
def test_a_service_that_asks_for_patience_gets_it(
    world: Installation, rust: uuid.UUID, far: PushService, status: int, headers: dict[str, str], at_least_s: int
) -> None:
    has(world, far.browser("busy"))
    far.answers["/busy"] = (status, headers)
    arrives(world)
    assert send_due("push") == 0
    with session() as db:
        waits = db.scalar(text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM deliveries"))
    assert delivery().state == "waiting" and float(str(waits)) > at_least_s
    far.answers.clear()
    with session() as db:
        db.execute(text("UPDATE deliveries SET due_at = clock_timestamp()"))
        db.commit()
    assert send_due("push") == 1 and delivery().state == "sent"
    assert endpoints() == [f"{far.address}/busy"]


def test_a_service_that_hangs_is_left_and_asked_once(
    world: Installation, rust: uuid.UUID, far: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "TIMEOUT_S", 0.2)
    has(world, far.browser("hangs"))
    has(world, far.browser("hangs-too"))
    far.answers["/hangs"] = far.answers["/hangs-too"] = None
    arrives(world)
    assert send_due("push") == 0 and delivery().state == "waiting"
    assert len(far.received) == 1


def test_what_is_not_accepted_is_not_tried_again(world: Installation, rust: uuid.UUID, far: PushService) -> None:
    has(world, far.browser("strict"))
    far.answers["/strict"] = (307, {"Location": f"{far.address}/elsewhere"})
    arrives(world)
    assert send_due("push") == 0 and delivery().reason == "not_accepted"
    assert [each.path for each in far.received] == ["/strict"]


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example.com/a",
        "https://localhost/a",
        "https://127.0.0.1/a",
        "https://10.1.2.3/a",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://[64:ff9b::a00:1]/a",
        "https://[fd00::1]/a",
        "https://intranet/a",
        "https://name:password@push.example.com/a",
        "https://push.example.com:notaport/a",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(outside.NotPermitted):
        outside.check(address)


def test_a_name_that_turns_out_to_lead_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *_, **__: found)  # type: ignore[attr-defined]
    outside.check("https://push.example.com/a")
    with pytest.raises(outside.NotPermitted):
        outside.post("https://push.example.com/a", {}, b"")


def test_the_key_is_made_once(world: Installation) -> None:
    with session() as db:
        first = made_once(db, "vapid", new_key)
        db.commit()
    with session() as db:
        assert made_once(db, "vapid", new_key) == first


@pytest.mark.parametrize(
    ("said", "seconds"), [("", 0), ("120", 120), ("nonsense", 0), ("9999999", 86_400), ("-5", 0), ("²", 0)]
)
def test_patience_is_read_as_far_as_it_makes_sense(said: str, seconds: float) -> None:
    assert seconds_of(said) == seconds
