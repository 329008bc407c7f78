"""Clicks on the buttons of our messages in Slack: who clicked says Slack, and that it is Slack says its signature."""

from __future__ import annotations

import uuid
from typing import Annotated, Any
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, BackgroundTasks, Depends, Request
from slack_sdk.signature import SignatureVerifier

from api.work import AnybodyWork
from core.errors import NotAuthenticated
from core.languages import language
from notifications.slack_blocks import MUTE, muted, not_tracked
from notifications.slack_client import FAILURES, client_for
from notifications.wishes import Wishes
from records.repositories import mine, pools, preferences, slack

router = APIRouter(include_in_schema=False)


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/slack/actions")
def clicked(
    request: Request, body: Annotated[bytes, Depends(_body)], after: BackgroundTasks, work: AnybodyWork
) -> dict[str, str]:
    """Mute the pool of a message for whoever clicked, if they are a user of ours who tracks it; else do nothing.

    Slack shows nothing of an answer to a click on a block, so the sentence is posted as well, for them alone.
    """
    workspace = slack.workspace(work.db)
    if workspace is None or not _signed(workspace.signing_secret, body, request):
        raise NotAuthenticated("This was not signed by the connected Slack workspace, or too long ago.")
    payload = _payload(body)
    actions = payload.get("actions")
    pool = (
        next((_id(_in(each, "value")) for each in actions if _in(each, "action_id") == MUTE), None)
        if isinstance(actions, list)
        else None
    )
    member, team = _in(payload.get("user"), "id"), _in(payload.get("team"), "id")
    if pool is None or team != workspace.team_id or not isinstance(member, str):
        return {}
    user = slack.user_of(work.db, member)
    if user is None:
        return {}
    (chosen,) = preferences.of(work.db, [user]).values()
    tongue = language(Wishes(chosen).language)
    if pool in pools.covered_by(work.db, user):
        mine.mute(work.db, user, pool)
        work.commit()
        sentence = muted(tongue)
    else:
        sentence = not_tracked(tongue)
    channel = _in(payload.get("channel"), "id")
    if isinstance(channel, str):
        after.add_task(_tell, workspace.bot_token, channel, member, sentence)
    return {"response_type": "ephemeral", "text": sentence}


def _signed(secret: str, body: bytes, request: Request) -> bool:
    """Whether Slack signed this within the last five minutes of our clock."""
    try:
        return bool(SignatureVerifier(secret).is_valid_request(body, dict(request.headers)))
    except (ValueError, TypeError):
        # A time that is no number, a signature or a body that is no text.
        return False


def _payload(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(parse_qs(body.decode())["payload"][0])
    except (ValueError, KeyError):
        return {}
    return found if isinstance(found, dict) else {}


def _in(part: object, name: str) -> object:
    return part.get(name) if isinstance(part, dict) else None


def _id(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _tell(bot_token: str, channel: str, member: str, sentence: str) -> None:
    try:
        client_for(bot_token).chat_postEphemeral(channel=channel, user=member, text=sentence)
    except FAILURES:
        # It was done all the same, and is shown wherever notices are.
        return
