"""The Slack workspace that is connected, and who our users are in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

# People come to a workspace, leave it and are given other addresses: what was found out is asked again after this.
KNOWN_FOR = timedelta(days=1)
# Why somebody is out of reach who was not found there, by which they are looked for again.
NOT_FOUND: Final = "not_in_workspace"

_WORKSPACE = text(
    "SELECT w.bot_token, w.signing_secret, w.team_id, w.team_name, w.problem, w.connected_at, u.name AS connected_by"
    " FROM slack_workspaces w LEFT JOIN users u ON u.id = w.connected_by"
)
_CONNECT = text(
    "INSERT INTO slack_workspaces (id, bot_token, signing_secret, team_id, team_name, connected_by)"
    " VALUES (1, :bot_token, :signing_secret, :team_id, :team_name, :by)"
    " ON CONFLICT (id) DO UPDATE SET bot_token = excluded.bot_token, signing_secret = excluded.signing_secret,"
    " team_id = excluded.team_id, team_name = excluded.team_name, connected_by = excluded.connected_by,"
    " problem = NULL, connected_at = clock_timestamp()"
).bindparams(bindparam("by", type_=Uuid))
_DISCONNECT = text("DELETE FROM slack_workspaces")
_FORGET_MEMBERS = text("DELETE FROM slack_members")
_ALL_REACHABLE = text("DELETE FROM unreachable WHERE channel = 'slack'")
# Only of the token that was used: another one may have been given in the meantime.
_PROBLEM = text("UPDATE slack_workspaces SET problem = :problem WHERE bot_token = :bot_token")
_KNOWN = text(
    "SELECT slack_id FROM slack_members WHERE user_id = :user AND email = :email AND looked_at > now() - :known_for"
).bindparams(bindparam("user", type_=Uuid))
_REMEMBER = text(
    "INSERT INTO slack_members (user_id, email, slack_id) VALUES (:user, :email, :slack_id)"
    " ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, slack_id = excluded.slack_id,"
    " looked_at = clock_timestamp()"
).bindparams(bindparam("user", type_=Uuid))
_FORGET = text("DELETE FROM slack_members WHERE user_id = :user").bindparams(bindparam("user", type_=Uuid))
_LOOK_AGAIN = text(
    "DELETE FROM unreachable x USING users u WHERE x.user_id = ANY(:users) AND u.id = x.user_id"
    " AND x.channel = 'slack' AND x.reason = :reason AND (x.since <= now() - :known_for OR NOT EXISTS ("
    " SELECT FROM slack_members m WHERE m.user_id = u.id AND m.email = u.email))"
).bindparams(bindparam("users", type_=ARRAY(Uuid)))
# Whoever was given another address since may be somebody else there.
_USER = text(
    "SELECT u.id FROM slack_members m JOIN users u ON u.id = m.user_id AND u.email = m.email AND u.active"
    " WHERE m.slack_id = :slack_id"
)


@dataclass(frozen=True, slots=True, repr=False)
class Workspace:
    """What is connected; its secrets are for speaking with Slack and are told to nobody."""

    bot_token: str
    signing_secret: str
    team_id: str
    team_name: str
    problem: str | None
    connected_at: datetime
    connected_by: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was looked for lately; no `slack_id` where nobody was found."""

    slack_id: str | None


def workspace(db: Session) -> Workspace | None:
    """The one that is connected."""
    row = db.execute(_WORKSPACE).one_or_none()
    return Workspace(*row) if row else None


def connect(
    db: Session, *, bot_token: str, signing_secret: str, team_id: str, team_name: str, by: uuid.UUID | None
) -> None:
    """Send to this workspace from now on. Everybody is looked for anew."""
    values = {"bot_token": bot_token, "signing_secret": signing_secret, "team_id": team_id, "team_name": team_name}
    db.execute(_CONNECT, {**values, "by": by})
    db.execute(_FORGET_MEMBERS)
    db.execute(_ALL_REACHABLE)


def disconnect(db: Session) -> None:
    """Send nothing any more, and forget the secrets and who was who."""
    db.execute(_DISCONNECT)
    db.execute(_FORGET_MEMBERS)
    db.execute(_ALL_REACHABLE)


def has_problem(db: Session, bot_token: str, problem: str | None) -> None:
    """Why nothing goes through with this token; None: it does."""
    db.execute(_PROBLEM, {"problem": problem, "bot_token": bot_token})


def known(db: Session, user: uuid.UUID, email: str) -> Member | None:
    """What was found out about a user at this address, unless that is too long ago."""
    row = db.execute(_KNOWN, {"user": user, "email": email, "known_for": KNOWN_FOR}).one_or_none()
    return Member(row.slack_id) if row else None


def remember(db: Session, user: uuid.UUID, email: str, slack_id: str | None) -> None:
    """Who was found at a user's address, if anybody."""
    db.execute(_REMEMBER, {"user": user, "email": email, "slack_id": slack_id})


def forget(db: Session, user: uuid.UUID) -> None:
    """Have them looked for the next time."""
    db.execute(_FORGET, {"user": user})


def look_again(db: Session, users: Sequence[uuid.UUID]) -> None:
    """Have those of them looked for again who were not found a while ago, or have another address since."""
    db.execute(_LOOK_AGAIN, {"users": list(users), "reason": NOT_FOUND, "known_for": KNOWN_FOR})


def user_of(db: Session, slack_id: str) -> uuid.UUID | None:
    """The user who was found to be this member; nobody where that is not certain."""
    found = list(db.scalars(_USER, {"slack_id": slack_id}))
    return found[0] if len(found) == 1 else None
