"""Speaking with Slack: one client for a token, and what Slack's answers mean for a message."""

from __future__ import annotations

import logging
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackObjectFormationError

from core.settings import settings
from notifications.outcome import Later, Refused
from notifications.retry_after import seconds_of
from records.repositories.slack import NOT_FOUND

TIMEOUT_S = 10
# Slack asks for no less where it says nothing.
BUSY_S = 30.0

# What a call can fail with; of these, what Slack said, and all others that it did not answer.
FAILURES = (SlackApiError, SlackClientError, OSError, HTTPException, ValueError)

# Nothing goes through to anybody until an administrator does something about it.
OF_THE_WORKSPACE = frozenset(
    {
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"),
        *("not_allowed_token_type", "org_login_required", "team_access_not_granted", "ekm_access_denied"),
        *("access_denied", "no_permission", "messages_tab_disabled"),
    }
)
# It is about this person alone.
_NOBODY = frozenset({"users_not_found", "user_not_found", "user_not_visible", "channel_not_found"})
_CLOSED = frozenset({"user_disabled", "cannot_dm_bot", "is_archived"})
_AWAY = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
# The message itself is not as it should be, which another attempt does not mend.
_MALFORMED = frozenset(
    {
        *("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"),
        *("invalid_arguments", "invalid_metadata_format", "metadata_too_large"),
    }
)


def client_for(bot_token: str) -> WebClient:
    """A client that asks once: when to ask again is decided in one place, and that is not it."""
    quiet = logging.getLogger("slack_sdk.quiet")
    quiet.setLevel(logging.CRITICAL)
    return WebClient(
        token=bot_token, base_url=settings().slack_api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=quiet
    )


def error_of(error: Exception) -> str:
    """Slack's word for what is wrong; nothing where it did not say one."""
    if not isinstance(error, SlackApiError):
        return ""
    answer: Any = error.response
    said = str(answer.get("error") or "") if isinstance(answer.data, dict) else ""
    return said if said.replace("_", "").isalnum() else ""


def meaning(error: Exception) -> Later | Refused:
    """What a call that failed means for the message it was for."""
    said = error_of(error)
    status = int(getattr(getattr(error, "response", None), "status_code", 0) or 0)
    if status == 429 or said in ("ratelimited", "rate_limited"):
        return Later("rate_limited", said, after_s=_asked_for(error), for_all=True)
    if said in _NOBODY | _CLOSED:
        return Refused(NOT_FOUND if said in _NOBODY else "account_closed", said, unreachable=True)
    # What the SDK does not let out of the house is a fault of this message, and of no other.
    if said in _MALFORMED or isinstance(error, SlackObjectFormationError):
        return Refused("not_accepted", said)
    if said in OF_THE_WORKSPACE:
        return Later("workspace_closed", said, for_all=True)
    if said in _AWAY or status >= 500 or not said:
        return Later("server_away", said or f"{type(error).__name__} {status or ''}".strip(), for_all=True)
    return Later("try_later", said)


def _asked_for(error: Exception) -> float:
    headers = {str(name).lower(): value for name, value in dict(error.response.headers).items()}  # type: ignore[attr-defined]
    value = headers.get("retry-after", "")
    value = value[0] if isinstance(value, list) else value
    return seconds_of(str(value)) or BUSY_S
