"""Reading pages as a test does: what is on them, and what their forms would send."""

from __future__ import annotations

from html.parser import HTMLParser

from httpx2 import Response


class Page(HTMLParser):
    """A page taken apart: its elements with their attributes, and its text."""

    def __init__(self, answer: Response, status: int = 200) -> None:
        super().__init__()
        assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text[:500]}"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(answer.text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Note a piece of text."""
        self.words.append(data)

    def every(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The elements with these attributes."""
        return [
            given
            for name, given in self.elements
            if name == tag and all(given.get(key) == value for key, value in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> dict[str, str]:
        """The one element with these attributes."""
        found = self.every(tag, **attributes)
        assert len(found) == 1, (tag, attributes, found)
        return found[0]

    @property
    def proof(self) -> str:
        """The session's proof, as every form of the page carries it."""
        return self.one("meta", name="csrf")["content"]
