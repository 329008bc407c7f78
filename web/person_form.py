"""The form of a person: from what was typed to the API's bodies, and from a person to what stands in the fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from api.views import CandidateView
from web.forms import Form
from web.languages import Language

# Rows for languages: as many as the person has, and some to add more in.
SPARE_ROWS = 2
MOST_ROWS = 20
FIELDS = ("name", "email", "phone", "headline", "source", "years_experience", "languages", "cv_text")
# Of the hundreds that have a code, those that people who apply somewhere speak; others stay where somebody has one.
SPOKEN = frozenset(
    re.findall(
        r"\w+",
        """
        ar be bg bn ca cs da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lb lt lv mk ms mt
        nb nl pl pt ro ru sk sl sq sr sv sw ta th tr uk ur uz vi yue zh
        """,
    )
)


def languages_in(language: Language, person: CandidateView | None = None) -> list[tuple[str, str]]:
    """Codes and names of languages, by name as the reader's language writes it."""
    codes = {*SPOKEN, *(spoken.code for spoken in (person.languages if person else []))}
    return sorted(((code, language_named(language, code)) for code in codes), key=lambda pair: pair[1].lower())


def language_named(language: Language, code: str) -> str:
    """The name of a language; its code where nobody knows it."""
    return str(language.locale.languages.get(code, code))


def rows_of(values: Mapping[str, str]) -> range:
    """The rows for languages: those that are filled, and some more."""
    filled = [int(number) for name in values if (number := _row(name)) and values[name]]
    return range(min(max(filled, default=-1) + 1 + SPARE_ROWS, MOST_ROWS))


def _row(name: str) -> str:
    found = re.fullmatch(r"language\.(\d{1,2})", name, re.ASCII)
    return found[1] if found else ""


def profile_in(form: Form) -> dict[str, Any]:
    """The fields of the profile as the API takes them. What is empty is nothing."""
    languages = [
        {"code": code, "level": form.text(f"level.{row}") or None}
        for row in range(MOST_ROWS)
        if (code := form.text(f"language.{row}"))
    ]
    years = form.text("years_experience").strip()
    return {
        "name": form.text("name"),
        "email": form.text("email").strip() or None,
        "phone": form.text("phone").strip() or None,
        "headline": form.text("headline"),
        "cv_text": form.text("cv_text"),
        "source": form.text("source").strip() or None,
        "years_experience": int(years) if re.fullmatch(r"-?[0-9]{1,9}", years) else years or None,
        "languages": languages,
    }


def names_in(text: str) -> list[str]:
    """Names of tags or places, between commas or in lines of their own."""
    return [name for each in re.split(r"[,;\n]", text) if (name := each.strip())]


def values_of(person: CandidateView) -> dict[str, str]:
    """What stands in the fields for a person."""
    values = {
        "name": person.name,
        "email": person.email or "",
        "phone": person.phone or "",
        "headline": person.headline,
        "cv_text": person.cv_text,
        "source": person.source or "",
        "years_experience": "" if person.years_experience is None else str(person.years_experience),
    }
    for row, spoken in enumerate(person.languages):
        values |= {f"language.{row}": spoken.code, f"level.{row}": spoken.level or ""}
    return values


def profile_of(person: CandidateView) -> dict[str, Any]:
    """The same fields as they are now."""
    profile = person.model_dump(mode="json", include=set(FIELDS))
    return {name: profile[name] for name in FIELDS}


def stamp_of(person: CandidateView) -> str:
    """What the profile was when the form was opened: notes, tags and stages may change beside it without a conflict."""
    return hashlib.sha256(orjson.dumps(profile_of(person))).hexdigest()[:32]


def elsewhere(typed: Mapping[str, Any], person: CandidateView) -> list[str]:
    """The fields in which what was typed is not what is there now."""
    now = profile_of(person)
    return [name for name in FIELDS if name in typed and typed[name] != now[name]]
