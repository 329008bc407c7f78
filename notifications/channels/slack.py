"""Notices by Slack: to the member of the workspace who has the user's e-mail address."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block

from core.settings import settings
from notifications.message import Message
from notifications.outcome import Later, Outcome, Refused, Sent
from notifications.slack_blocks import blocks, fallback
from notifications.slack_client import FAILURES, OF_THE_WORKSPACE, client_for, error_of, meaning
from records.database import Session, session
from records.repositories import slack
from records.repositories.slack import NOT_FOUND, Workspace

# By which whoever looks at the workspace knows a message that came twice.
METADATA = "micropools_notice"


def reached(db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Everybody, where a workspace is connected and takes messages. Who was not found long ago is looked for again."""
    workspace = slack.workspace(db)
    if workspace is None or workspace.problem or not settings().public_url:
        return set()
    slack.look_again(db, users)
    return set(users)


@contextmanager
def opened() -> Iterator[Posting]:
    """The workspace as it is connected now."""
    with session() as db:
        workspace = slack.workspace(db)
    yield Posting(workspace)


class Posting:
    """Messages in a row to one workspace."""

    def __init__(self, workspace: Workspace | None) -> None:
        self._workspace = workspace
        self._client = client_for(workspace.bot_token) if workspace else None

    def send(self, message: Message) -> Outcome:
        """Post it where the reader and the app speak with each other."""
        public_url = settings().public_url
        return self.post(
            message.reader.id, message.reader.email, fallback(message), blocks(message, public_url), message.id
        )

    def post(self, user: uuid.UUID, email: str, text: str, shown: Sequence[Block], delivery: uuid.UUID) -> Outcome:
        """Post something to a user, after finding out who they are there."""
        if self._workspace is None or self._client is None:
            return Refused("not_connected")
        if self._workspace.problem:
            return Later("workspace_closed", self._workspace.problem, for_all=True)
        try:
            member = self._member(self._client, user, email)
            if member is None:
                return Refused(NOT_FOUND, "users_not_found", unreachable=True)
            posted = self._client.chat_postMessage(
                channel=member,
                text=text,
                blocks=list(shown),
                metadata={"event_type": METADATA, "event_payload": {"delivery": str(delivery)}},
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                mrkdwn=False,
                parse="none",
            )
        except FAILURES as error:
            return self._failed(user, error)
        return Sent(str(posted.get("ts") or ""))

    def _member(self, client: WebClient, user: uuid.UUID, email: str) -> str | None:
        with session() as db:
            known = slack.known(db, user, email)
        if known is not None:
            return known.slack_id
        found: str | None = None
        try:
            answer = client.users_lookupByEmail(email=email)
            told = answer.get("user") or {}
            found = None if told.get("deleted") or told.get("is_bot") else told.get("id")
        except SlackApiError as error:
            if error_of(error) != "users_not_found":
                raise
        if found:
            # Says at once whether the app may speak with them at all.
            client.conversations_open(users=[found])
        with session() as db:
            slack.remember(db, user, email, found)
            db.commit()
        return found

    def _failed(self, user: uuid.UUID, error: Exception) -> Later | Refused:
        outcome, said = meaning(error), error_of(error)
        with session() as db:
            if said in OF_THE_WORKSPACE and self._workspace:
                slack.has_problem(db, self._workspace.bot_token, said)
            elif isinstance(outcome, Refused) and outcome.unreachable:
                slack.forget(db, user)
            db.commit()
        return outcome
