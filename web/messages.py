"""`python -m web.messages` (`make messages`): brings all sentences into every catalogue, for translators.

What is new has no translation there, which a test will not have; what nobody says any more is gone. The same sentences
give the same bytes, so that two branches that add some can be merged line by line.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.languages import NAMES, SOURCE

ROOT = Path(__file__).parent.parent
# Pages, and messages that leave the house.
SPEAKING = ("web", "notifications")
# Where a sentence stands in a call; plural forms are two.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "noted": None, "many": (1, 2), "forms": (1, 2)}
TEMPLATES = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
_HEADER = "Sentences of the pages. `make messages` adds new ones; a test fails until they are translated."
# Who wrote it when is told by git.
_NEEDED = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")

Sentence = str | tuple[str, ...]


def sentences() -> set[Sentence]:
    """Every sentence that pages and messages may say, plural forms together."""
    ways = [("**.py", "python"), ("templates/**.html", "jinja2")]
    return {
        tuple(said) if isinstance(said, list | tuple) else said
        for place in SPEAKING
        for _, _, said, _, _ in extract_from_dir(
            ROOT / place, ways, {"templates/**.html": TEMPLATES}, keywords=KEYWORDS
        )
    }


def file_of(code: str) -> Path:
    """The catalogue of a language."""
    return ROOT / "core" / "locale" / code / "LC_MESSAGES" / "messages.po"


def catalogue_of(code: str) -> Catalog:
    """The catalogue as it is."""
    return read_po(io.BytesIO(file_of(code).read_bytes()), locale=code)


def renewed(code: str) -> str:
    """The catalogue with all sentences that are said and no others."""
    known = catalogue_of(code)
    catalogue = Catalog(locale=code, header_comment=f"# {_HEADER}", fuzzy=False, charset="utf-8")
    for said in sorted(sentences(), key=str):
        before = known.get(said if isinstance(said, str) else said[0])
        catalogue.add(said, before.string if before and before.id == said else None)
    written = io.BytesIO()
    write_po(written, catalogue, width=0)
    header, blank, rest = written.getvalue().decode().partition("\n\n")
    kept = [line for line in header.splitlines() if not re.match('"[A-Z]', line) or line[1:].startswith(_NEEDED)]
    return "\n".join(kept) + blank + rest


if __name__ == "__main__":
    for each in NAMES:
        if each != SOURCE:
            file_of(each).write_text(renewed(each), encoding="utf-8")
