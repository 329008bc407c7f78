"""What a message looks like in Slack, within the limits of Block Kit. Whatever people named is text: no mention, no
link, no emphasis. Pure.
"""

from __future__ import annotations

import uuid

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    PlainTextObject,
    SectionBlock,
)

from core.languages import Language, language
from notifications.events import BY_NAME
from notifications.message import Message
from notifications.words import headline, sentences

MUTE, OPEN = "mute_pool", "open"
# Of Block Kit: https://docs.slack.dev/reference/block-kit/blocks
MOST_IN_HEADER = 150
MOST_IN_SECTION = 3_000
MOST_IN_CONTEXT = 300
MOST_IN_TEXT = 3_000
# More lines than these are opened, not read; so cut they fit into a section.
MOST_LINES = 15
MOST_IN_LINE = 180

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def blocks(message: Message, public_url: str) -> list[Block]:
    """The message: what happened, why one hears of it, and what can be done."""
    tongue = language(message.language)
    said = sentences(message)
    made: list[Block] = [HeaderBlock(text=_plain(headline(message), MOST_IN_HEADER))]
    if len(said) > 1 or len(_escaped(said[0])) > MOST_IN_HEADER:
        lines = [f"• {fitting(each, MOST_IN_LINE)}" for each in said[:MOST_LINES]]
        if (more := len(said) - MOST_LINES) > 0:
            lines.append(tongue.many("and %(n)s more", "and %(n)s more", more))
        # Escaped line by line already, so that no line is cut for the length of another.
        text = "\n".join(lines) if len(said) > 1 else fitting(said[0], MOST_IN_SECTION)
        made.append(SectionBlock(text=PlainTextObject(text=text, emoji=False)))
    made.append(ContextBlock(elements=[_plain(why(message), MOST_IN_CONTEXT)]))
    buttons = [
        ButtonElement(
            text=_plain(tongue.say("Open"), 75), action_id=OPEN, url=public_url + message.path, style="primary"
        )
    ]
    if pool := only_pool(message):
        buttons.append(ButtonElement(text=_plain(tongue.say("Mute this pool"), 75), action_id=MUTE, value=str(pool)))
    made.append(ActionsBlock(elements=list(buttons)))
    return made


def fallback(message: Message) -> str:
    """The same in one line, for notifications and for whatever shows no blocks."""
    return fitting(headline(message), MOST_IN_TEXT)


def only_pool(message: Message) -> uuid.UUID | None:
    """The pool that a message is about, where it is about new people in one."""
    pools = {line.pool if BY_NAME[line.event].by_pool else None for line in message.lines}
    return pools.pop() if len(pools) == 1 else None


def why(message: Message) -> str:
    """Why its reader gets this."""
    tongue = language(message.language)
    events = {line.event for line in message.lines}
    if events == {"new_in_pool"}:
        return tongue.say("You get this because you track these pools and hear of new people by Slack.")
    if events == {"shared"}:
        return tongue.say("You get this because you hear by Slack of what is shared with you.")
    if events == {"wanted"}:
        return tongue.say("You get this because you hear by Slack who wants people of yours.")
    if events == {"trouble"}:
        return tongue.say("You get this because you hear by Slack of what does not work.")
    return tongue.say("You get this because of what you chose to hear by Slack.")


def fitting(text: str, most: int) -> str:
    """Text as Slack takes it, with an ellipsis where it is longer than `most` characters; no entity is cut apart."""
    whole = _escaped(text)
    if len(whole) <= most:
        return whole
    kept, length = [], 1
    for char in text:
        written = _ENTITIES.get(char, char)
        length += len(written)
        if length > most:
            break
        kept.append(written)
    return "".join(kept) + "…"


def trial(tongue: Language) -> str:
    """What an administrator sends to themselves, to see that it arrives."""
    return tongue.say("Slack is connected: this is how notices reach you.")


def muted(tongue: Language) -> str:
    """What is said to whoever muted a pool."""
    return tongue.say("Muted: you hear nothing more of this pool. Your notices in Micropools turn it on again.")


def not_tracked(tongue: Language) -> str:
    """The same to whoever does not track it any more."""
    return tongue.say("You do not track this pool any more, so you hear nothing of it anyway.")


def sentence_block(sentence: str) -> Block:
    """A sentence by itself."""
    return SectionBlock(text=_plain(sentence, MOST_IN_SECTION))


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(char, char) for char in text)


def _plain(text: str, most: int) -> PlainTextObject:
    return PlainTextObject(text=fitting(text, most), emoji=False)
