"""Where a request comes from and how it travelled, believing proxies only where a setting names them."""

from __future__ import annotations

import ipaddress
import logging
from ipaddress import IPv4Address, IPv6Address

from fastapi import Request

from core.settings import is_loopback, settings

log = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address


class UnnamedProxy:
    """Whether requests came here through a proxy that TRUSTED_PROXIES does not name, since this process began.

    All its clients are one network then, so that any of them uses up the attempts to sign in of all the others.
    """

    def __init__(self) -> None:
        self.noticed = False

    def notice(self, peer: str) -> None:
        """It is `peer`; said once, because it would be said of every request."""
        if not self.noticed:
            self.noticed = True
            log.warning(
                "X-Forwarded-For came from %s, which TRUSTED_PROXIES does not name, and is not believed: whoever comes"
                " that way counts as one network when attempts to sign in are counted.",
                peer,
            )


def network_of(request: Request) -> str:
    """The client's network: an IPv4 address, or the /64 that one customer of IPv6 has for themselves."""
    address = _client(request)
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def look_for_unnamed_proxy(request: Request) -> bool:
    """Whether there is a proxy that we should be told of; this request counts already."""
    unnamed: UnnamedProxy = request.app.state.unnamed_proxy
    forwarded = any(map(str.strip, request.headers.getlist("x-forwarded-for")))
    if forwarded and not _trusted(_peer(request)):
        unnamed.notice(request.client.host if request.client else "an unknown address")
    return unnamed.noticed


def is_encrypted(request: Request) -> bool:
    """Whether the browser speaks HTTPS, be it to us or to what stands in front of us."""
    if settings().public_url.startswith("https://") or request.url.scheme == "https":
        return True
    forwarded = request.headers.get("x-forwarded-proto", "")
    return _trusted(_peer(request)) and forwarded.rpartition(",")[2].strip().lower() == "https"


def stays_here(request: Request) -> bool:
    """Whether the browser addresses this very machine, so that nobody can listen in."""
    return is_loopback(request.url.hostname or "")


def _client(request: Request) -> Address | None:
    """The last address of the way here that is not one of our proxies; what stands before it anybody can write."""
    look_for_unnamed_proxy(request)
    address = _peer(request)
    on_the_way = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while _trusted(address) and on_the_way:
        before = _address(on_the_way.pop())
        if before is None:
            break
        address = before
    return address


def _peer(request: Request) -> Address | None:
    return _address(request.client.host) if request.client else None


def _trusted(address: Address | None) -> bool:
    return address is not None and any(address in network for network in settings().proxies)


def _address(text: str) -> Address | None:
    """An address as proxies write it, with or without a port."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
