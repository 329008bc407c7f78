"""A server of our own that stands for Slack's API: it knows one token, checks every message, remembers it, and fails as
it is told to.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import Block

from tests.notifications.serving import whole_body

TOKEN = "xoxb-1111111111-made-up"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM = "T0MADEUP"


class Workspace:
    """Members by e-mail address, and what was posted."""

    def __init__(self) -> None:
        self.members: dict[str, str] = {}
        self.messages: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.token = TOKEN
        # What is said to a method instead of doing it: an error's name, or a status.
        self.fails: dict[str, str | int] = {}
        self.retry_after = "30"
        self.wrong: list[str] = []
        self.address = ""
        self.ended = threading.Event()

    def answer(self, method: str, sent: dict[str, Any], bearer: str) -> tuple[int, dict[str, Any]]:
        """What Slack says to a call."""
        self.calls.append(method)
        failure = self.fails.get(method, self.fails.get("*"))
        if failure == "hang":
            self.ended.wait(30)
        if isinstance(failure, int):
            return failure, {"ok": False, "error": "ratelimited" if failure == 429 else "internal_error"}
        if bearer != f"Bearer {self.token}":
            return 200, {"ok": False, "error": "invalid_auth"}
        if failure:
            return 200, {"ok": False, "error": failure}
        found = getattr(self, "_" + method.replace(".", "_"))(sent)
        return 200, {"ok": "error" not in found, **found}

    def _auth_test(self, _sent: dict[str, Any]) -> dict[str, Any]:
        return {"team": "Made <up>", "team_id": TEAM, "user_id": "U0BOT"}

    def _users_lookupByEmail(self, sent: dict[str, Any]) -> dict[str, Any]:
        member = self.members.get(sent["email"])
        return {"user": {"id": member}} if member else {"error": "users_not_found"}

    def _conversations_open(self, sent: dict[str, Any]) -> dict[str, Any]:
        users = sent["users"]
        known = users in self.members.values()
        return {"channel": {"id": users.replace("U", "D", 1)}} if known else {"error": "user_not_found"}

    def _chat_postMessage(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent["channel"] not in self.members.values():
            return {"error": "channel_not_found"}
        try:
            checked(sent)
        except (AssertionError, ValueError, SlackClientError) as error:
            self.wrong.append(repr(error))
            return {"error": "invalid_blocks"}
        self.messages.append(sent)
        return {"ts": f"{len(self.messages)}.000100", "channel": sent["channel"]}

    def _chat_postEphemeral(self, sent: dict[str, Any]) -> dict[str, Any]:
        self.messages.append(sent)
        return {"message_ts": "1.0"}


def checked(message: dict[str, Any]) -> list[Block]:
    """The blocks of a message, as the SDK reads and validates them; what it lets through beyond the limits is named."""
    shown = [Block.parse(each) for each in message["blocks"]]
    assert all(shown) and 1 <= len(shown) <= 50
    for block in shown:
        assert block is not None
        block.validate_json()
        # Without what the SDK does not know, it is the same.
        assert block.to_dict() in message["blocks"]
    assert 0 < len(message["text"]) <= 4_000
    for each in message["blocks"]:
        texts = [each.get("text"), *each.get("fields", ())] if each["type"] != "context" else each["elements"]
        most = {"header": 150, "section": 3_000, "context": 2_000}.get(each["type"], 0)
        for part in filter(None, texts):
            assert part["type"] == "plain_text", "nothing is marked up"
            assert 1 <= len(part["text"]) <= most
        for button in each["elements"] if each["type"] == "actions" else ():
            assert len(button["text"]["text"]) <= 75
            assert len(button.get("value", "")) <= 2_000 and len(button.get("url", "")) <= 3_000
    return [each for each in shown if each]


@contextmanager
def slack_server() -> Iterator[Workspace]:
    """The server, until the end of the block."""
    workspace = Workspace()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if (body := whole_body(self)) is not None:
                self._answered(body)

        def do_GET(self) -> None:
            self._answered(self.path.partition("?")[2].encode())

        def _answered(self, body: bytes) -> None:
            if "json" in (self.headers.get("content-type") or ""):
                sent = json.loads(body or b"{}")
            else:
                sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                for name in ("blocks", "metadata"):
                    if name in sent:
                        sent[name] = json.loads(sent[name])
            method = self.path.partition("?")[0].removeprefix("/api/")
            status, answer = workspace.answer(method, sent, self.headers.get("authorization") or "")
            written = b"<html>down</html>" if status >= 500 else json.dumps(answer).encode()
            try:
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", workspace.retry_after)
                self.send_header("content-type", "text/html" if status >= 500 else "application/json")
                self.send_header("content-length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)
            except OSError:
                # Whoever asked did not wait for it.
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    workspace.address = f"http://127.0.0.1:{server.server_address[1]}/api/"
    try:
        yield workspace
    finally:
        workspace.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
