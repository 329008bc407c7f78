"""A message as a letter: plain text and, beside it, the same as a page; nothing in it is fetched from anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup, escape

from core.languages import NAMES, Language, language
from core.settings import Settings
from core.templates import environment
from notifications.events import EventName
from notifications.mail import sender
from notifications.message import Message
from notifications.unsubscribing import subscription_of, token_for
from notifications.words import ENDED, ISOLATED, headline, sentences

# A list of subjects shows less, and long ones are folded in ways that not every reader undoes.
LONGEST_SUBJECT = 150
# What is more than this is read in the product.
MOST_LINES = 50


def written(message: Message, key: str, named: Settings) -> EmailMessage:
    """The letter as it goes over the wire; `key` seals its link. Its Message-ID is the same at every attempt."""
    letter, domain = EmailMessage(), sender(named).rpartition("@")[2]
    stop = f"{named.public_url}/unsubscribe/{token_for(subscription_of(message), key)}"
    letter["From"] = named.mail_from
    letter["To"] = Address(addr_spec=message.reader.email)
    letter["Subject"] = _subject(message)
    letter["Date"] = formatdate(message.created_at.timestamp())
    letter["Message-ID"] = f"<{message.id}@{domain}>"
    # What is about the same hangs below one letter that was never sent, whichever of them arrives first.
    thread = f"<{uuid.uuid5(message.reader.id, message.thread)}.thread@{domain}>"
    letter["In-Reply-To"] = thread
    letter["References"] = thread
    letter["Auto-Submitted"] = "auto-generated"
    letter["List-Id"] = f"Micropools <notices.{urlsplit(named.public_url).hostname}>"
    letter["List-Unsubscribe"] = f"<{stop}>"
    if stop.startswith("https:"):
        # RFC 8058 wants nothing less.
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    link = named.public_url + message.path
    letter.set_content(_text(message, link, stop), cte="quoted-printable")
    letter.add_alternative(_page(message, link, stop, named), subtype="html", cte="quoted-printable")
    return letter


def _subject(message: Message) -> str:
    said = headline(message).replace(ISOLATED, "").replace(ENDED, "")
    return said if len(said) <= LONGEST_SUBJECT else said[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _text(message: Message, link: str, stop: str) -> str:
    tongue = language(message.language)
    lines = sentences(message)
    shown, more = lines[:MOST_LINES], _more(len(lines), tongue)
    ends = tongue.say("Stop these e-mails:") + " " + stop
    return "\n".join([*shown, *([more] if more else []), "", link, "", "-- ", _why(message, tongue), ends, ""])


def _page(message: Message, link: str, stop: str, named: Settings) -> str:
    tongue = language(message.language)
    lines = sentences(message, isolated=True)
    return (
        _templates(tongue.code)
        .get_template("letter.html")
        .render(
            language=tongue.code,
            title=_subject(message),
            lines=[_with_names(line) for line in lines[:MOST_LINES]],
            more=_more(len(lines), tongue),
            why=_why(message, tongue),
            link=link,
            stop=stop,
            choose=f"{named.public_url}/account/notices",
        )
    )


def _with_names(sentence: str) -> Markup:
    """Names were cleaned of these two characters, so that those which are there are ours."""
    safe = str(escape(sentence)).replace(ISOLATED, "<bdi>").replace(ENDED, "</bdi>")
    return Markup(safe)  # noqa: S704  # escaped on the line before


def _more(number: int, tongue: Language) -> str:
    return tongue.many("and %(n)s more", "and %(n)s more", number - MOST_LINES) if number > MOST_LINES else ""


def _why(message: Message, tongue: Language) -> str:
    reasons: Mapping[EventName, str] = {
        "new_in_pool": tongue.say("You get this letter because you track pools in Micropools."),
        "shared": tongue.say("You get this letter because a colleague shared something with you in Micropools."),
        "wanted": tongue.say("You get this letter because hiring managers turn to you in Micropools."),
        "trouble": tongue.say("You get this letter because you look after Micropools."),
    }
    events = {line.event for line in message.lines}
    if len(events) == 1:
        return reasons[events.pop()]
    return tongue.say("You get this letter because of what you follow in Micropools.")


@lru_cache(maxsize=len(NAMES))
def _templates(code: str) -> Environment:
    return environment("notifications", language(code))
