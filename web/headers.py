"""What every page tells the browser about itself: nothing of others may run in it, frame it, or learn of it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Pico CSS draws its ticks and arrows from data: addresses.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "worker-src 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
# What is not a page: it answers in JSON or text, as before there were any.
_API = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/slack/")


def is_api(path: str) -> bool:
    """Whether a path is the API's, so that its errors are problems and not pages."""
    return path == "/v1" or path.startswith(_API)


class Guarded:
    """Marks every answer that is not the API's, errors and files included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and mark its answer."""
        if scope["type"] != "http" or is_api(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def marking(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    # A page that shows what others wrote has a stricter policy of its own.
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, marking)
