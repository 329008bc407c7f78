"""Requests to addresses that others gave us: encrypted, to public addresses only, never redirected, never endless."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.settings import is_loopback, settings

TIMEOUT_S = 5
# For all of it: an answer that comes byte by byte is cut off.
LONGEST_S = 15
# What is kept of an answer.
MOST_SAID = 500
_INTO_IPV4 = ipaddress.ip_network("64:ff9b::/96")


class NotPermitted(ValueError):
    """The address leads to where nothing of ours may be sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How the far end answered, and how many seconds or until when it asks for patience."""

    status: int
    said: str
    retry_after: str
    location: str


def check(url: str) -> None:
    """Raises NotPermitted unless it is https to a host by name or by a public address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotPermitted("This is no address.") from error
    if not host or parts.username or parts.password or parts.fragment or not url.isascii() or not url.isprintable():
        raise NotPermitted("This is no address that messages can be sent to.")
    if is_loopback(host) and settings().push_loopback:
        return
    if parts.scheme != "https" or port == 0:
        raise NotPermitted("The address has to begin with https://.")
    if is_loopback(host) or ("." not in host and ":" not in host):
        raise NotPermitted("This address leads into our own network.")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    _check_public(address)


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send it there. Raises NotPermitted, OSError or http.client.HTTPException."""
    check(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme == "https":
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    # What the name is looked up as is what is connected to: nobody changes it between looking and connecting.
    line._create_connection = lambda address, *_: _connected(*address)  # type: ignore[attr-defined]
    cut = threading.Timer(LONGEST_S, _hang_up, (line,))
    cut.daemon = True
    cut.start()
    try:
        line.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = line.getresponse()
        said = answer.read(MOST_SAID).decode("utf-8", "replace")
        return Answer(
            answer.status, said, answer.getheader("Retry-After") or "", (answer.getheader("Location") or "")[:MOST_SAID]
        )
    finally:
        cut.cancel()
        line.close()


def _hang_up(line: http.client.HTTPConnection) -> None:
    """End what another thread reads from: to it, as if the far end had."""
    if line.sock is not None:
        with suppress(OSError):
            # Of the socket itself: that of TLS may not be spoken to by two threads.
            socket.socket.shutdown(line.sock, socket.SHUT_RDWR)


def _connected(host: str, port: int) -> socket.socket:
    allowed = is_loopback(host) and settings().push_loopback
    failure: OSError = OSError("the name leads nowhere")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        found = ipaddress.ip_address(str(address[0]).partition("%")[0])
        if not (allowed and found.is_loopback):
            _check_public(found)
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(TIMEOUT_S)
            line.connect(address)
            return line
        except OSError as error:
            line.close()
            failure = error
    raise failure


def _check_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    hidden = isinstance(address, ipaddress.IPv6Address) and bool(
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _INTO_IPV4
    )
    if hidden or not address.is_global or address.is_multicast:
        raise NotPermitted("This address leads into our own network.")
