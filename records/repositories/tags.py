"""Tags: looked up by any of their labels, added, renamed, moved in their tree."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from core.errors import Conflict, Invalid, NotFound, Problem
from core.text import fold, is_label, key_of
from records.models import CandidateTag, Tag, TagLabel

_BY_LABEL = text(
    "SELECT l.folded, t.id, t.key, t.kind FROM tag_labels l JOIN tags t ON t.id = l.tag_id"
    " WHERE l.folded = ANY(:labels)"
).bindparams(bindparam("labels", type_=ARRAY(Text)))

# A moved tag carries its whole branch: every lineage below is its own keys behind the parent's new lineage.
_REGROW_BRANCH = text(
    """
    WITH RECURSIVE branch AS (
        SELECT t.id, CAST(:lineage AS text[]) || t.key AS lineage FROM tags t WHERE t.id = :root
        UNION ALL
        SELECT child.id, branch.lineage || child.key FROM tags child JOIN branch ON child.parent_id = branch.id
    )
    UPDATE tags SET lineage = branch.lineage FROM branch WHERE tags.id = branch.id RETURNING tags.id
    """
).bindparams(bindparam("root", type_=Uuid), bindparam("lineage", type_=ARRAY(Text)))

_CARRY_INSTEAD = text(
    "INSERT INTO candidate_tags (candidate_id, tag_id, origin, added_by, added_at)"
    " SELECT candidate_id, :into, origin, added_by, added_at FROM candidate_tags WHERE tag_id = :tag"
    " ON CONFLICT DO NOTHING"
).bindparams(bindparam("tag", type_=Uuid), bindparam("into", type_=Uuid))

_VOCABULARY = text(
    "SELECT t.key, t.name, t.kind, t.lineage, array_agg(l.label ORDER BY l.folded) AS labels"
    " FROM tags t JOIN tag_labels l ON l.tag_id = t.id GROUP BY t.id"
)

_VOCABULARY_OF = text(
    "SELECT t.key, t.name, t.kind, t.lineage, array_agg(l.label ORDER BY l.folded) AS labels"
    " FROM tags t JOIN tag_labels l ON l.tag_id = t.id"
    " WHERE t.id IN (SELECT tag_id FROM tag_labels WHERE folded = ANY(:labels)) GROUP BY t.id"
).bindparams(bindparam("labels", type_=ARRAY(Text)))


_OF_KEYS = text("SELECT key, name, kind FROM tags WHERE key = ANY(:keys)").bindparams(
    bindparam("keys", type_=ARRAY(Text))
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a tag is called."""

    key: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """A tag that a label stands for."""

    id: uuid.UUID
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag with everything it answers to, for the vocabulary of criteria."""

    key: str
    name: str
    kind: str
    lineage: list[str]
    labels: list[str]


@dataclass(frozen=True, slots=True)
class NewTag:
    """A tag to be added. Without a key, one is made from the name."""

    name: str
    kind: str = "skill"
    key: str | None = None
    parent: str | None = None
    synonyms: Sequence[str] = ()


def by_labels(db: Session, labels: Iterable[str]) -> dict[str, Found]:
    """The tags behind these labels (names, synonyms or keys), by folded label; unknown ones are absent."""
    folded = sorted({fold(label) for label in labels})
    if not folded:
        return {}
    return {row.folded: Found(row.id, row.key, row.kind) for row in db.execute(_BY_LABEL, {"labels": folded})}


def vocabulary(db: Session, labels: Iterable[str] | None = None) -> list[Entry]:
    """Every tag with its labels, or only those behind the given labels."""
    if labels is None:
        rows = db.execute(_VOCABULARY)
    else:
        rows = db.execute(_VOCABULARY_OF, {"labels": sorted({fold(label) for label in labels})})
    return [Entry(*row) for row in rows]


def by_key(db: Session, key: str) -> Tag:
    """The tag with this key, or NotFound."""
    found = db.scalar(select(Tag).where(Tag.key == key))
    if found is None:
        raise NotFound("tag")
    return found


def by_ids(db: Session, ids: Sequence[uuid.UUID]) -> list[Tag]:
    """Those of these tags that there are, by name."""
    return list(db.scalars(select(Tag).where(Tag.id.in_(ids)).order_by(Tag.name, Tag.key)))


def lock(db: Session, key: str) -> Tag:
    """The tag with this key, held against other writers, or NotFound."""
    statement = select(Tag).where(Tag.key == key).with_for_update().execution_options(populate_existing=True)
    found = db.scalar(statement)
    if found is None:
        raise NotFound("tag")
    return found


def hold(db: Session, keys: Collection[str]) -> list[Tag]:
    """The tags with these keys by name, held against whoever holds them too, and not against being given to people."""
    statement = select(Tag).where(Tag.key.in_(keys)).order_by(Tag.key).with_for_update(key_share=True)
    held = db.scalars(statement.execution_options(populate_existing=True)).all()
    return sorted(held, key=lambda tag: (tag.name, tag.key))


def add(db: Session, new: NewTag) -> Tag:
    """Add a tag; a label that another tag answers to is a Conflict, an unknown parent is Invalid."""
    key = new.key or key_of(new.name)
    lineage: list[str] = []
    parent_id = None
    if new.parent is not None:
        parent = by_labels(db, [new.parent]).get(fold(new.parent))
        if parent is None:
            raise Invalid("The parent tag is unknown.", problems=(Problem("parent", f"No tag “{new.parent}”."),))
        # Held: a parent that is being moved would leave its old lineage here.
        above = lock(db, parent.key)
        if above.kind != new.kind:
            raise Invalid(
                "A tag and its parent must be of one kind.",
                problems=(Problem("parent", f"“{above.name}” is of kind {above.kind}, not {new.kind}."),),
            )
        parent_id, lineage = above.id, list(above.lineage)
    tag = Tag(id=uuid.uuid4(), key=key, name=new.name, kind=new.kind, parent_id=parent_id, lineage=[*lineage, key])
    inserted = db.scalar(
        insert(Tag)
        .values(id=tag.id, key=key, name=new.name, kind=new.kind, parent_id=parent_id, lineage=tag.lineage)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Tag.id)
    )
    if inserted is None:
        raise Conflict(f"There is already a tag with the key “{key}”.")
    _claim_labels(db, tag.id, key, new.name, new.synonyms)
    return db.get_one(Tag, tag.id)


def add_missing(db: Session, names: Iterable[str], kind: str) -> None:
    """Add a tag for every name that no tag answers to yet and that can be one. Safe beside another process."""
    # Backwards, so that of several spellings the first one stays.
    names = list(names)[::-1]
    known = by_labels(db, names)
    missing = {fold(name): name.strip() for name in names if is_label(name) and fold(name) not in known}
    if not missing:
        return
    # Sorted, so that two imports that add the same tags take their locks in one order.
    rows = [
        {"id": uuid.uuid4(), "key": key_of(name), "name": name, "kind": kind, "lineage": [key_of(name)]}
        for _, name in sorted(missing.items())
    ]
    inserted = insert(Tag).on_conflict_do_nothing(index_elements=["key"]).returning(Tag.id, Tag.key, Tag.name)
    labels = []
    for tag, key, name in db.execute(inserted, rows).all():
        labels.append({"folded": fold(name), "tag_id": tag, "label": name, "role": "name"})
        if fold(key) != fold(name):
            labels.append({"folded": fold(key), "tag_id": tag, "label": key, "role": "key"})
    if labels:
        db.execute(insert(TagLabel).on_conflict_do_nothing(), labels)


def rename(db: Session, tag: Tag, name: str, synonyms: Sequence[str] | None) -> None:
    """Give the tag another name and, where given, other synonyms. Its key, and so every pool, stays."""
    if synonyms is None:
        query = select(TagLabel.label).where(TagLabel.tag_id == tag.id, TagLabel.role == "synonym")
        synonyms = list(db.scalars(query))
    _hold(db, Tag.id == tag.id)
    tag.name = name
    db.flush()
    db.execute(delete(TagLabel).where(TagLabel.tag_id == tag.id))
    _claim_labels(db, tag.id, tag.key, name, synonyms)


def move(db: Session, tag: Tag, parent: Tag | None) -> list[uuid.UUID]:
    """Put the tag under another parent; returns the ids of the whole branch, whose lineages changed."""
    if parent is not None and tag.key in parent.lineage:
        raise Invalid(
            "A tag cannot be moved below itself.",
            problems=(Problem("parent", f"“{parent.name}” lies below “{tag.name}”."),),
        )
    _hold(db, Tag.lineage.contains([tag.key]))
    tag.parent_id = parent.id if parent else None
    db.flush()
    lineage = list(parent.lineage) if parent else []
    branch = list(db.scalars(_REGROW_BRANCH, {"root": tag.id, "lineage": lineage}))
    db.expire(tag)
    return branch


def merge(db: Session, tag: Tag, into: Tag) -> None:
    """Whoever carries `tag` carries `into` instead, which answers to all its labels; `tag` is gone.

    What lies below it was moved before, and the caller has raised the versions of whoever carries it.
    """
    db.execute(_CARRY_INSTEAD, {"tag": tag.id, "into": into.id})
    db.execute(delete(CandidateTag).where(CandidateTag.tag_id == tag.id))
    db.execute(update(TagLabel).where(TagLabel.tag_id == tag.id).values(tag_id=into.id, role="synonym"))
    db.execute(delete(Tag).where(Tag.id == tag.id))


def below(db: Session, tag: Tag) -> list[Tag]:
    """The tags directly below one, by key."""
    return list(db.scalars(select(Tag).where(Tag.parent_id == tag.id).order_by(Tag.key)))


def branch(db: Session, tag: Tag) -> list[uuid.UUID]:
    """A tag and all below it, held so that nobody can be given one of them until this transaction ends."""
    _hold(db, Tag.lineage.contains([tag.key]))
    return list(db.scalars(select(Tag.id).where(Tag.lineage.contains([tag.key]))))


def _hold(db: Session, which: ColumnElement[bool]) -> None:
    """Nobody can be given these tags until this transaction ends.

    A foreign key takes a share of the tag's key and waits for this; a mere update of the tag it would not wait for.
    Then whoever carries the tag is seen when their new version is written, and no document keeps the old name.
    """
    db.execute(select(Tag.id).where(which).order_by(Tag.id).with_for_update()).all()


def search(db: Session, starting_with: str, kind: str | None, limit: int, after: Tag | None = None) -> list[Tag]:
    """Tags one of whose labels starts with these letters, by name; `after` is the last one of the page before."""
    query = (
        select(Tag)
        .where(
            Tag.id.in_(select(TagLabel.tag_id).where(TagLabel.folded.startswith(fold(starting_with), autoescape=True)))
        )
        .order_by(Tag.name, Tag.key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(Tag.name, Tag.key) > (after.name, after.key))
    return list(db.scalars(query.where(Tag.kind == kind) if kind else query))


def keys_containing(db: Session, part: str, kinds: Sequence[str]) -> list[str]:
    """The keys of all tags of these kinds one of whose labels contains this text, wherever."""
    labelled = select(TagLabel.tag_id).where(TagLabel.folded.contains(fold(part), autoescape=True))
    return list(db.scalars(select(Tag.key).where(Tag.kind.in_(kinds), Tag.id.in_(labelled)).order_by(Tag.key)))


def keys_starting(db: Session, start: str, kinds: Sequence[str]) -> list[str]:
    """The keys of all tags of these kinds with a label, or a word of one, that starts with this text."""
    folded = fold(start)
    begins = TagLabel.folded.startswith(folded, autoescape=True)
    within = TagLabel.folded.contains(f" {folded}", autoescape=True)
    labelled = select(TagLabel.tag_id).where(begins | within)
    return list(db.scalars(select(Tag.key).where(Tag.kind.in_(kinds), Tag.id.in_(labelled)).order_by(Tag.key)))


def of_keys(db: Session, keys: Sequence[str]) -> dict[str, Named]:
    """Names and kinds by key."""
    return {row.key: Named(*row) for row in db.execute(_OF_KEYS, {"keys": list(keys)})} if keys else {}


def synonyms_of(db: Session, tags: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The synonyms of these tags."""
    found: dict[uuid.UUID, list[str]] = {tag: [] for tag in tags}
    query = select(TagLabel).where(TagLabel.tag_id.in_(tags), TagLabel.role == "synonym").order_by(TagLabel.folded)
    for label in db.scalars(query):
        found[label.tag_id].append(label.label)
    return found


def _claim_labels(db: Session, tag: uuid.UUID, key: str, name: str, synonyms: Sequence[str]) -> None:
    labels: dict[str, tuple[str, str]] = {}
    for label, role in [(key, "key"), *((synonym, "synonym") for synonym in synonyms), (name, "name")]:
        labels[fold(label)] = (label, role)
    rows = [
        {"folded": folded, "tag_id": tag, "label": label, "role": role}
        for folded, (label, role) in sorted(labels.items())
    ]
    claimed = set(db.scalars(insert(TagLabel).on_conflict_do_nothing().returning(TagLabel.folded), rows))
    taken = sorted(set(labels) - claimed)
    if taken:
        raise Conflict(f"Another tag already answers to “{labels[taken[0]][0]}”; choose another name or merge the two.")
