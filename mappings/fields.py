"""Every field that is searchable, once: its name, its type in either index, whether pools may ask it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mappings.analysis import EXACT, FOLDED, WORDS

# Lucene refuses a keyword above 32,766 bytes and with it the whole document; no key of ours comes near 256
# characters, so a longer one is a mistake that must be seen, not a value to be cut: hence no ignore_above.
KEYWORD: dict[str, Any] = {"type": "keyword"}
# In the pool index no document ever has these fields; only the one being percolated does, in memory. Doc values
# would be built for it each time and never read.
PERCOLATED_KEYWORD: dict[str, Any] = {"type": "keyword", "doc_values": False}
# Whole days, as people ask for them; a time of day would make every cached filter different.
DAY: dict[str, Any] = {"type": "date", "format": "strict_date"}
MOMENT: dict[str, Any] = {"type": "date", "format": "strict_date_time"}
# Length of a text says nothing of a person, so no norms: scores by length would only favour short CVs.
TEXT: dict[str, Any] = {"type": "text", "analyzer": WORDS, "norms": False}
# Words found in it are marked. With offsets that is a lookup, not a second analysis, and stored by itself the text is
# read without the rest of the document: marking 20 people takes 10 ms instead of 20, and 70 without either (measured).
MARKED_TEXT: dict[str, Any] = {**TEXT, "index_options": "offsets", "store": True}
#: Stored by themselves, so the document need not have them once more.
STORED_APART = ("text", "notes")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the candidate document.

    `candidate` is its mapping in the candidate index, `pool` the one in the pool index or None: pools cannot ask it,
    and it is left out of what is percolated, because every further term costs (engine/indexes.py).
    """

    name: str
    candidate: dict[str, Any] | None
    pool: dict[str, Any] | None = None


_APPLICATION: dict[str, Any] = {
    # Nested, so that "rejected for salary on position B since May" is asked of one application.
    "type": "nested",
    "dynamic": "strict",
    "properties": {
        "id": KEYWORD,
        "position": KEYWORD,
        "stage": KEYWORD,
        "source": KEYWORD,
        "reason": KEYWORD,
        "by": KEYWORD,
        "applied": DAY,
        "rejected": DAY,
        "note": TEXT,
    },
}

FIELDS: tuple[Field, ...] = (
    # Who and which version. Also doc values, because hits are read from there and never from the source.
    Field("id", KEYWORD),
    Field("version", {"type": "long"}),
    # live or deleted: a deletion is a tombstone, since a late write of an older version would otherwise bring the
    # person back once the engine has forgotten the deletion (60 seconds). Every search asks for live.
    Field("state", KEYWORD),
    Field("name", {**TEXT, "fields": {"sort": {"type": "keyword", "normalizer": FOLDED}}}),
    Field("headline", TEXT),
    Field("email", {"type": "keyword", "normalizer": FOLDED}),
    Field("phone", KEYWORD),
    # The number itself, for showing and sorting; asked as a band (below).
    Field("years", {"type": "short"}),
    Field("updated", MOMENT),
    # When the profile itself last changed: "updated" moves with notes and stages, which not every reader may know of.
    Field("profile_updated", MOMENT),
    Field("applications", _APPLICATION),
    # The same again, without saying what belongs to which application: whoever sees all of them is counted five
    # times as fast here as in the nested ones.
    Field("positions", KEYWORD),
    Field("stages", KEYWORD),
    Field("reasons", KEYWORD),
    # Everything colleagues wrote beside applications. A field of its own, because few may look into it.
    Field("notes", MARKED_TEXT),
    # Names and synonyms of skills: that somebody calls it their skill says more than that the CV mentions it.
    Field("skills", TEXT),
    # Keys of skills and languages. Keys, not names: renaming a tag then changes no document.
    Field("tags", KEYWORD, PERCOLATED_KEYWORD),
    # Apart from those, because they are for other eyes: free labels, and what never leaves the recruiting team.
    Field("labels", KEYWORD, PERCOLATED_KEYWORD),
    Field("internal", KEYWORD, PERCOLATED_KEYWORD),
    # Keys of location tags and of everything above them, so that a region finds its towns by one term.
    Field("locations", KEYWORD, PERCOLATED_KEYWORD),
    # Each tag with each location as one term: "Java in Brno" is then decided by looking one term up. Only in the
    # pool index; mappings/documents.py makes it.
    Field("tag_at", None, PERCOLATED_KEYWORD),
    Field("sources", KEYWORD, PERCOLATED_KEYWORD),
    # A band, not a range of numbers: a keyword is looked up, a range must be checked one by one.
    Field("experience", KEYWORD, PERCOLATED_KEYWORD),
    # A ladder ("de", "de>=a1" up to the level held), so that "German from B2" is one term.
    Field("languages", KEYWORD, PERCOLATED_KEYWORD),
    # What was said of one application in one term: position|stage|source, with * for what is not asked.
    Field("applied", KEYWORD, PERCOLATED_KEYWORD),
    # The same of one rejection: reason|by|position.
    Field("rejections", KEYWORD, PERCOLATED_KEYWORD),
    # A field of its own: "never" as the absence of a term could not be stored in a pool by itself.
    Field("never_rejected", KEYWORD, PERCOLATED_KEYWORD),
    # A range of days cannot be made of keywords exactly; it is the one field whose pools are always verified.
    Field("created", DAY, {**DAY, "doc_values": False}),
    # What everybody who sees the person may read.
    Field("text", MARKED_TEXT, TEXT),
)

#: The field that the keys of each kind of tag are found in.
TAG_FIELDS: dict[str, str] = {
    "skill": "tags",
    "language": "tags",
    "location": "locations",
    "label": "labels",
    "internal": "internal",
}

PERCOLATED: frozenset[str] = frozenset(field.name for field in FIELDS if field.pool is not None)

__all__ = ["EXACT", "FIELDS", "PERCOLATED", "STORED_APART", "TAG_FIELDS", "Field"]
