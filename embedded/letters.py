"""Letters that were sent nowhere: a file each in a folder of the demo's home, readable by its owner only."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from embedded.secret import write_private

# Nobody reads further back, and the disk is not for letters.
MOST = 500
_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it arrived. All of its texts are its sender's."""

    name: str
    message: EmailMessage

    def header(self, name: str) -> str:
        """What a header says; nothing where there is none, or it cannot be read."""
        try:
            return _clean(str(self.message[name] or ""))
        except (ValueError, IndexError):
            return ""

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.header("Subject")

    @property
    def to(self) -> str:
        """Whom it is for."""
        return self.header("To")

    @property
    def date(self) -> datetime:
        """When it arrived."""
        return datetime.fromtimestamp(int(self.name[:20]) / 1e9, UTC)

    @property
    def text(self) -> str:
        """Its plain text."""
        return self._part("plain")

    @property
    def page(self) -> str:
        """Its HTML as it is, which may be anything; empty where it has none."""
        return self._part("html")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All its headers, as they are written."""
        return [(_clean(name), _clean(" ".join(str(value).split()))) for name, value in self.message.raw_items()]

    def _part(self, kind: str) -> str:
        try:
            found = self.message.get_body((kind,))
            return _clean(str(found.get_content())) if found is not None else ""
        except (LookupError, ValueError):
            # Somebody else's letter, in an encoding that nobody knows.
            return ""


def keep(folder: Path, content: bytes) -> str:
    """Write a letter down, and forget the oldest; returns its name."""
    name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
    write_private(folder / f"{name}.eml", content)
    for old in _names(folder)[MOST:]:
        (folder / f"{old}.eml").unlink(missing_ok=True)
    return name


def letters(folder: Path, limit: int = 100) -> list[Letter]:
    """The letters there are, newest first."""
    return [found for name in _names(folder)[:limit] if (found := letter(folder, name)) is not None]


def letter(folder: Path, name: str) -> Letter | None:
    """The letter of this name, if there is one."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (folder / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return Letter(name, message_from_bytes(content, policy=policy.default))


def _clean(text: str) -> str:
    """Bytes that are no text are kept by the parser as half characters, which nobody can write."""
    return text.encode("utf-8", "replace").decode()


def _names(folder: Path) -> list[str]:
    return sorted((file.stem for file in folder.glob("*.eml") if _NAME.fullmatch(file.stem)), reverse=True)
