"""The addresses of the three services, wherever they run."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class ServiceUrls:
    """What a process of the product needs to know of its services; an empty field means "not given"."""

    database_url: str = ""
    redis_url: str = ""
    opensearch_url: str = ""

    def environment(self) -> dict[str, str]:
        """The same as environment variables, as core.settings reads them."""
        return {name.upper(): url for name, url in asdict(self).items() if url}
