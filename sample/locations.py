"""Locations: countries at the top; below Czechia its regions, districts and their seats."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from core.text import fold
from sample.rows import countries, czech_regions

CZECHIA = "Czechia"

# The survey changed its list of countries between years, and answers are not always the name in use.
_CANONICAL = {
    "Azerbaidjan": "Azerbaijan",
    "Bosnia-Herzegovina": "Bosnia and Herzegovina",
    "Congo, Republic of the...": "Republic of the Congo",
    "Czech Republic": CZECHIA,
    "Democratic People's Republic of Korea": "North Korea",
    "Hong Kong (S.A.R.)": "Hong Kong",
    "Lao People's Democratic Republic": "Laos",
    "Libyan Arab Jamahiriya": "Libya",
    "Macedonia": "North Macedonia",
    "Moldavia": "Moldova",
    "New Caledonia (French)": "New Caledonia",
    "Republic of Korea": "South Korea",
    "Republic of Moldova": "Moldova",
    "Reunion (French)": "Réunion",
    "Russian Federation": "Russia",
    "Slovak Republic": "Slovakia",
    "Swaziland": "Eswatini",
    "Syrian Arab Republic": "Syria",
    "The former Yugoslav Republic of Macedonia": "North Macedonia",
    "United Republic of Tanzania": "Tanzania",
    "Venezuela, Bolivarian Republic of...": "Venezuela",
    "Viet Nam": "Vietnam",
    "Virgin Islands (British)": "British Virgin Islands",
    "Virgin Islands (USA)": "United States Virgin Islands",
    "Zaire": "Democratic Republic of the Congo",
}
# Nobody is hired from the last three; the list had them all the same.
_NOT_A_PLACE = frozenset(
    {
        "I prefer not to say",
        "Other Country (Not Listed Above)",
        "Antarctica",
        "Bouvet Island",
        "Netherlands Antilles",
    }
)

# Other names people type. No codes of two letters: HR, IT and QA are jobs far more often than countries.
_SYNONYMS = {
    CZECHIA: ("Česko", "Česká republika"),
    "Germany": ("Deutschland", "Německo"),
    "Austria": ("Österreich", "Rakousko"),
    "Slovakia": ("Slovensko",),
    "Poland": ("Polska", "Polsko"),
    "United Kingdom": ("Great Britain", "Velká Británie"),
    "United States": ("USA", "United States of America", "Spojené státy"),
    "Côte d'Ivoire": ("Ivory Coast",),
    "Netherlands": ("Holland", "Nizozemsko"),
    "Switzerland": ("Schweiz", "Švýcarsko"),
    "Ukraine": ("Ukrajina",),
    "Hlavní město Praha": ("Prague",),
    "Jihomoravský kraj": ("South Moravia",),
    "Moravskoslezský kraj": ("Moravian-Silesian Region",),
    "Středočeský kraj": ("Central Bohemia",),
}


class Location(NamedTuple):
    """A place: its key (never changes), its name, the key of the place it lies in, other names for it."""

    key: str
    name: str
    parent: str | None
    synonyms: tuple[str, ...]


@cache
def locations() -> tuple[Location, ...]:
    """All places, parents before what lies in them."""
    return (*map(_country, countries()), *_czech())


@cache
def location_labels() -> frozenset[str]:
    """Every text that means a place, folded: a job requirement of that name is not a skill."""
    return frozenset(fold(label) for place in locations() for label in (place.key, place.name, *place.synonyms))


@cache
def czech_places() -> tuple[str, ...]:
    """The names of the Czech districts and towns, where a Czech profile may be given a home."""
    parents = {place.parent for place in locations()}
    return tuple(place.name for place in locations() if place.key.startswith("czechia.") and place.key not in parents)


def country(answer: str) -> str | None:
    """The name in use for a country as answered; None where the answer names none."""
    return None if answer in _NOT_A_PLACE else _CANONICAL.get(answer, answer)


def _country(name: str) -> Location:
    former = tuple(sorted(old for old, new in _CANONICAL.items() if new == name))
    return Location(_slug(name), name, None, _told_apart(name, (*former, *_SYNONYMS.get(name, ()))))


def _czech() -> list[Location]:
    top = _slug(CZECHIA)
    places = []
    for region in czech_regions():
        region_key = f"{top}.{_slug(region['name'])}"
        places.append(Location(region_key, region["name"], top, _SYNONYMS.get(region["name"], ())))
        if region["name"] == "Hlavní město Praha":
            places.append(Location(f"{top}.praha", "Praha", region_key, ()))
        for district in region["districts"]:
            # A district and its seat often share a name, and one name must mean one place.
            name = district["name"] if district["name"] != district["seat"] else f"okres {district['name']}"
            key = f"{top}.{_slug(name)}"
            places.append(Location(key, name, region_key, ()))
            if district["seat"]:
                places.append(Location(f"{top}.{_slug(district['seat'])}", district["seat"], key, ()))
    return places


def _told_apart(name: str, synonyms: tuple[str, ...]) -> tuple[str, ...]:
    """Without those that differ from the name, or from each other, only in case or diacritics."""
    folded = {fold(synonym): synonym for synonym in synonyms}
    return tuple(synonym for text, synonym in folded.items() if text not in (fold(name), _slug(name)))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
