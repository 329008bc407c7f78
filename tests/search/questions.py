"""Typical criteria by name, for the snapshots and for what the engine extracts from them."""

from __future__ import annotations

from typing import Any, Literal

Extraction = Literal["complete", "partial"]

#: name -> (criteria, what the engine makes of each stored query: one word per query)
TYPICAL: dict[str, tuple[dict[str, Any], tuple[Extraction, ...]]] = {
    "one tag": ({"tags": {"all": ["Java"]}}, ("complete",)),
    "any of three tags": ({"tags": {"any": ["Java", "C", "C#"]}}, ("complete",)),
    "all of three tags": ({"tags": {"all": ["Java", "C", "C#"]}}, ("complete",)),
    "a place": ({"locations": {"any": ["Brno"]}}, ("complete",)),
    "any tag in any place": ({"tags": {"any": ["Java", "C"]}, "locations": {"any": ["Brno", "Praha"]}}, ("complete",)),
    "all tags in a place": ({"tags": {"all": ["Java", "C"]}, "locations": {"any": ["Brno"]}}, ("complete",)),
    "any tag with experience": (
        {"tags": {"any": ["Java", "C"]}, "locations": {"any": ["Brno"]}, "experience": {"any": ["5-9", "10-19"]}},
        ("complete",) * 4,
    ),
    "a tag but not another": ({"tags": {"all": ["Java"], "none": ["C"]}}, ("partial",)),
    "a language from a level": ({"languages": {"all": [{"code": "de", "at_least": "b2"}]}}, ("complete",)),
    "a source": ({"sources": {"any": ["LinkedIn", "web"]}}, ("complete",)),
    "created between": ({"created": {"from": "2026-01-01", "to": "2026-02-01"}}, ("partial",)),
    "a tag created since": ({"tags": {"all": ["Java"]}, "created": {"from": "2026-01-01"}}, ("partial",)),
    "rejected for a reason by us": ({"rejections": {"reasons": ["Plat"], "by": "us"}}, ("complete",)),
    "never rejected": ({"rejections": {"never": True}}, ("complete",)),
    "a tag, not yet rejected for a reason": (
        {"tags": {"all": ["Java"]}, "rejections": {"none": {"reasons": ["Plat"]}}},
        ("partial",),
    ),
    "a word of one form": ({"text": "sql"}, ("complete",)),
    "a word of several forms": ({"text": "Praze"}, ("complete",)),
    "a joined word": ({"text": "front-end"}, ("complete",)),
    "two words of one form": ({"text": "sql git"}, ("complete",)),
    "two words of several forms": ({"text": "Praze testing"}, ("partial",)),
    "either of two words": ({"text": "Praze or testing"}, ("complete", "complete")),
    "a word but not another": ({"text": "sql -git"}, ("partial",)),
    "a phrase of one word": ({"text": '"Praze"'}, ("complete",)),
    "a phrase": ({"text": '"v Praze"'}, ("partial",)),
    "a word and a tag": ({"text": "sql", "tags": {"all": ["Java"]}}, ("complete",)),
    "a word of several forms and a tag": ({"text": "Praze", "tags": {"all": ["Java"]}}, ("partial",)),
    "too many ways to write out": (
        {
            "tags": {"any": ["Java", "JS", "C", "C++", "C#"]},
            "sources": {"any": ["a", "b", "c", "d"]},
            "experience": {"any": ["0-1", "2-4", "5-9", "10-19"]},
        },
        ("partial",),
    ),
    "against itself": ({"tags": {"all": ["Java"], "none": ["Java"]}}, ("partial",)),
}

#: name -> (criteria, the place of the refusal, a word of its reason)
NOT_STORABLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "everyone": ({}, "criteria", "must have"),
    "only what must not be": ({"tags": {"none": ["Java"]}}, "criteria", "must have"),
    "only words that must not occur": ({"text": "-java"}, "criteria", "must have"),
    "a word or the absence of one": ({"text": "java or not sql"}, "criteria", "must have"),
    "not rejected in this way, and nothing else": (
        {"rejections": {"none": {"reasons": ["Plat"]}}},
        "criteria",
        "must have",
    ),
    "the last days": (
        {"tags": {"all": ["Java"]}, "created": {"last_days": 7}},
        "criteria.created.last_days",
        "moves every day",
    ),
    "rejected since": (
        {"tags": {"all": ["Java"]}, "rejections": {"reasons": ["Plat"], "since": "2026-01-01"}},
        "criteria.rejections",
        "date",
    ),
    "not rejected since": (
        {"tags": {"all": ["Java"]}, "rejections": {"none": {"since": "2026-01-01"}}},
        "criteria.rejections",
        "date",
    ),
}
