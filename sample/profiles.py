"""Candidates as the API takes them, made from survey rows: facts from the row, identity and contact invented."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import TypedDict

from sample.locations import CZECHIA, country, czech_places
from sample.rows import SurveyRow, survey_rows
from sample.tags import of_answer

# Ordinary Czech surnames, for their diacritics; "Test Person" and the number before them say that nobody is meant.
_SURNAMES = ("Novotná", "Dvořák", "Šťastná", "Říha", "Černý", "Křížová", "Žáček", "Kučerová", "Pokorný", "Němcová")
_SOURCES = ("career site", "job board", "referral", "agency", "sourced by us", "job fair")
_LEVELS = ("b1", "b2", "c1", "c2")
# The language most people of a country speak; English, at a level drawn from the row's id, is everyone's.
_SPOKEN = {
    CZECHIA: "cs",
    "Slovakia": "sk",
    "Germany": "de",
    "Austria": "de",
    "Poland": "pl",
    "France": "fr",
    "Spain": "es",
    "Mexico": "es",
    "Italy": "it",
    "Brazil": "pt",
    "Portugal": "pt",
    "Netherlands": "nl",
    "Ukraine": "uk",
    "Russia": "ru",
    "Hungary": "hu",
    "Romania": "ro",
}
_ENGLISH_SPEAKING = frozenset({"United States", "United Kingdom", "Canada", "Australia", "New Zealand", "Ireland"})
_NO_ROLE = frozenset({"Other", "Android", "iOS", "Windows Phone", "Blackberry"})


class Spoken(TypedDict):
    """A language and how well it is spoken (a1 to c2, native)."""

    code: str
    level: str


class CandidatePayload(TypedDict):
    """The body of POST /v1/candidates."""

    name: str
    email: str
    phone: str
    headline: str
    cv_text: str
    source: str
    years_experience: int | None
    tags: list[str]
    locations: list[str]
    languages: list[Spoken]


def candidate(row: SurveyRow, number: int) -> CandidatePayload:
    """The candidate of one row. `number` makes the invented identity; two numbers never share an e-mail."""
    drawn = zlib.crc32(f"{row['id']}/{number}".encode())
    lives = place(row, drawn)
    headline = headline_of(row)
    tags = _once(skill for answer in row["skills"] for skill in of_answer(answer))
    return CandidatePayload(
        name=f"Test Person {number:05d} {_SURNAMES[drawn % len(_SURNAMES)]}",
        email=f"test.person.{number:05d}@example.com",
        # No Czech number begins with 000.
        phone=f"+420 000 {number // 1000 % 1000:03d} {number % 1000:03d}",
        headline=headline,
        cv_text=cv_text(row, headline, tags, lives),
        source=_SOURCES[drawn // 7 % len(_SOURCES)],
        years_experience=years_of(row.get("years_pro") or row.get("years_coding")),
        tags=tags,
        locations=[lives] if lives else [],
        languages=languages_of(country(row["country"]), drawn),
    )


def candidates(
    count: int, rows: Sequence[SurveyRow] | None = None, first_number: int = 1
) -> Iterator[CandidatePayload]:
    """So many candidates: each row as it is first, then rows with another row's country and wishes."""
    rows = survey_rows() if rows is None else rows
    for position in range(count):
        yield candidate(recombined(rows, position), first_number + position)


def recombined(rows: Sequence[SurveyRow], position: int) -> SurveyRow:
    """The row at a position of an endless list: behind the last row, each begins again beside another's country."""
    again, index = divmod(position, len(rows))
    row = rows[index]
    if again == 0:
        return row
    other = rows[zlib.crc32(f"{index}/{again}".encode()) % len(rows)]
    mixed: SurveyRow = {**row, "id": f"{row['id']}+{other['id']}", "country": other["country"]}
    mixed["wants"] = other.get("wants", {})
    return mixed


def place(row: SurveyRow, drawn: int) -> str | None:
    """Where the candidate lives: the answered country; of Czechia a district or town drawn for them."""
    named = country(row["country"])
    if named != CZECHIA:
        return named
    return czech_places()[drawn // 11 % len(czech_places())]


def years_of(answer: str | None) -> int | None:
    """The full years in an answer such as `4 to 5 years`, `20 or more years`, `Less than a year`."""
    if not answer:
        return None
    number = re.match(r"\d+", answer)
    return int(number[0]) if number else 0


def headline_of(row: SurveyRow) -> str:
    """What the person does, from their roles or else from what kind of developer they said they are."""
    roles = [role for role in row.get("roles", ()) if role not in _NO_ROLE]
    if roles:
        # The last one is the narrower: "Web developer" is followed by "Full stack Web developer".
        return roles[-1]
    branch = row.get("main_branch", "").casefold()
    if "student" in branch:
        return "Student of programming"
    if "hobby" in branch:
        return "Programmer as a hobby"
    if "not primarily" in branch or "non-developer" in branch:
        return "Specialist who also programs"
    return "Software developer"


def languages_of(lives_in: str | None, drawn: int) -> list[Spoken]:
    """Languages as likely for the country; the survey did not ask."""
    if lives_in in _ENGLISH_SPEAKING:
        return [Spoken(code="en", level="native")]
    spoken = [Spoken(code="en", level=_LEVELS[drawn // 13 % len(_LEVELS)])]
    if lives_in in _SPOKEN:
        spoken.append(Spoken(code=_SPOKEN[lives_in], level="native"))
    return spoken


def cv_text(row: SurveyRow, headline: str, tags: Sequence[str], lives: str | None) -> str:
    """A short CV in sentences, all of it from the row; Czech profiles get a Czech one."""
    if country(row["country"]) == CZECHIA:
        return _czech_text(row, headline, tags, lives)
    sentences = [f"{headline}{f' in {lives}' if lives else ''}."]
    if tags:
        sentences.append(f"I work with {_listed(tags, 'and')}.")
    if "major" in row:
        sentences.append(f"I studied: {row['major']}{_bracket(row.get('education'))}.")
    elif "education" in row:
        sentences.append(f"Education: {row['education']}.")
    if "employment" in row:
        sentences.append(f"{row['employment']}{_bracket(row.get('company_size'))}.")
    if "work_loc" in row:
        sentences.append(f"Where I work: {row['work_loc']}.")
    if wishes := _wishes(row):
        sentences.append(f"Next I would like to work with {_listed(wishes, 'and')}.")
    return " ".join(sentences)


def _czech_text(row: SurveyRow, headline: str, tags: Sequence[str], lives: str | None) -> str:
    sentences = [f"{headline}, bydliště: {lives}."]
    if tags:
        sentences.append(f"Pracuji s technologiemi {_listed(tags, 'a')}.")
    if "major" in row or "education" in row:
        sentences.append(f"Vzdělání: {', '.join(filter(None, (row.get('major'), row.get('education'))))}.")
    if "employment" in row:
        sentences.append(f"Zaměstnání: {row['employment']}{_bracket(row.get('company_size'))}.")
    if wishes := _wishes(row):
        sentences.append(f"Příště bych chtěl nebo chtěla pracovat s technologiemi {_listed(wishes, 'a')}.")
    return " ".join(sentences)


def _wishes(row: SurveyRow) -> list[str]:
    return _once(skill for answers in row.get("wants", {}).values() for each in answers for skill in of_answer(each))


def _listed(names: Sequence[str], joined_by: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joined_by} {names[-1]}"


def _bracket(text: str | None) -> str:
    return f" ({text})" if text else ""


def _once(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))
