"""Tags: one canonical name, any number of synonyms, and a parent where a tree helps (locations)."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from records.base import Base, Created, RandomId


class Tag(Base):
    """A label. `key` never changes and is what the engine stores, so renaming a tag breaks no pool.

    `lineage` holds the keys from the root of the tree to this tag, itself included: a region finds its towns
    because a town's document carries all of them.
    """

    __tablename__ = "tags"
    __table_args__ = (
        CheckConstraint("kind in ('skill', 'location', 'language', 'label', 'internal')", name="kind"),
        CheckConstraint("parent_id <> id", name="no_self_parent"),
    )

    id: Mapped[RandomId]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tags.id"), index=True)
    lineage: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]


class TagLabel(Base):
    """Every text a tag answers to (key, name, synonyms), folded: without case, diacritics or outer spaces.

    One table for all three, so that no two tags can answer to the same text.
    """

    __tablename__ = "tag_labels"
    __table_args__ = (CheckConstraint("role in ('key', 'name', 'synonym')", name="role"),)

    folded: Mapped[str] = mapped_column(primary_key=True)
    tag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    role: Mapped[str]
