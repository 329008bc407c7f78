"""Two languages, complete: no sentence without its Czech, and no text in a template that nobody translates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

import web
from tests.api.browser import browser
from tests.installation import Installation
from tests.web.reading import Page
from web.languages import NAMES, SOURCE, language
from web.messages import catalogue_of, file_of, renewed, sentences
from web.rendering import _templates
from web.wording import OF_THE_API

WEB = Path(web.__file__).parent
ROOT = WEB.parent
TEMPLATES = sorted((WEB / "templates").glob("**/*.html"))
# Names are the same in every language.
UNTRANSLATED = {"Micropools"}


@pytest.mark.parametrize("code", sorted(set(NAMES) - {SOURCE}))
def test_every_sentence_is_translated_with_the_same_things_in_it_and_none_is_left_over(code: str) -> None:
    known = catalogue_of(code)
    messages = {message.id: message for message in known if message.id}
    assert set(messages) == sentences()
    for said, message in messages.items():
        assert not message.fuzzy, said
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert len(strings) == (known.num_plurals if isinstance(said, tuple) else 1), said
        source = said if isinstance(said, str) else said[-1]
        for each in strings:
            assert each, said
            assert things_in(each) == things_in(source), said
    assert file_of(code).read_text(encoding="utf-8") == renewed(code), "make messages"


def things_in(sentence: str) -> list[str]:
    """The places for values and the elements of a sentence."""
    return sorted(re.findall(r"%\(\w+\)s|</?\w+>", sentence))


def test_sentences_of_the_api_are_still_said_by_it() -> None:
    said = [
        pattern
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)] in SPEAKING
        for pattern in spoken(path)
    ]
    for sentence in OF_THE_API:
        assert any(re.fullmatch(pattern, sentence) for pattern in said), f"nobody says any more: {sentence}"


SPEAKING = {"api", "accounts", "core", "notifications", "records", "reports", "search"}


def spoken(path: Path) -> Iterator[str]:
    """The texts of a module as patterns: what is put into one may be anything."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values]
            if sum(len(part) for part in parts) > 12:
                yield "".join(parts)


class Texts(HTMLParser):
    """What a reader would see or hear of a template."""

    SAID = ("title", "alt", "placeholder", "aria-label", "content", "value")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that are shown or read aloud."""
        said = [name for name in self.SAID if tag != "meta" and (name != "value" or tag == "input")]
        self.found += [value for name, value in attrs if name in said and value]

    def handle_data(self, data: str) -> None:
        """Text."""
        self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_text_in_a_template_is_left_to_one_language(path: Path) -> None:
    plain: list[str] = []
    translated = False
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for _, kind, token in environment.lex(path.read_text(encoding="utf-8")):
        if kind == "name" and token in ("trans", "endtrans"):
            translated = token == "trans"
        elif kind == "data" and not translated:
            plain.append(token)
        elif kind == "variable_begin":
            plain.append(" ")
    texts = Texts()
    texts.feed("".join(plain))
    words = {word for text in texts.found for word in re.findall(r"[^\W\d_]{2,}", text)}
    assert words <= UNTRANSLATED, path


def test_english_numbers_and_czech_plurals() -> None:
    english, czech = language("en"), language("cs")
    one, other = "%(n)s unseen notice", "%(n)s unseen notices"
    assert [english.many(one, other, n) for n in (0, 1, 5_500)] == [
        "0 unseen notices",
        "1 unseen notice",
        "5,500 unseen notices",
    ]
    assert czech.many(one, other, 1) == "1 nepřečtené oznámení"
    assert czech.many(one, other, 3) == "3 nepřečtená oznámení"
    assert czech.many(one, other, 5_500) == "5\xa0500 nepřečtených oznámení"
    assert set(english.forms(one, other)) == {"one", "other"}
    assert set(czech.forms(one, other)) == {"one", "few", "other"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("cs", "cs"),
        ("cs-CZ,cs;q=0.9,en;q=0.8", "cs"),
        ("de,cs;q=0.3,en;q=0.2", "cs"),
        ("en;q=0.1,cs;q=0.2", "cs"),
        ("cs;q=0,en", "en"),
        ("de", "en"),
        ("", "en"),
        (";;;,q=,cs;q=x", "en"),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for(house: Installation, wanted: str, code: str) -> None:
    page = Page(browser(house).get("/login", headers={"Accept-Language": wanted}))
    assert page.one("html")["lang"] == code


def test_a_chosen_language_and_colours_stay_until_others_are_chosen(house: Installation) -> None:
    client = browser(house)
    client.headers["Accept-Language"] = "en"
    for language_chosen, theme in (("cs", "dark"), ("en", "light")):
        data = {"language": language_chosen, "theme": theme, "next": "/login"}
        page = Page(client.post("/choices", data=data)).one("html")
        assert (page["lang"], page["data-theme"]) == (language_chosen, theme)
    page = Page(client.post("/choices", data={"theme": "system", "language": "xx", "next": "/login"})).one("html")
    assert (page["lang"], page.get("data-theme")) == ("en", None)


def test_templates_compile_in_every_language() -> None:
    for code in NAMES:
        for path in TEMPLATES:
            _templates(code).get_template(path.name)
