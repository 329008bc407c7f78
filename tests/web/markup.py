"""A page as a browser takes it apart: its text as it stands there, its links, and its forms with what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

# Where a browser goes, or sends something, of what an attribute names.
ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "hx-get",
    "hx-post",
    "hx-push-url",
    "hx-replace-url",
    "poster",
    "data",
)
# Elements that have no end.
EMPTY = {"meta", "link", "input", "img", "br", "hr", "wbr", "source", "col", "area", "base", "embed", "track"}


@dataclass(slots=True)
class Field:
    """A field as it stands."""

    name: str
    value: str = ""
    # Whether a browser sends it: not a box that is not ticked, nor a button that is not pressed.
    sent: bool = True


@dataclass(slots=True)
class Form:
    """A form, where its buttons send it, and what is in it."""

    method: str
    actions: list[str]
    fields: list[Field] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """What stands in the first field of this name."""
        return next((each.value for each in self.fields if each.name == name), None)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What a browser sends of it when no button is pressed."""
        return [(each.name, each.value) for each in self.fields if each.sent]


class Markup(HTMLParser):
    """Everything of a page, in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self.pieces: list[str] = []
        self._open: list[str] = []
        self._named: dict[str, Form] = {}
        # The list, or the field of several lines, that is being read.
        self._filled: Field | None = None
        self._options = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and, where it belongs to a form, a field."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "form":
            action = given.get("action", "")
            self.forms.append(Form(given.get("method", "get").lower(), [action] if action else []))
            self._named[given.get("id", "")] = self.forms[-1]
        elif tag == "option" and self._filled is not None:
            if "selected" in given or not self._options:
                self._filled.value = given.get("value", "")
            self._options += 1
        else:
            self._note(tag, given)

    def _note(self, tag: str, given: dict[str, str]) -> None:
        form = self._named.get(given["form"]) if "form" in given else self.forms[-1] if "form" in self._open else None
        if form is None:
            return
        if given.get("formaction"):
            form.actions.append(given["formaction"])
        if given.get("name"):
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            form.fields.append(Field(given["name"], given.get("value", ""), tag != "button" and ticked))
            if tag in ("select", "textarea"):
                self._filled, self._options = form.fields[-1], 0

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag in ("select", "textarea") and self._filled is not None:
            if tag == "textarea":
                # The line end that a browser leaves out, so that one which is meant can follow it.
                self._filled.value = self._filled.value.removeprefix("\n")
            self._filled = None
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note a piece of text."""
        self.pieces.append(data)
        if self._filled is not None and self._open and self._open[-1] == "textarea":
            self._filled.value += data

    @property
    def text(self) -> str:
        """All text as it is read, whatever elements it is made of."""
        return " ".join("".join(self.pieces).split())

    @property
    def addresses(self) -> list[str]:
        """Everything that names an address."""
        return [given[name] for _, given in self.elements for name in ADDRESSES if given.get(name)]

    @property
    def links(self) -> list[str]:
        """Where a reader may go by a click."""
        return [given["href"] for tag, given in self.elements if tag == "a" and given.get("href")]
