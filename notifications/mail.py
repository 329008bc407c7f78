"""Letters leave: waiting rows are given to the mail server, one process at a time, and again until it takes them."""

from __future__ import annotations

import logging
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote

from core.settings import Settings, settings
from records.repositories import mail
from records.repositories.mail import Waiting

log = logging.getLogger(__name__)

TIMEOUT_S = 10
# A worker's place is given back after this long; the next sweep goes on.
TURN_S = 20.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def send_waiting() -> int:
    """Send what is due, unless another process is at it; returns how many letters the server took."""
    if not settings().sends_mail:
        return 0
    taken, ends = 0, time.monotonic() + TURN_S
    with mail.turn() as mine:
        while mine and time.monotonic() < ends and (letter := mail.claim()) is not None:
            try:
                # A letter is rare and a connection cheap; nothing is left over from the one before.
                with _for_one(settings()) as server:
                    server.send_message(
                        written(letter, settings()), from_addr=sender(settings()), to_addrs=[letter.recipient]
                    )
            except (smtplib.SMTPException, OSError, ValueError, IndexError, MessageError) as error:
                _not_sent(letter, error)
                continue
            mail.sent(letter.id)
            taken += 1
    return taken


def written(letter: Waiting, named: Settings) -> EmailMessage:
    """The letter as it goes over the wire. Its Message-ID is the same at every attempt."""
    message = EmailMessage()
    message["From"] = named.mail_from
    message["To"] = Address(addr_spec=letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = formatdate(letter.created_at.timestamp())
    message["Message-ID"] = f"<{letter.id}@{sender(named).rpartition('@')[2]}>"
    # So that nobody's absence notice answers a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def sender(named: Settings) -> str:
    """The bare address of MAIL_FROM."""
    return named.mail_from.rpartition("<")[2].rstrip(">").strip()


def said_by(error: Exception) -> str:
    """What the mail server said, or what else went wrong, on one line."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return f"{type(error).__name__}: {error}"
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(f"{code} {text}".split())


def is_final(error: Exception) -> bool:
    """Whether the server will never take this letter, rather than not now: it says so of the address or the text."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    if isinstance(error, smtplib.SMTPNotSupportedError):
        # An address that only some servers can spell. That a server does not encrypt is mended, not final.
        return "SMTPUTF8" in str(error)
    # What is left is a letter that cannot be written down. An unproven certificate is a ValueError, too, and is mended.
    return isinstance(error, ValueError | IndexError | MessageError) and not isinstance(error, OSError)


def _not_sent(letter: Waiting, error: Exception) -> None:
    # What a server says may hold the address, which does not belong into logs.
    said = said_by(error)
    if is_final(error):
        mail.refused(letter.id, said)
        log.warning("Letter %s was given up: %s.", letter.id, type(error).__name__)
    else:
        mail.later(letter.id, said)
        log.warning("Letter %s could not be sent and will be tried again: %s.", letter.id, type(error).__name__)


@contextmanager
def _for_one(named: Settings) -> Iterator[smtplib.SMTP]:
    server = connected(named)
    try:
        yield server
    finally:
        hang_up(server)


def hang_up(server: smtplib.SMTP) -> None:
    """End a connection. The letter is there or it is not; how the connection ends changes nothing of it."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def connected(named: Settings) -> smtplib.SMTP:
    """The mail server, encrypted as SMTP_URL says and no less; the caller closes it."""
    smtp = named.smtp
    host, port = smtp.hostname or "", smtp.port or PORTS[smtp.scheme]
    server: smtplib.SMTP
    if smtp.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        if smtp.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if smtp.username:
            server.login(unquote(smtp.username), unquote(smtp.password or ""))
    except BaseException:
        server.close()
        raise
    return server
