"""The links of the top bar: pages that exist, and that the reader's role may open."""

from __future__ import annotations

from dataclasses import dataclass

from api.work import ALL_ROLES, READERS, STAFF
from records.models import Role
from web.wording import noted


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is one click away from everywhere."""

    address: str
    label: str
    roles: frozenset[Role] = ALL_ROLES

    def leads_to(self, path: str) -> bool:
        """Whether a page is this one or lies below it."""
        return path == self.address or (self.address != "/" and path.startswith(f"{self.address}/"))


LINKS = (
    Link("/", noted("Home")),
    Link("/talent", noted("Talent database"), READERS),
    Link("/pools", noted("Pools"), STAFF),
    Link("/positions", noted("Positions"), READERS),
    Link("/statistics", noted("Statistics"), STAFF | {Role.ANALYST}),
    Link("/settings", noted("Settings"), STAFF),
)


def links_for(role: Role) -> tuple[Link, ...]:
    """Those that this role may open."""
    return tuple(link for link in LINKS if role in link.roles)
