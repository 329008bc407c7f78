"""How large a body may be: refused before it is read whole, whatever the client claims."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

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
        if claimed.isdigit() and int(claimed) > most:
            await self._refuse(most, scope, receive, send)
            return
        counted = 0
        started = False

        async def counting() -> Message:
            nonlocal counted
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > most:
                raise _TooLarge
            return message

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counting, noting)
        except _TooLarge:
            if not started:
                await self._refuse(most, scope, receive, send)

    async def _refuse(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        sentence = f"The body is larger than the {most // 1_000_000} MB this address takes; send it in parts."
        await problem(413, "Too large", sentence)(scope, receive, send)


class _TooLarge(Exception):
    """The body passed its limit while it was being read."""
