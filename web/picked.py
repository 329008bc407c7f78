"""The people a form of a list was sent with: those ticked one by one, or everybody the list's search finds."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from api.selecting import Selection
from search.address import criteria_in
from web.addresses import HOME, own_path
from web.forms import Form, body_of
from web.languages import Language

LIST = "/talent"


@dataclass(frozen=True, slots=True)
class Picked:
    """Whom a form means, in which order, and where its list is. `query` is the search of which everybody is meant."""

    people: tuple[str, ...]
    query: str | None
    order: str
    back: str

    @classmethod
    def of(cls, form: Form) -> Picked:
        """As the form says."""
        back = own_path(form.text("back"))
        query = form.text("query") if form.text("everybody") else None
        people = () if query is not None else tuple(dict.fromkeys(form.all("person")))
        return cls(people, query, form.text("order"), LIST if back == HOME else back)

    @property
    def is_empty(self) -> bool:
        """Whether nobody was ticked."""
        return self.query is None and not self.people

    def selection(self, language: Language) -> Selection:
        """The same as the API takes it. Raises Invalid."""
        if self.query is None:
            return body_of(Selection, {"people": self.people}, language)
        criteria = criteria_in(parse_qsl(self.query, keep_blank_values=True))
        return body_of(Selection, {"criteria": criteria, "order": self.order or None}, language)
