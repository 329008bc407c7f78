"""Notices by e-mail."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.errors import MessageError

from core.settings import settings
from notifications.letter import written
from notifications.mail import connected, hang_up, is_final, said_by, sender
from notifications.message import Message
from notifications.outcome import Later, Outcome, Refused, Sent
from notifications.unsubscribing import key_of_house
from records.database import Session


def reached(_db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Everybody, where there is a mail server."""
    return set(users) if settings().sends_mail else set()


@contextmanager
def opened() -> Iterator[Mailing]:
    """A mail server that is connected when the first message comes."""
    mailing = Mailing()
    try:
        yield mailing
    finally:
        mailing.close()


class Mailing:
    """One connection for messages in a row; after an error, another one."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._key = ""

    def send(self, message: Message) -> Outcome:
        """Give the letter to the mail server."""
        if not settings().sends_mail:
            # There was one when this was promised, and may be one again.
            return Later("server_away", for_all=True)
        self._key = self._key or key_of_house()
        try:
            letter = written(message, self._key, settings())
            if self._server is None:
                self._server = connected(settings())
            self._server.send_message(letter, from_addr=sender(settings()), to_addrs=[message.reader.email])
        except (smtplib.SMTPException, OSError, ValueError, IndexError, MessageError) as error:
            self.close()
            # What a server says may hold the address, which its owner knows and others do not see.
            said = said_by(error)
            if is_final(error):
                refused = isinstance(error, smtplib.SMTPRecipientsRefused)
                return Refused("address_refused" if refused else "not_accepted", said, unreachable=refused)
            away = not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
            return Later("server_away" if away else "try_later", said, for_all=away)
        return Sent(str(letter["Message-ID"]))

    def close(self) -> None:
        """Let go of the server."""
        server, self._server = self._server, None
        if server is not None:
            hang_up(server)
