"""How text becomes terms: Czech and English at once, without diacritics, with C++ and .NET as typed.

One field serves both languages, because a percolated document pays for every term it has (engine/indexes.py).
Each word is indexed up to three ways at one position: folded, Czech stem folded, English stem folded. Stemming comes
before folding because the Czech stemmer reads diacritics.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Asked and indexed: finds other forms of a word.
WORDS = "words"
# Asked only: the word as written (still folded), for phrases. Who puts a word in quotation marks means that word, and
# its one term is rarer than its stems: fewer stored phrases are looked at.
EXACT = "exact"
# Keywords that are compared as people type them: names to sort by, e-mail addresses.
FOLDED = "folded"

_CHAR_FILTERS: dict[str, dict[str, Any]] = {
    # A decomposed "e" + accent must be the same word as the composed one.
    "bare_letters": {"type": "pattern_replace", "pattern": "[\\u0300-\\u036f]", "replacement": ""},
    # The tokenizer drops signs, and C++ would be C. The space ends the word, so that C++17 is also found by C++.
    "plus_plus": {"type": "pattern_replace", "pattern": "(?<=\\p{L})\\+\\+", "replacement": "plusplus "},
    "sharp": {
        "type": "pattern_replace",
        "pattern": "(?<![\\p{L}\\p{N}])(\\p{L})#",
        "replacement": "$1sharp ",
    },
    # Only where nothing stands before the dot: ASP.NET and Node.js are one word to the tokenizer anyway.
    "dot_net": {
        "type": "pattern_replace",
        "pattern": "(?i)(?<![\\p{L}\\p{N}])\\.net(?![\\p{L}\\p{N}])",
        "replacement": "dotnet",
    },
}

_FILTERS: dict[str, dict[str, Any]] = {
    "czech_stem": {"type": "stemmer", "language": "czech"},
    "english_stem": {"type": "stemmer", "language": "english"},
    # A stem of two letters is another word: "going" must not be found by Go, nor "cs" by C.
    "long_enough": {"type": "length", "min": 3},
}


def _filters(kept: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The filters. `kept` words pass the stemmers as they are, so only their own form finds them."""
    marked = "kept_words," if kept else ""
    filters = dict(_FILTERS)
    if kept:
        filters["kept_words"] = {"type": "keyword_marker", "keywords": list(kept)}
    filters["each_form"] = {
        "type": "multiplexer",
        "filters": [
            "lowercase,asciifolding",
            f"lowercase,{marked}czech_stem,asciifolding,long_enough",
            f"lowercase,{marked}english_stem,asciifolding,long_enough",
        ],
        "preserve_original": False,
    }
    return filters


def analysis(kept: Sequence[str] = ()) -> dict[str, Any]:
    """The `analysis` settings that both indexes share, so that both read a text alike.

    `kept` are words in small letters that stemmers leave alone (KEPT_WORDS).
    """
    signs = list(_CHAR_FILTERS)
    return {
        "char_filter": _CHAR_FILTERS,
        "filter": _filters(kept),
        "analyzer": {
            WORDS: {
                "type": "custom",
                "char_filter": signs,
                "tokenizer": "standard",
                "filter": ["each_form", "remove_duplicates"],
            },
            EXACT: {
                "type": "custom",
                "char_filter": signs,
                "tokenizer": "standard",
                "filter": ["lowercase", "asciifolding"],
            },
        },
        "normalizer": {FOLDED: {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    }
