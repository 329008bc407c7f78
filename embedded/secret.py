"""The password of the embedded parts: made once, readable by its owner only.

Loopback is shared by every user of a machine, so an open port is not private. The URLs that carry this
password go to children through their environment, which only the same user can read.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "password"


def password(home: Path) -> str:
    """The password of this home; URL-safe, so it stands in a URL as it is."""
    path = home / FILE
    if not path.exists():
        # 24 bytes are 192 bits: past guessing, and no quoting is needed anywhere.
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that never was readable by others, whole or not at all."""
    # A name of its own: several threads may write, and the last one whole wins.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
