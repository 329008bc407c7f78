"""A mail server that the settings name, and a pool that rings, for tests of what leaves the house."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from core.settings import settings
from tests.configured import configured
from tests.installation import Installation
from tests.mailbox import Mailbox, mailbox

Use = Callable[[str], None]


@pytest.fixture
def use(world: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Have our settings name a mail server."""

    def name(url: str) -> None:
        monkeypatch.setenv("SMTP_URL", url)
        monkeypatch.setenv("MAIL_FROM", "Micropools <pools@example.com>")
        monkeypatch.setenv("PUBLIC_URL", "https://talent.example.com")
        settings.cache_clear()

    yield name
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def box(use: Use) -> Iterator[Mailbox]:
    """A willing server without encryption, which our settings name."""
    with mailbox() as made:
        use(f"smtp://{made.url}")
        yield made


@pytest.fixture
def loopback(world: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have this machine's own addresses be such that we may send to."""
    with configured(monkeypatch, PUSH_LOOPBACK="true", PUBLIC_URL="https://talent.example.com"):
        yield


@pytest.fixture
def rust(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks."""
    world.skills("Rust")
    pool = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    world.settle()
    world.track(pool)
    return pool
