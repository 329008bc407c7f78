"""A letter as a mail program shows it: without scripts, and without the network."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page

from core.settings import settings
from notifications.letter import written
from notifications.message import Line, Message
from records.repositories.deliveries import Reader
from tests.browser.visiting import Scheme


def digest(language: str, *more: Line) -> Message:
    """What a hiring manager gets in the morning."""
    lines = (("Java / Brno", 12), ("Python, senior", 3), ("Seniors", 1))
    return Message(
        id=uuid.UUID(int=1),
        reader=Reader(uuid.UUID(int=1), "Petra Malá", "petra@example.com"),
        channel="email",
        rhythm="daily",
        language=language,
        lines=(*(Line("new_in_pool", "match", people, uuid.uuid4(), name) for name, people in lines), *more),
        people=16,
        path="/bell/sent/1",
        thread="daily",
        created_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


@contextmanager
def in_a_mail_program(chromium: Browser, language: str, width: int, scheme: Scheme, *more: Line) -> Iterator[Page]:
    """The page of the letter in a window of its own; whatever it asked the network for fails."""
    named = settings().model_copy(
        update={"mail_from": "Micropools <pools@example.com>", "public_url": "https://talent.example.com"}
    )
    body = written(digest(language, *more), "key", named).get_body(("html",))
    assert body is not None
    asked: list[str] = []
    context = chromium.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme, offline=True)
    context.on("request", lambda request: asked.append(request.url))
    try:
        page = context.new_page()
        page.set_content(body.get_content())
        yield page
    finally:
        context.close()
    assert asked == []
