"""A tag tracked in one step: through the pool that asks for it and nothing else, which is made where there is none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Conflict, Invalid, Problem
from core.text import fold
from intake.pools import storable
from records.database import Session
from records.models import Role, Tag
from records.repositories import offers, pools, tags
from search.criteria import Criteria, Locations, Tags

STAFF = frozenset({Role.ADMINISTRATOR, Role.RECRUITER})


@dataclass(frozen=True, slots=True)
class TagPool:
    """A tag, and the pool that asks for it alone, if there is one yet."""

    tag: Tag
    pool: uuid.UUID | None


def named_tags(db: Session, labels: Sequence[str], role: Role) -> list[TagPool]:
    """The tags of these names, held until the transaction ends: of two who track one at once, one makes the pool.

    Raises Invalid for a name that nothing answers to, and Conflict for a tag whose name this role may never see: the
    pool is called as the tag is.
    """
    found = tags.by_labels(db, labels)
    unknown = [
        Problem(f"tags[{at}]", f"There is no tag “{label}”.")
        for at, label in enumerate(labels)
        if fold(label) not in found
    ]
    if unknown:
        raise Invalid(f"Some tags are unknown. {unknown[0].message}", problems=tuple(unknown))
    held = tags.hold(db, {found[fold(label)].key for label in labels})
    for tag in held:
        if tag.kind == "internal" and role not in STAFF:
            raise _telling(tag.name)
    return [TagPool(tag, pool_of(db, tag.key, tag.kind)) for tag in held]


def refuse_telling_pools(db: Session, chosen: Sequence[uuid.UUID], role: Role) -> None:
    """Conflict for pools that are called like an internal tag they ask for, as those of a tag in one step are."""
    for name in telling_pools(db, chosen, role).values():
        raise _telling(name)


def telling_pools(db: Session, chosen: Sequence[uuid.UUID], role: Role) -> dict[uuid.UUID, str]:
    """Those of these pools whose very name this role may not know, with it."""
    return {} if role in STAFF else offers.called_like_internal_tags(db, chosen)


def _telling(name: str) -> Conflict:
    return Conflict(
        f"“{name}” is an internal tag, and a pool of that name would tell what it says."
        " Make a pool under another name and have them track that."
    )


def pool_of(db: Session, key: str, kind: str) -> uuid.UUID | None:
    """The pool that asks for this tag and nothing else, if there is one."""
    return offers.pool_of_tag(db, key, "locations" if kind == "location" else "tags")


def pool_for(db: Session, of: TagPool, actor: uuid.UUID) -> uuid.UUID:
    """The pool of a tag, made if there was none."""
    if of.pool is not None:
        return of.pool
    key = (of.tag.key,)
    asked = Criteria(locations=Locations(any=key)) if of.tag.kind == "location" else Criteria(tags=Tags(any=key))
    criteria, _ = storable(db, asked, None)
    return pools.add_many(db, [(of.tag.name, criteria)], parent=None, actor=actor)[0]
