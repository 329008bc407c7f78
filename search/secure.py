"""The one place where a question meets the rights of the one who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Self
from uuid import UUID

from engine.door import SecuredQuery

Role = Literal["administrator", "recruiter", "hiring_manager", "analyst", "system"]

# Whoever is not named here sees nothing by searching.
SEE_ALL: Final[frozenset[Role]] = frozenset({"administrator", "recruiter", "system"})


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and what they may see, as of this very request."""

    user_id: UUID | None
    role: Role
    pools: frozenset[UUID] = frozenset()

    @property
    def sees_all(self) -> bool:
        """Whether every living candidate is theirs to find."""
        return self.role in SEE_ALL

    @classmethod
    def system(cls) -> Self:
        """The product itself: back-fill and the drift checker. Nothing found with it is shown to anyone."""
        return cls(None, "system")


def secure(question: dict[str, Any], access: Access) -> SecuredQuery:
    """The question cut to what may be seen: the living, and of them nobody unless the role says otherwise."""
    rights: dict[str, Any] = {"match_all": {}} if access.sees_all else {"match_none": {}}
    return SecuredQuery({"bool": {"filter": [{"term": {"state": "live"}}, rights, question]}})
