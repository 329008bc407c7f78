"""The sentences of messages, in the reader's language."""

from __future__ import annotations

import unicodedata

from core.languages import Language, language
from notifications.message import Line, Message

# Around a name, so that one which is read from right to left turns nothing but itself around.
ISOLATED, ENDED = "\u2068", "\u2069"
# What would turn around the rest of a line, or is no text at all. A name has no need of it.
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NO_TEXT = {**dict.fromkeys(map(ord, _TURNING)), **dict.fromkeys((*range(32), *range(127, 160)), " ")}


def headline(message: Message) -> str:
    """One line that says it all: what a subject, a push and a preview show."""
    said = sentences(message)
    tongue = language(message.language)
    if len(said) == 1:
        return said[0]
    if message.people:
        return tongue.many("%(n)s new person in your pools", "%(n)s new people in your pools", message.people)
    return tongue.many("%(n)s notice", "%(n)s notices", len(said))


def sentences(message: Message, *, isolated: bool = False) -> list[str]:
    """Each of its lines as a sentence, in plain text on one line; names are `isolated` where they must be, or all."""
    tongue = language(message.language)
    return [" ".join(_sentence(line, tongue, isolated).split()) for line in message.lines]


def _sentence(line: Line, tongue: Language, isolated: bool) -> str:
    actor = _name(line.actor or tongue.say("Somebody"), isolated)
    pool = _name(line.pool_name or "", isolated)
    if line.kind == "match":
        return tongue.many("%(n)s new person in %(pool)s", "%(n)s new people in %(pool)s", line.people, pool=pool)
    if line.kind == "wanted":
        return tongue.many(
            "%(actor)s wants %(n)s person of yours", "%(actor)s wants %(n)s people of yours", line.times, actor=actor
        )
    if line.kind == "done":
        return tongue.many(
            "%(actor)s is done with %(n)s person", "%(actor)s is done with %(n)s people", line.times, actor=actor
        )
    if line.kind == "shared":
        return tongue.many(
            "%(actor)s shared %(n)s thing with you", "%(actor)s shared %(n)s things with you", line.times, actor=actor
        )
    if line.kind == "pool_broken":
        return tongue.say("The pool %(pool)s does not work any more") % {"pool": pool}
    said = {
        "test": tongue.say("This is a test: notices from Micropools reach you here."),
        "drift": tongue.say("The check found differences"),
    }
    return said[line.kind]


def _name(name: str, isolated: bool) -> str:
    plain = name.translate(_NO_TEXT)
    if isolated or any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in plain):
        return f"{ISOLATED}{plain}{ENDED}"
    return plain
