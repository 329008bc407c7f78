"""How large a body may be: refused before it is read whole, whatever the client claims."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A candidate with a long CV is 100 KB; ten times that is a mistake.
MOST_BYTES = 1_000_000
# A thousand candidates with CVs of 8 KB each.
MOST_BYTES_BULK = 8_000_000


class BodyLimit:
    """Answers 413 to a body above the limit of its route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = MOST_BYTES_BULK if scope["path"].endswith("/bulk") else MOST_BYTES
        claimed = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        sentence = f"The body is larger than the {most // 1_000_000} MB this address takes; send it in parts."
        # A number of twenty digits is too many bytes, whatever they are; int() would not even read 5,000 of them.
        if len(claimed) > 19 or (claimed.isdigit() and int(claimed) > most):
            # In the words of the application around us: a problem, or a page.
            refuse = scope["app"].exception_handlers[HTTPException]
            await refuse(Request(scope), HTTPException(413, sentence))(scope, receive, send)
            return
        counted = 0

        async def counting() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > most:
                # Whoever reads the body takes any other error for a body that cannot be parsed.
                raise HTTPException(413, sentence)
            return message

        await self.app(scope, counting, send)
