"""A letter is whole and tells its reader enough; names in it are text, and no fault on the way makes it another one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from core.settings import Settings, settings
from notifications import mail
from notifications.courier import send_due
from notifications.letter import LONGEST_SUBJECT, MOST_LINES, written
from notifications.message import Line, Message
from notifications.unsubscribing import subscription_of
from records.repositories.deliveries import Reader
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.conftest import Use
from tests.notifications.test_deliveries import arrives, chosen, let_time_pass, states

READER = Reader(uuid.UUID(int=1), "Petra Malá", "petra@example.com")
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type"),
]


@pytest.fixture
def named(use: Use) -> Settings:
    """Settings that name a mail server, which nobody asks."""
    use("smtp://127.0.0.1:1")
    return settings()


def line(pool_name: str = "Rust people", people: int = 1, pool: int = 7) -> Line:
    """New people in a pool."""
    return Line("new_in_pool", "match", people, uuid.UUID(int=pool), pool_name)


def message(*lines: Line, language: str = "en", thread: str = "pool:7", rhythm: str = "instant") -> Message:
    """To the reader, about these."""
    return Message(
        id=uuid.uuid4(),
        reader=READER,
        channel="email",
        rhythm=rhythm,  # type: ignore[arg-type]
        language=language,
        lines=lines,
        people=sum(each.people for each in lines),
        path="/bell/sent/1",
        thread=thread,
        created_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


def arrived(letter: EmailMessage) -> EmailMessage:
    """The letter after the wire: written down as mail programs get it, and read again."""
    return message_from_bytes(letter.as_bytes(policy=policy.SMTP), policy=policy.default)


class Markup(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.named: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.elements.append((tag, dict(attrs)))
        if tag == "bdi":
            self.named.append("")

    def handle_data(self, data: str) -> None:
        """Keep it; what stands in a <bdi> also as a name."""
        self.text += data
        if self.named and self.elements[-1][0] == "bdi" and not self.named[-1]:
            self.named[-1] = data


def part(letter: EmailMessage, kind: str) -> str:
    """What its text or its page says."""
    found = letter.get_body((kind,))
    assert isinstance(found, EmailMessage)
    content: str = found.get_content()
    return content


def page_of(letter: EmailMessage) -> Markup:
    """Its page."""
    return Markup(part(letter, "html"))


def test_it_says_the_same_as_text_and_as_a_page_with_a_link_to_the_people(named: Settings) -> None:
    letter = arrived(written(message(line(people=3)), "key", named))
    assert letter.get_content_type() == "multipart/alternative" and not letter.defects
    assert [each.get_content_type() for each in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter["Subject"] == "3 new people in Rust people"
    page, link = page_of(letter), "https://talent.example.com/bell/sent/1"
    assert letter["Subject"] in part(letter, "plain") and "3 new people in Rust people" in page.text
    assert link in part(letter, "plain")
    assert [given["href"] for _, given in page.elements if given.get("class") == "button"] == [link]
    for said in (part(letter, "plain"), page.text):
        assert "because you track pools" in said


def test_its_headers_are_those_of_a_list_that_can_be_left_in_one_click(named: Settings) -> None:
    letter = arrived(written(message(line()), "key", named))
    assert letter.keys() == HEADERS
    assert (letter["To"], letter["Auto-Submitted"]) == ("petra@example.com", "auto-generated")
    assert letter["List-Id"] == "Micropools <notices.talent.example.com>"
    stop = letter["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://talent.example.com/unsubscribe/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in part(letter, "plain")
    assert stop in [given.get("href") for _, given in page_of(letter).elements]


def test_without_encryption_no_click_is_promised(named: Settings) -> None:
    bare = named.model_copy(update={"public_url": "http://localhost:8000"})
    letter = arrived(written(message(line()), "key", bare))
    assert "List-Unsubscribe" in letter and "List-Unsubscribe-Post" not in letter


def test_nothing_in_it_is_fetched_and_nothing_runs(named: Settings) -> None:
    page = page_of(arrived(written(message(line(), line("Another", pool=8)), "key", named)))
    assert {tag for tag, _ in page.elements}.isdisjoint({"img", "script", "link", "iframe", "form", "object", "svg"})
    assert all(name not in given for _, given in page.elements for name in ("src", "srcset", "background", "onclick"))
    assert "url(" not in page.text + "".join(given.get("style") or "" for _, given in page.elements)
    assert "@import" not in page.text


def test_it_speaks_the_readers_language_and_says_so(named: Settings) -> None:
    letter = arrived(written(message(line(people=5), language="cs"), "key", named))
    page = page_of(letter)
    assert letter["Subject"] == "5 nových lidí v poolu Rust people"
    assert ("html", {"lang": "cs"}) in page.elements
    assert "protože v Micropools sledujete pooly" in page.text and "Otevřít v Micropools" in page.text


HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "headers": "Rust\r\nBcc: everybody@example.com\r\n\r\nBody",
    "control": "Rust\x00\x07\x1b[31m\x85\u2028people",
    "encoded": "=?utf-8?q?Bcc=3A_everybody=40example=2Ecom?=",
    "template": "{{ 7 * 7 }}{% raw %}%(pool)s %s",
    "turned": "Rust\u202egnp.exe\u2067\u2069\u2068",
    "hebrew": "שלום",
    "long": "A" * 5_000,
    "long_and_wide": "Ž" * 5_000,
    "emoji": "👩‍💻" * 300,
    "empty": "",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_a_pool_is_called_is_text_and_never_a_header_or_markup(named: Settings, kind: str) -> None:
    calm, letter = (
        arrived(written(message(line(name), line("Another", pool=8)), "key", named))
        for name in ("Rust people", HOSTILE[kind])
    )
    alone = arrived(written(message(line(HOSTILE[kind])), "key", named))
    for each in (letter, alone):
        assert each.keys() == HEADERS and not each.defects
        raw = each.as_bytes(policy=policy.SMTP)
        assert all(len(row) < 998 for row in raw.split(b"\r\n"))
        assert len(each["Subject"]) <= LONGEST_SUBJECT
        assert not any(ord(sign) < 32 or sign in "\u202e\u2067\u2068\u2069\x85\u2028" for sign in each["Subject"])
    assert [tag for tag, _ in page_of(letter).elements] == [tag for tag, _ in page_of(calm).elements]
    assert len(part(letter, "plain").splitlines()) == len(part(calm, "plain").splitlines())
    assert "\u202e" not in part(letter, "plain") and "\u202e" not in page_of(letter).text


def test_a_name_is_told_whole_and_turns_nothing_around_it(named: Settings) -> None:
    letter = arrived(written(message(line(HOSTILE["markup"]), line("שלום", pool=8)), "key", named))
    assert page_of(letter).named == [HOSTILE["markup"], "שלום"]
    assert HOSTILE["markup"] in part(letter, "plain")
    assert "1 new person in \u2068שלום\u2069" in part(letter, "plain").splitlines()


def test_of_very_many_pools_the_first_are_told_and_how_many_more(named: Settings) -> None:
    lines = [line(f"Pool {number}", pool=number + 1) for number in range(MOST_LINES + 3)]
    letter = arrived(written(message(*lines, rhythm="daily", thread="daily"), "key", named))
    for said in (part(letter, "plain"), page_of(letter).text):
        assert f"Pool {MOST_LINES - 1}" in said and f"Pool {MOST_LINES}\n" not in said and "and 3 more" in said


def test_letters_about_the_same_hang_together_and_each_reader_has_threads_of_their_own(named: Settings) -> None:
    first, second = (arrived(written(message(line()), "key", named)) for _ in range(2))
    other = arrived(written(message(line(), thread="pool:8"), "key", named))
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == first["In-Reply-To"] != other["References"]


def test_what_a_reader_leaves_is_the_pool_or_of_a_digest_what_it_tells_of() -> None:
    wanted = Line("wanted", "wanted", actor="Petra Malá")
    seven = uuid.UUID(int=7)
    assert subscription_of(message(line())).pool == seven
    assert subscription_of(message(line(), line(pool=8))).pool is None
    assert subscription_of(message(line(), rhythm="daily", thread="daily")).pool is None
    digest = subscription_of(message(line(), wanted, rhythm="daily", thread="daily"))
    assert (digest.events, digest.pool) == (("new_in_pool", "wanted"), None)


@pytest.mark.parametrize("fault", ["451 later", "hang", "drop"])
def test_whatever_happens_on_the_way_it_is_the_same_letter_when_it_comes_again(
    world: Installation, rust: uuid.UUID, box: Mailbox, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    chosen(world, "instant")
    arrives(world)
    monkeypatch.setattr(mail, "TIMEOUT_S", 1)
    box.to_letter = fault if fault[0] == "4" else None
    box.hangs, box.drops = fault == "hang", fault == "drop"
    assert send_due("email") == 0 and states() == ["waiting"]
    box.to_letter, box.hangs, box.drops = None, False, False
    let_time_pass()
    assert send_due("email") == 1 and states() == ["sent"]
    # Whether a silent server has it, nobody can know: what comes twice is known by its id to be the same.
    assert len(box.letters) == (1 if fault[0] == "4" else 2)
    for header in ("Message-ID", "References", "List-Unsubscribe", "Date"):
        assert len({letter[header] for letter in box.letters}) == 1


def test_a_letter_that_is_refused_fails_and_others_still_go(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    box.to_letter = "554 no such letters here"
    assert send_due("email") == 0 and states() == ["failed"]
    box.to_letter = None
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("email") == 1 and states() == ["failed", "sent"]


def test_where_mail_was_switched_off_letters_wait(
    world: Installation, rust: uuid.UUID, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(world, "instant")
    arrives(world)
    with monkeypatch.context() as changed:
        changed.setenv("SMTP_URL", "")
        settings.cache_clear()
        assert send_due("email") == 0 and states() == ["waiting"]
    settings.cache_clear()
    let_time_pass()
    assert send_due("email") == 1
