"""The whole search document, on one screen. Pure: the same snapshot gives the same bytes (I3)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from mappings.documents import tombstone
from mappings.fields import TAG_FIELDS
from records.repositories.candidates import TagFacts
from search.bands import (
    applied_keywords,
    experience_band,
    language_ladder,
    plain_text,
    rejection_keywords,
    source_key,
    stage_key,
)

# What a person reading the profile may see: internal labels ("do not hire") and free labels are no searchable text.
WORDED_KINDS = ("skill", "location", "language")
# A Czech or Slovak number without its country; longer ones are found by all of their digits.
NATIONAL_DIGITS = 9


def build_document(candidate: uuid.UUID, person: dict[str, Any], tags: dict[str, TagFacts]) -> dict[str, Any]:
    """The document of one candidate from its row as JSON and the facts of its tags (records' `Snapshot`)."""
    if person["deleted"]:
        return tombstone(str(candidate), person["version"])
    carried = [(key, tags[key]) for key in person["tags"]]
    places = {above for _, tag in carried if tag.kind == "location" for above in tag.lineage}
    # Names only: whoever asks by another name of a tag is understood (search.synonyms), and "Java Script" in the
    # text would be found by Java.
    worded = [(tag.kind, tag.name) for _, tag in carried if tag.kind in WORDED_KINDS]
    rejected = [a for a in person["applications"] if a["reason"] is not None]
    sources = {person["source"], *(a["source"] for a in person["applications"])}
    band = experience_band(person["years_experience"])
    texts = [person["name"], person["headline"], person["cv_text"], *(label for _, label in worded)]
    ways_to_write = [*([person["email"]] if person["email"] else []), *phone_forms(person["phone"])]
    applications = [_application(a) for a in person["applications"]]
    document = {
        "id": str(candidate),
        "version": person["version"],
        "state": "live",
        "name": plain_text(person["name"]),
        "headline": plain_text(person["headline"]),
        "email": [person["email"]] if person["email"] else [],
        "phone": phone_forms(person["phone"]),
        "created": _moment(person["created_at"]).date().isoformat(),
        "updated": _moment(person["updated_at"]).isoformat(timespec="milliseconds"),
        "profile_updated": _moment(person["profile_at"]).isoformat(timespec="milliseconds"),
        **{
            field: [key for key, tag in carried if TAG_FIELDS[tag.kind] == field]
            for field in ("tags", "labels", "internal")
        },
        "skills": [plain_text(name) for kind, name in worded if kind == "skill"],
        "locations": sorted(places),
        "sources": sorted(source_key(source) for source in sources if source),
        "languages": sorted(
            {step for each in person["languages"] for step in language_ladder(each["code"], each["level"])}
        ),
        "rejections": rejection_keywords((a["reason"], a["said_by"], a["position"]) for a in rejected),
        "never_rejected": "no" if rejected else "yes",
        "applied": applied_keywords((a["position"], a["stage"], a["source"]) for a in applications),
        "positions": sorted({a["position"] for a in applications}),
        "stages": sorted({a["stage"] for a in applications}),
        "reasons": sorted({a["reason"] for a in rejected}),
        "notes": [note for a in applications for note in a["note"]],
        "text": [text for text in map(plain_text, [*texts, *ways_to_write]) if text],
        "applications": applications,
    }
    if band is not None:
        document |= {"years": person["years_experience"], "experience": band}
    return document


def _application(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "position": row["position"],
        "stage": stage_key(row["stage"]),
        "source": source_key(row["source"]) if row["source"] else None,
        "reason": row["reason"],
        "by": row["said_by"],
        "applied": _moment(row["applied_at"]).date().isoformat(),
        "rejected": _moment(row["rejected_at"]).date().isoformat() if row["rejected_at"] else None,
        "note": [plain_text(text) for text in (*row["notes"], row["rejection_note"]) if text],
    }


def phone_forms(phone: str | None) -> list[str]:
    """A number as typed, its digits, and those without the country, so that it is found however it is written."""
    if not phone:
        return []
    digits = "".join(char for char in phone if char.isdigit())
    return sorted({phone, digits, digits[-NATIONAL_DIGITS:]} - {""})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
