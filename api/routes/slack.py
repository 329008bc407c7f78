"""The Slack workspace that notices go to: connected, looked at, tried and disconnected by administrators."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from api.fields import Body, Printable
from api.wire import StrictRoute
from api.work import AdministratorWork
from core.errors import Conflict, Invalid, Problem, Unavailable
from core.languages import language
from core.settings import settings
from notifications.channels.slack import Posting
from notifications.outcome import Refused, Sent
from notifications.slack_blocks import sentence_block, trial
from notifications.slack_client import FAILURES, client_for, error_of
from notifications.wishes import Wishes
from records.repositories import deliveries, preferences, slack

router = APIRouter(tags=["notifications"], route_class=StrictRoute)

_NO_ADDRESS = "PUBLIC_URL is not set, so no message could lead back here. Set it, then connect."


class SlackConnection(BaseModel):
    """What is connected. The token and the secret are told to nobody."""

    connected: bool
    team: str | None = None
    team_id: str | None = None
    problem: str | None = Field(default=None, description="Slack's word for why nothing goes through any more.")
    connected_at: datetime | None = None
    connected_by: str | None = None
    actions_url: str | None = Field(default=None, description="What the app's interactivity must lead to.")


class SlackKeys(Body):
    """As they stand in the settings of the Slack app."""

    bot_token: Annotated[
        str,
        StringConstraints(strict=True, strip_whitespace=True, max_length=300, pattern=r"^xoxb-[A-Za-z0-9-]{10,}$"),
        Printable,
    ] = Field(description="The bot user's OAuth token: `xoxb-…`.")
    signing_secret: Annotated[
        str,
        StringConstraints(strict=True, strip_whitespace=True, max_length=200, pattern=r"^[0-9A-Za-z]{16,}$"),
        Printable,
    ] = Field(description="By which it is known that a click came from Slack.")


class Tried(BaseModel):
    """A message was posted."""

    sent: Literal[True] = True


@router.get("/settings/slack", summary="The connected Slack workspace")
def state(work: AdministratorWork) -> SlackConnection:
    """Which it is, since when, and whether it takes messages."""
    public_url = settings().public_url
    address = f"{public_url}/slack/actions" if public_url else None
    found = slack.workspace(work.db)
    if found is None:
        return SlackConnection(connected=False, actions_url=address)
    return SlackConnection(
        connected=True,
        team=found.team_name,
        team_id=found.team_id,
        problem=found.problem,
        connected_at=found.connected_at,
        connected_by=found.connected_by,
        actions_url=address,
    )


@router.put("/settings/slack", summary="Connect a Slack workspace")
def connect(body: SlackKeys, work: AdministratorWork) -> SlackConnection:
    """In place of the one before. Slack is asked whether the token is good; what waited is sent."""
    if not settings().public_url:
        raise Conflict(_NO_ADDRESS)
    try:
        told = client_for(body.bot_token).auth_test()
    except FAILURES as error:
        if said := error_of(error):
            problem = Problem("body.bot_token", f"Slack does not take this token ({said}).")
            raise Invalid("Slack does not take this token.", problems=(problem,)) from error
        raise Unavailable("Slack does not answer; nothing was changed. Try again in a moment.") from error
    slack.connect(
        work.db,
        bot_token=body.bot_token,
        signing_secret=body.signing_secret,
        team_id=str(told.get("team_id") or ""),
        team_name=str(told.get("team") or "")[:200],
        by=work.caller.id,
    )
    view = state(work)
    work.commit()
    deliveries.goes_on("slack")
    return view


@router.delete("/settings/slack", status_code=204, summary="Disconnect the Slack workspace")
def disconnect(work: AdministratorWork) -> None:
    """Nothing is sent there any more; the token, the secret and who was who there are forgotten."""
    slack.disconnect(work.db)
    work.commit()


@router.post("/settings/slack/test", summary="Send me a test by Slack")
def try_out(work: AdministratorWork) -> Tried:
    """A message to the caller, who is looked for by their e-mail address."""
    workspace = slack.workspace(work.db)
    if workspace is None:
        raise Conflict("No Slack workspace is connected.")
    (reader,) = deliveries.readers(work.db, [work.caller.id]).values()
    (chosen,) = preferences.of(work.db, [work.caller.id]).values()
    sentence = trial(language(Wishes(chosen).language))
    # Nothing is held open while Slack is spoken with.
    work.commit()
    outcome = Posting(workspace).post(reader.id, reader.email, sentence, [sentence_block(sentence)], uuid.uuid4())
    if isinstance(outcome, Sent):
        return Tried()
    if isinstance(outcome, Refused) and outcome.unreachable:
        raise Conflict("Nobody in this workspace has your e-mail address, or their account is closed.")
    if outcome.reason == "workspace_closed":
        raise Conflict("Slack does not take this token any more. Connect the workspace again.")
    raise Unavailable("Slack did not take the message now. Try again in a moment.")
