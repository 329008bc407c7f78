"""Forms: read once, made into the API's own bodies, and shown again with what is wrong beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ValidationError

from api import csrf
from api.problems import MOST_PROBLEMS, message_of, place_of
from api.work import OpenWork
from core.errors import Invalid, MicropoolsError, Problem, TooMany
from web.languages import Language
from web.wording import noted

# A bulk action on every person of a page sends each of them.
MOST_FIELDS = 2_000
PROOF = "csrf"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent, in its order."""

    pairs: tuple[tuple[str, str], ...] = ()

    def text(self, name: str) -> str:
        """The value of a field; nothing where it was not sent. Lines end as they do everywhere else."""
        found = next((value for key, value in self.pairs if key == name), "")
        return found.replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be sent several times."""
        return [value for key, value in self.pairs if key == name]


async def read(request: Request) -> Form:
    """The form of a request. Its size is bounded before (api/limits.py), the number of its fields here."""
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid(noted("This form could not be read. Load the page again and repeat.")) from error
    return Form(tuple(pairs))


def keep(request: Request, form: Form) -> None:
    """Have the form, and the session's proof in it, at hand for whoever handles this request."""
    request.state.form = form
    csrf.bring(request, form.text(PROOF))


def _kept(request: Request) -> Form:
    form: Form = request.state.form
    return form


Sent = Annotated[Form, Depends(_kept)]


def body_of(model: type[Model], values: Mapping[str, object], language: Language) -> Model:
    """The API's own body made of a form's values. Raises Invalid with the places the API would name."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = tuple(
            Problem(place_of(("body", *each["loc"])), _sentence(each, language))
            for each in error.errors(include_url=False)[:MOST_PROBLEMS]
        )
        raise Invalid(noted("Some of this cannot be used as it is."), problems=problems) from error


def _sentence(error: Any, language: Language) -> str:
    """What is wrong with a field, for somebody who sees a form and no JSON."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind in ("string_too_short", "missing", "string_type"):
        return language.say("This is needed.")
    if kind == "string_too_long":
        most = limits["max_length"]
        return language.many("At most %(n)s character fits here.", "At most %(n)s characters fit here.", most)
    if kind == "string_pattern_mismatch":
        return language.say("This is not written as it should be.")
    return language.say(message_of(error))


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as a page shows it: what is in it, and what was wrong with it when it was sent."""

    values: Mapping[str, str] = field(default_factory=dict)
    error: MicropoolsError | None = None

    @classmethod
    def again(cls, work: OpenWork, form: Form, error: MicropoolsError) -> Filled:
        """The form as it was sent, but for what is secret; and what was begun with it is taken back.

        For the API an error ends the unit of work. Here the page is an answer, with which it would be committed.
        """
        work.db.rollback()
        hidden = {PROOF, "password", "old", "new", "token", "bot_token", "signing_secret"}
        return cls({name: form.text(name) for name, _ in form.pairs if name not in hidden}, error)

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")

    def problem(self, name: str) -> str:
        """What is wrong with a field, if anything. `email` is at fault where the API says `body.email`."""
        return next((each.message for each in self._problems if _field(each.place) == name), "")

    def beside(self, *names: str) -> list[str]:
        """What is wrong and stands beside none of these fields, so that it has to be said above them all."""
        if self.error is None:
            return []
        others = [each.message for each in self._problems if _field(each.place) not in names]
        return others or ([] if self._problems else [self.error.detail])

    @property
    def status(self) -> int:
        """The status of the page with this form on it."""
        return self.error.status if self.error else 200

    @property
    def _problems(self) -> tuple[Problem, ...]:
        return self.error.problems if self.error else ()


def whole_number(text: str) -> int | None:
    """A number that was sent, if it is one and no longer than numbers are here: of thousands of digits none is made."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def or_later(answer: Response, form: Filled) -> Response:
    """The answer with this form on it, which says when to come again where somebody tried too often."""
    if isinstance(form.error, TooMany):
        answer.headers["Retry-After"] = str(round(form.error.wait_s) + 1)
    return answer


def _field(place: str) -> str:
    """`body.criteria.tags.any[0]` is about the field `criteria.tags.any`."""
    return place.removeprefix("body.").partition("[")[0]
