"""The letters of the demo: for its administrators, as text wherever they could be more, and in a demo only."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.settings import settings
from embedded import letters
from records.models import Role
from tests.api.browser import browser, signed_in
from tests.installation import Installation
from tests.web.markup import Markup
from web.headers import HEADERS, POLICY
from web.pages.mailbox import LETTER_POLICY

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
PLACES = ("/demo/mailbox", "/demo/mailbox/{letter}", "/demo/mailbox/{letter}/page")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a demo keeps its letters; one is there."""
    letter = EmailMessage()
    letter["Subject"], letter["To"] = f"1 new person in {HOSTILE}", "hiring.manager@example.com"
    letter["X-Said"] = HOSTILE
    letter.set_content(f"Read it at http://localhost/bell/sent/1\n{HOSTILE}")
    letter.add_alternative(f"<p>Read it</p>{HOSTILE}", subtype="html")
    letters.keep(tmp_path, letter.as_bytes())
    return tmp_path


@pytest.fixture
def demo(prepared: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An installation that is a demo."""
    monkeypatch.setenv("DEMO_MAILBOX", str(folder))
    settings.cache_clear()
    made = Installation()
    made.empty()
    made.add_users()
    with made.answering():
        yield made
    monkeypatch.undo()
    settings.cache_clear()


def name_in(folder: Path) -> str:
    """The one letter's."""
    return letters.letters(folder)[0].name


def test_administrators_read_the_demos_letters_and_nobody_else_does(demo: Installation, folder: Path) -> None:
    for place in PLACES:
        address = place.format(letter=name_in(folder))
        answers = {role: signed_in(demo, demo.id_of(role)).get(address).status_code for role in Role}
        assert answers == {role: 200 if role == Role.ADMINISTRATOR else 403 for role in Role}, place
        nobody = browser(demo).get(address, follow_redirects=False)
        assert (nobody.status_code, nobody.headers["location"].partition("?")[0]) == (303, "/login"), place


def test_without_the_demo_there_is_no_such_address(world: Installation, folder: Path) -> None:
    assert settings().demo_mailbox is None
    asking = signed_in(world, world.id_of(Role.ADMINISTRATOR))
    unknown = asking.get("/demo/elsewhere")
    for place in PLACES:
        answer = asking.get(place.format(letter=name_in(folder)))
        assert answer.status_code == unknown.status_code == 404
        assert answer.text.replace(answer.url.path, "") == unknown.text.replace(unknown.url.path, "")


def test_what_a_letter_says_is_text_on_our_pages(demo: Installation, folder: Path) -> None:
    asking = signed_in(demo, demo.id_of(Role.ADMINISTRATOR))
    for place in PLACES[:2]:
        answer = asking.get(place.format(letter=name_in(folder)))
        shown = Markup(answer.text)
        assert HOSTILE in shown.text
        assert answer.headers["content-security-policy"].startswith(POLICY)
        assert "<img src=x" not in answer.text and "alert(1)</script>" not in answer.text
    assert 'href="http://localhost/bell/sent/1"' in answer.text


def test_its_page_may_do_nothing_and_is_framed_by_nobody_else(demo: Installation, folder: Path) -> None:
    asking = signed_in(demo, demo.id_of(Role.ADMINISTRATOR))
    answer = asking.get(PLACES[2].format(letter=name_in(folder)))
    assert HOSTILE in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS | {"content-security-policy": LETTER_POLICY}
    assert LETTER_POLICY.startswith("sandbox; default-src 'none'; ") and "allow-" not in LETTER_POLICY


@pytest.mark.parametrize("name", ["..%2F..%2Fpassword", "0" * 20 + "-00000000", "nothing"])
def test_a_letter_that_is_not_there_is_unknown(demo: Installation, name: str) -> None:
    asking = signed_in(demo, demo.id_of(Role.ADMINISTRATOR))
    assert asking.get(f"/demo/mailbox/{name}").status_code == 404
