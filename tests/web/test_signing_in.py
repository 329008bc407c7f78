"""The pages with which people come in: first visit, log-in, forgotten passwords, invitations; and their own account."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from records.database import session
from records.models import Role, User
from records.repositories import users
from tests.api.browser import COOKIE, PASSWORD, browser, give_password, invited, later, opened, reset_for, signed_in
from tests.installation import Installation
from tests.web.reading import Page

NEW = "another few words in a row"
MANAGER = "hiring_manager@example.com"


@pytest.fixture
def nobody(house: Installation) -> Installation:
    """An installation without users."""
    house.empty()
    return house


def first(email: str = "jana@example.com", password: str = PASSWORD) -> dict[str, str]:
    """What the form of the first visit sends."""
    return {"name": "Jana Nováková", "email": email, "password": password}


def everybody_there() -> list[User]:
    with session() as db:
        return users.page(db, None, 50)


def test_the_first_visit_leads_to_the_page_that_makes_an_administrator(nobody: Installation) -> None:
    client = browser(nobody)
    assert str(client.get("/").url).endswith("/setup")
    home = Page(client.post("/setup", data=first()))
    assert "Hello, Jana Nováková" in home.text
    assert [(user.email, user.role) for user in everybody_there()] == [("jana@example.com", Role.ADMINISTRATOR)]


def test_that_page_is_closed_for_ever_after_even_when_nobody_is_active(nobody: Installation) -> None:
    Page(browser(nobody).post("/setup", data=first()))
    with session() as db:
        users.lock(db, everybody_there()[0].id).active = False
        db.commit()
    again = browser(nobody)
    unknown = Page(again.get("/nowhere"), 404).text
    assert Page(again.get("/setup"), 404).text == unknown
    assert Page(again.post("/setup", data=first("late@example.com")), 404).text == unknown
    assert len(everybody_there()) == 1


def test_of_several_who_come_first_at_once_one_does(nobody: Installation) -> None:
    statuses: list[int] = []

    def come(number: int) -> None:
        answer = browser(nobody).post("/setup", data=first(f"u{number}@example.com"), follow_redirects=False)
        statuses.append(answer.status_code)

    coming = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for each in coming:
        each.start()
    for each in coming:
        each.join()
    assert sorted(statuses) == [303, 404, 404, 404]
    assert len(everybody_there()) == 1


def test_what_is_wrong_stands_beside_its_field_and_makes_nobody(nobody: Installation) -> None:
    data = {"name": " ", "email": "nowhere", "password": "short"}
    page = Page(browser(nobody).post("/setup", data=data), 422)
    for name, sentence in (("name", "This is needed."), ("email", "This is not written as it should be.")):
        field = page.one("input", name=name)
        assert field["aria-invalid"] == "true"
        assert field["aria-describedby"].split()[0] == page.one("p", id=f"{name}-problem")["id"]
        assert sentence in page.text
    assert page.one("input", name="email")["value"] == "nowhere"
    page = Page(browser(nobody).post("/setup", data=first(password="short")), 422)
    assert "A password has at least 12 characters" in page.text
    assert everybody_there() == []


def test_a_wrong_password_is_said_above_the_form_and_an_unknown_address_alike(emptied: Installation) -> None:
    give_password()
    known, unknown = (
        Page(browser(emptied).post("/login", data={"email": email, "password": "wrong"}), 401)
        for email in (MANAGER, "nobody@example.com")
    )
    assert "The e-mail address or the password is wrong." in known.text
    assert known.text == unknown.text


def test_too_many_attempts_are_told_and_when_to_come_again(emptied: Installation) -> None:
    give_password()
    client = browser(emptied, address="192.0.2.7")
    answers = (client.post("/login", data={"email": MANAGER, "password": "wrong"}) for _ in range(10))
    answer = next(each for each in answers if each.status_code != 401)
    assert "too many attempts" in Page(answer, 429).text
    assert int(answer.headers["retry-after"]) > 0


def test_who_tried_a_password_or_asked_for_links_too_often_is_told_when_to_come_again(emptied: Installation) -> None:
    give_password()
    asking = browser(emptied, address="192.0.2.8")
    changing = signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER))
    for client, path, form in (
        (asking, "/password/reset-request", {"email": MANAGER}),
        (changing, "/account/password", {"old": "wrong", "new": NEW}),
    ):
        answers = (client.post(path, data=form) for _ in range(40))
        answer = next(each for each in answers if each.status_code == 429)
        assert int(answer.headers["retry-after"]) > 0


def test_signing_out_ends_the_session(emptied: Installation) -> None:
    secret = opened(emptied.id_of(Role.RECRUITER))
    client = browser(emptied, secret)
    assert str(client.post("/logout").url).endswith("/login")
    assert COOKIE not in client.cookies
    assert browser(emptied, secret).get("/", follow_redirects=False).status_code == 303


def test_an_invitation_survives_a_password_that_is_not_taken_and_then_brings_its_owner_in(
    emptied: Installation,
) -> None:
    link = f"http://localhost/invitation#{invited('eva@example.com')}"
    client = browser(emptied)
    again = Page(client.post("/invitation", data={"token": link, "password": "short"}), 422)
    assert again.one("input", name="token")["value"] == link
    assert "Hello, New Colleague" in Page(client.post("/invitation", data={"token": link, "password": NEW})).text
    used = Page(browser(emptied).post("/invitation", data={"token": link, "password": NEW}), 422)
    assert "This link was used already" in used.text


def test_a_forgotten_password_is_set_anew_with_a_link(emptied: Installation) -> None:
    give_password()
    client = browser(emptied)
    token = reset_for(MANAGER)
    assert "at least 12" in Page(client.post("/password/reset", data={"token": token, "password": "x"}), 422).text
    answer = client.post("/password/reset", data={"token": token, "password": NEW})
    assert str(answer.url).endswith("/login")
    assert "Your new password is set." in Page(answer).text
    assert "Your new password is set." not in Page(client.get("/login")).text
    assert "Hello" in Page(client.post("/login", data={"email": MANAGER, "password": NEW})).text


def test_asking_for_a_link_is_answered_alike_for_everybody(emptied: Installation) -> None:
    client = browser(emptied)
    known, unknown = (
        client.post("/password/reset-request", data={"email": email}).text for email in (MANAGER, "n@example.com")
    )
    assert known == unknown


def test_a_changed_password_is_the_new_one_and_ends_the_other_sessions(emptied: Installation) -> None:
    give_password()
    other = signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER))
    mine = signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER))
    wrong = Page(mine.post("/account/password", data={"old": "wrong", "new": NEW}), 422)
    assert "This is not your password." in wrong.text
    assert wrong.one("input", name="old")["aria-invalid"] == "true"
    done = Page(mine.post("/account/password", data={"old": PASSWORD, "new": NEW}))
    assert "Your password was changed" in done.text
    assert other.get("/account", follow_redirects=False).status_code == 303


def test_one_session_of_several_is_ended(emptied: Installation) -> None:
    user = emptied.id_of(Role.HIRING_MANAGER)
    other, mine = signed_in(emptied, user), signed_in(emptied, user)
    later("sessions", timedelta(minutes=5))
    page = Page(mine.get("/account"))
    ends = [action for form in page.every("form") if (action := form.get("action", "")).startswith("/account/sessions")]
    # The button for all others and the one of the other session; this one is left with signing out.
    assert len(ends) == 2
    assert "That session has ended." in Page(mine.post(ends[-1])).text
    assert other.get("/account", follow_redirects=False).status_code == 303
    assert mine.get("/account", follow_redirects=False).status_code == 200
