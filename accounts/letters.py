"""The letters about accounts, and the links in them. Pure."""

from __future__ import annotations

from records.repositories import invitations, resets
from records.repositories.mail import Letter


def invitation_link(base: str, secret: str) -> str:
    """Where an invitation is accepted. The secret stands behind the `#`: no server and no log on the way sees it."""
    return f"{base}/invitation#{secret}"


def reset_link(base: str, secret: str) -> str:
    """Where a password is set without the old one."""
    return f"{base}/password/reset#{secret}"


def invitation(link: str, by: str) -> Letter:
    """To somebody who is asked to join."""
    body = (
        f"{_line(by)} invites you to Micropools, where your team keeps its candidates.\n\n"
        f"Choose a password here, within {invitations.LIFE.days} days:\n{link}\n\n"
        "If you did not expect this, do nothing; the link ends by itself.\n"
    )
    return Letter("You are invited to Micropools", body, invitations.LIFE)


def password_reset(link: str) -> Letter:
    """To somebody who does not know their password any more."""
    minutes = int(resets.LIFE.total_seconds() // 60)
    body = (
        f"Somebody, probably you, asked for a new password for Micropools. Set it here, within {minutes} minutes:\n"
        f"{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    return Letter("A new password for Micropools", body, resets.LIFE)


def password_changed() -> Letter:
    """To the owner, so that a change that was not theirs is noticed."""
    body = (
        "Your password for Micropools has just been changed, and you were signed out everywhere else.\n\n"
        "If it was not you, ask for a new one on the log-in page at once, and tell your administrator.\n"
    )
    return Letter("Your password was changed", body, invitations.LIFE)


def _line(name: str) -> str:
    """A name cannot begin a paragraph of its own."""
    return " ".join(name.split())
