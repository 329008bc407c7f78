"""What things are called, whatever they are, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

_NAMES = text(
    """
    SELECT 'tags', key, name, NULL FROM tags WHERE key = ANY(:tags)
    UNION ALL SELECT 'reasons', key, name, said_by FROM rejection_reasons WHERE key = ANY(:reasons)
    UNION ALL SELECT 'positions', id::text, title, NULL FROM positions WHERE id = ANY(:positions)
    UNION ALL SELECT 'pools', id::text, name, NULL FROM pools WHERE id = ANY(:pools)
    """
).bindparams(
    bindparam("tags", type_=ARRAY(Text)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("positions", type_=ARRAY(Uuid)),
    bindparam("pools", type_=ARRAY(Uuid)),
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names by key, or by id as text; `said_by` is who gives a reason."""

    tags: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    pools: dict[str, str] = field(default_factory=dict)
    said_by: dict[str, str] = field(default_factory=dict)


def of(
    db: Session,
    *,
    tags: Sequence[str] = (),
    reasons: Sequence[str] = (),
    positions: Sequence[uuid.UUID] = (),
    pools: Sequence[uuid.UUID] = (),
) -> Names:
    """The names of these, whoever asks; what there is not is absent."""
    names = Names()
    asked = {"tags": list(tags), "reasons": list(reasons), "positions": list(positions), "pools": list(pools)}
    if not any(asked.values()):
        return names
    for what, key, name, said_by in db.execute(_NAMES, asked).all():
        getattr(names, what)[key] = name
        if said_by is not None:
            names.said_by[key] = said_by
    return names
