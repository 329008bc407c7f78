"""The demo's mail server keeps whole what it is given, for its owner only, and not endlessly."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from embedded import letters
from embedded.parts import log_file
from embedded.ports import LOOPBACK, answers, free_ports
from embedded.process import Child, wait_until
from embedded.product import MAILBOX, Shape, commands, environment, mailbox, mailbox_folder
from embedded.urls import ServiceUrls


def test_a_letter_is_on_the_disk_when_the_server_has_taken_it(tmp_path: Path) -> None:
    shape = Shape(mailbox_port=free_ports(1)[0])
    assert shape.mailbox_port is not None
    (command,) = mailbox(tmp_path, shape, environment(tmp_path, ServiceUrls(), shape))
    server = Child(command)
    try:
        port = shape.mailbox_port
        assert wait_until(lambda: answers(port), timeout_s=20), log_file(tmp_path, MAILBOX).read_text()
        letter = EmailMessage()
        letter["Subject"], letter["To"] = "Žluťoučký kůň", "jana@example.com"
        letter.set_content("Úpěl ďábelské ódy.")
        letter.add_alternative("<p>Úpěl</p>", subtype="html")
        with smtplib.SMTP(LOOPBACK, port, timeout=10) as line:
            line.send_message(letter, "pools@example.com", ["jana@example.com"])
        (kept,) = letters.letters(mailbox_folder(tmp_path))
    finally:
        server.stop()
    assert (kept.subject, kept.to) == ("Žluťoučký kůň", "jana@example.com")
    assert (kept.text.strip(), kept.page.strip()) == ("Úpěl ďábelské ódy.", "<p>Úpěl</p>")
    assert all(file.stat().st_mode & 0o077 == 0 for file in mailbox_folder(tmp_path).iterdir())


def test_only_a_demo_has_one_and_it_writes_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example.com")
    demo, other = Shape(mailbox_port=4_025), Shape()
    assert MAILBOX not in [each.name for each in commands(tmp_path, other, {})]
    assert "DEMO_MAILBOX" not in environment(tmp_path, ServiceUrls(), other)
    assert commands(tmp_path, demo, {})[0].name == MAILBOX
    assert environment(tmp_path, ServiceUrls(), demo)["SMTP_URL"] == f"smtp://{LOOPBACK}:4025"


def test_the_oldest_letters_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST", 3)
    names = [letters.keep(tmp_path, f"Subject: {at}\r\n\r\n".encode()) for at in range(5)]
    assert [each.name for each in letters.letters(tmp_path)] == names[:1:-1]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: \xff\r\nTo: <<>>@@\r\n\r\n\xff",
        b"Content-Type: text/html; charset=nobody-knows\r\n\r\n<p>\xff",
        b"Subject: =?utf-8?b?/////w==?=\r\nContent-Type: multipart/alternative\r\n\r\n",
    ],
)
def test_whatever_arrives_can_be_shown(tmp_path: Path, content: bytes) -> None:
    (kept,) = [letters.letter(tmp_path, letters.keep(tmp_path, content))]
    assert kept is not None
    everything = [kept.subject, kept.to, kept.text, kept.page, *(part for pair in kept.headers for part in pair)]
    assert "".join(everything).encode() is not None


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "0" * 20 + "-0000000g", "0" * 20 + "-00000000"])
def test_a_name_leads_to_no_other_file(tmp_path: Path, name: str) -> None:
    assert letters.letter(tmp_path, name) is None
