"""Which fields an index knows, and a document cut to them: an index made by other code is written all the same.

Both indexes refuse fields they do not know (`dynamic: strict`), so that nothing is ever guessed. While an index of an
older mapping serves, what is new is left out of it; the next reindex brings it (docs/decisions/0014).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mappings.fields import FIELDS

# A field by name, with the fields inside it; a field without any inside has none here.
Known = Mapping[str, Any]


def known_fields(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a mapping's `properties`, as this code wrote them or as the engine gives them back."""
    return {name: known_fields(each.get("properties", {})) for name, each in properties.items()}


@lru_cache(maxsize=1)
def written_fields() -> dict[str, Any]:
    """The fields that documents of this code have."""
    return known_fields({field.name: field.candidate for field in FIELDS if field.candidate is not None})


def takes_whole_documents(known: Known | None) -> bool:
    """Whether an index that knows these fields takes documents of this code as they are.

    None: not written down yet. That is so of an index until the place is next made ready (indexer.prepare); as long,
    it is taken to know all of them.
    """
    return known is None or _covers(known, written_fields())


def cut_document(document: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The document without the fields that an index does not know, nested ones included."""
    return {name: _cut(value, known[name]) for name, value in document.items() if name in known}


def _cut(value: Any, known: Known) -> Any:
    if not known:
        return value
    if isinstance(value, list):
        return [_cut(each, known) for each in value]
    return cut_document(value, known) if isinstance(value, Mapping) else value


def _covers(known: Known, wanted: Known) -> bool:
    return all(name in known and _covers(known[name], inside) for name, inside in wanted.items())
