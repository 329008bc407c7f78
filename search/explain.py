"""Why a person matches: which parts of the question hold of their document. Pure, and only what a keyword can show."""

from __future__ import annotations

from typing import Any

from search.question import Is, Question, atoms


def holding(question: Question, document: dict[str, Any]) -> list[Is]:
    """The keywords the question asks for and the document has, in the order asked.

    Words of the text are not among them: whether those hold only the engine's analysis can tell.
    """
    found = (atom for atom in atoms(question) if isinstance(atom, Is))
    return list(dict.fromkeys(atom for atom in found if atom.value in _values(document, atom.field)))


def _values(document: dict[str, Any], field: str) -> list[Any]:
    value = document.get(field, [])
    return value if isinstance(value, list) else [value]
