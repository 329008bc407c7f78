"""What a reader is shown of a person: one function, three rights, nothing beyond them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.work import Work
from core.errors import NotFound
from records.models import Application, Candidate, Tag
from records.repositories import access, candidates, positions, users

# Internal tags ("do not hire") are for those who see everything; labels also for those who track a pool that asks them.
PUBLIC_KINDS = ("skill", "location", "language")


class TagView(BaseModel):
    """A tag as shown."""

    key: str
    name: str
    kind: str

    @classmethod
    def of(cls, tag: Tag) -> TagView:
        """The view of a tag."""
        return cls(key=tag.key, name=tag.name, kind=tag.kind)


class NoteView(BaseModel):
    """A note beside an application."""

    id: uuid.UUID
    text: str
    created_at: datetime
    by_name: str | None = Field(default=None, description="The colleague who wrote it.")


class RejectionView(BaseModel):
    """Why an application ended."""

    reason: str
    name: str
    said_by: Literal["us", "candidate"]
    note: str | None = None
    at: datetime
    by_name: str | None = Field(default=None, description="The colleague who wrote it down.")


class ApplicationView(BaseModel):
    """A response to a position, for those who may see it."""

    id: uuid.UUID
    candidate: uuid.UUID
    position: uuid.UUID
    position_title: str
    stage: str
    source: str | None = None
    applied_at: datetime
    rejection: RejectionView | None = None
    notes: list[NoteView] = []


class LanguageView(BaseModel):
    """A language a person speaks, and how well where that is known."""

    code: str
    level: str | None = None


class PoolName(BaseModel):
    """A pool by name."""

    id: uuid.UUID
    name: str


class CandidateView(BaseModel):
    """A person, as far as the reader may see them. Fields the reader may not see are absent, not empty."""

    model_config = ConfigDict(from_attributes=True)

    access: Literal["full", "owner", "view"] = Field(
        description="full: administrators and recruiters; owner: an application or position was shared; view: a pool"
    )
    id: uuid.UUID
    name: str
    email: str | None = None
    phone: str | None = None
    headline: str
    cv_text: str
    years_experience: int | None = None
    languages: list[LanguageView]
    tags: list[TagView]
    source: str | None = None
    version: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    applications: list[ApplicationView] | None = None
    through: list[PoolName] | None = Field(default=None, description="The tracked pools this person is in.")


def candidate_view(work: Work, candidate: uuid.UUID) -> CandidateView:
    """The person as the caller may see them now. NotFound for unknown, deleted and hidden alike."""
    if work.sees_all:
        return _full(work, candidates.get(work.db, candidate))
    owned = access.owned_applications(work.db, work.caller.id, candidate)
    through = access.tracked_pools_of(work.db, work.caller.id, candidate)
    if not owned and not through:
        raise NotFound("candidate")
    row = candidates.get(work.db, candidate)
    asked = access.asked_tags(work.db, work.caller.id, through) if through else set()
    tags = [TagView.of(tag) for tag in candidates.tags_of(work.db, candidate) if _is_shown(tag, asked)]
    view = _profile(row, "owner" if owned else "view", tags)
    view.through = [PoolName(id=pool.id, name=pool.name) for pool in through] or None
    if owned:
        rows = [row for row in positions.applications_of(work.db, candidate) if row.id in owned]
        view.applications = application_views(work, rows)
    return view


def _is_shown(tag: Tag, asked: Collection[str]) -> bool:
    return tag.kind in PUBLIC_KINDS or (tag.kind == "label" and tag.key in asked)


def _full(work: Work, row: Candidate) -> CandidateView:
    view = _profile(row, "full", [TagView.of(tag) for tag in candidates.tags_of(work.db, row.id)])
    view.source, view.version = row.source, row.version
    view.updated_at = row.updated_at
    view.applications = application_views(work, positions.applications_of(work.db, row.id))
    return view


def _profile(row: Candidate, right: Literal["full", "owner", "view"], tags: list[TagView]) -> CandidateView:
    return CandidateView(
        access=right,
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        headline=row.headline,
        cv_text=row.cv_text,
        years_experience=row.years_experience,
        languages=[LanguageView.model_validate(language) for language in row.languages],
        tags=tags,
        created_at=row.created_at,
    )


def application_views(work: Work, rows: list[Application]) -> list[ApplicationView]:
    """Applications with their positions, notes and rejections."""
    reasons = positions.reasons_by_id(work.db, {r.rejection_reason_id for r in rows if r.rejection_reason_id})
    notes = positions.notes_of(work.db, [row.id for row in rows])
    authors = {note.author_id for note in notes} | {row.rejected_by for row in rows}
    names = users.names(work.db, {author for author in authors if author is not None})
    views = []
    for row in rows:
        why = reasons.get(row.rejection_reason_id) if row.rejection_reason_id else None
        rejection = None
        if why is not None and row.rejected_at is not None:
            rejection = RejectionView(
                reason=why.key,
                name=why.name,
                said_by="us" if why.said_by == "us" else "candidate",
                note=row.rejection_note,
                at=row.rejected_at,
                by_name=names.get(row.rejected_by) if row.rejected_by else None,
            )
        views.append(
            ApplicationView(
                id=row.id,
                candidate=row.candidate_id,
                position=row.position_id,
                position_title=positions.get(work.db, row.position_id).title,
                stage=row.stage,
                source=row.source,
                applied_at=row.applied_at,
                rejection=rejection,
                notes=[
                    NoteView(
                        id=note.id,
                        text=note.text,
                        created_at=note.created_at,
                        by_name=names.get(note.author_id) if note.author_id else None,
                    )
                    for note in notes
                    if note.application_id == row.id
                ],
            )
        )
    return views


def is_match(if_match: str, etag: str) -> bool:
    """Whether an If-Match header names this tag, alone, among others, or as `*`."""
    return if_match.strip() == "*" or etag in (each.strip() for each in if_match.split(","))


def etag_of(view: BaseModel) -> str:
    """A tag of exactly what the reader sees: a change they may not see leaves it as it was."""
    return f'"{hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:32]}"'
