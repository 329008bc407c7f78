"""The link of a letter ends what the letter was about, for its reader alone, by POST alone, and only as we wrote it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from notifications import unsubscribing
from notifications.courier import send_due
from notifications.unsubscribing import Subscription, token_for
from records.database import session
from records.models import HouseSecret, Role
from records.repositories import preferences
from records.repositories.preferences import Chosen
from tests.api.browser import browser
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.test_deliveries import arrives, chosen, let_time_pass

EVIL = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def anybody(world: Installation) -> TestClient:
    """A browser in which nobody is signed in."""
    return browser(world)


def wishes(world: Installation, role: Role = Role.HIRING_MANAGER) -> Chosen:
    """What they chose."""
    user = world.id_of(role)
    with session() as db:
        return preferences.of(db, [user])[user]


def link_in(letter_box: Mailbox) -> str:
    """The path of the link in the newest letter."""
    named: str = letter_box.letters[-1]["List-Unsubscribe"]
    return named.strip("<>").removeprefix("https://talent.example.com")


@pytest.fixture
def link(world: Installation, rust: uuid.UUID, box: Mailbox) -> str:
    """Of a letter about one pool."""
    chosen(world, "instant")
    arrives(world)
    assert send_due("email") == 1
    return link_in(box)


def test_looking_at_it_asks_and_changes_nothing(world: Installation, link: str, anybody: TestClient) -> None:
    before = wishes(world)
    page = anybody.get(link)
    assert page.status_code == 200 and "Stop these e-mails?" in page.text and f'action="{link}"' in page.text
    assert "Rust people" not in page.text
    assert wishes(world) == before
    assert anybody.head(link).status_code in (200, 405) and wishes(world) == before


BODIES: dict[str, Callable[[TestClient, str], int]] = {
    "form": lambda client, link: client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code,
    "multipart": lambda client, link: client.post(link, files={"List-Unsubscribe": (None, "One-Click")}).status_code,
    "nothing": lambda client, link: client.post(link).status_code,
    "webmail": lambda client, link: client.post(link, data={"List-Unsubscribe": "One-Click"}, headers=EVIL).status_code,
}


@pytest.mark.parametrize("body", BODIES)
def test_sending_it_ends_letters_about_that_pool_however_a_mail_program_does_it(
    world: Installation, rust: uuid.UUID, link: str, box: Mailbox, anybody: TestClient, body: str
) -> None:
    others = wishes(world, Role.RECRUITER)
    assert BODIES[body](anybody, link) == 200, "no way elsewhere: mail programs follow none"
    assert wishes(world).pools == {(rust, "email"): "off"}
    assert wishes(world).choices == {("new_in_pool", "email"): "instant"}, "other pools go on"
    assert wishes(world, Role.RECRUITER) == others
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("email") == 0 and len(box.letters) == 1
    assert BODIES[body](anybody, link) == 200, "nor does a second time hurt"


def test_what_waits_already_is_not_sent_any_more(
    world: Installation, rust: uuid.UUID, link: str, box: Mailbox, anybody: TestClient
) -> None:
    arrives(world, "Another Test")
    anybody.post(link)
    let_time_pass()
    assert send_due("email") == 0 and len(box.letters) == 1


def test_the_link_of_a_digest_ends_all_pools_even_those_chosen_by_themselves(
    world: Installation, rust: uuid.UUID, box: Mailbox, anybody: TestClient
) -> None:
    manager = world.id_of(Role.HIRING_MANAGER)
    with session() as db:
        preferences.choose_pool(db, manager, rust, "email", "daily")
        preferences.choose_pool(db, manager, rust, "slack", "daily")
        db.commit()
    arrives(world)
    let_time_pass()
    assert send_due("email") == 1
    assert anybody.post(link_in(box)).status_code == 200
    assert wishes(world).choices == {("new_in_pool", "email"): "off"}
    assert wishes(world).pools == {(rust, "slack"): "daily"}, "other channels are what they were"
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("email") == 0


def test_a_link_that_was_altered_or_forged_is_no_link(
    world: Installation, rust: uuid.UUID, link: str, anybody: TestClient
) -> None:
    before = wishes(world)
    head, _, token = link.rpartition("/")
    manager = world.id_of(Role.HIRING_MANAGER)
    forged = token_for(Subscription(manager, ("new_in_pool",), rust), "another key")
    # Every place of it, the last one included, of which some bits say nothing.
    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    last = [token[:-1] + sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    others = [forged, token[:-1], token + "A", token + "=", token + "é", "A", "AAAA", "A" * 5_000, str(uuid.uuid4())]
    for each in {*altered, *last, *others} - {token}:
        assert anybody.post(f"{head}/{each}").status_code == 404, each
        assert anybody.get(f"{head}/{each}").status_code == 404, each
    assert wishes(world) == before


def test_before_any_letter_there_is_no_key_that_anybody_could_guess(world: Installation, anybody: TestClient) -> None:
    guessed = token_for(Subscription(world.id_of(Role.HIRING_MANAGER), ("new_in_pool",)), "")
    assert anybody.post(f"/unsubscribe/{guessed}").status_code == 404
    with session() as db:
        assert db.query(HouseSecret).count() == 0


def test_a_link_for_who_or_what_is_gone_is_no_link(
    world: Installation, rust: uuid.UUID, link: str, anybody: TestClient
) -> None:
    key = unsubscribing.key_of_house()
    nobody = token_for(Subscription(uuid.uuid4(), ("shared",)), key)
    assert anybody.post(f"/unsubscribe/{nobody}").status_code == 404
    assert world.administrator.delete(f"/v1/pools/{rust}").status_code < 300
    assert anybody.post(link).status_code == 404


def test_many_who_need_the_key_at_once_get_the_same_one(world: Installation) -> None:
    at_once, keys = threading.Barrier(8), []

    def ask() -> None:
        at_once.wait()
        keys.append(unsubscribing.key_of_house())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(keys) == 8 and len(set(keys)) == 1 and len(keys[0]) > 40


def test_whoever_is_signed_in_as_somebody_else_ends_it_for_the_letters_reader_alone(
    world: Installation, rust: uuid.UUID, link: str
) -> None:
    others = wishes(world, Role.RECRUITER)
    assert world.recruiter.post(link).status_code == 200
    assert wishes(world).pools == {(rust, "email"): "off"}
    assert wishes(world, Role.RECRUITER) == others
