"""What stands around every page: who reads it, in which language and colours, and what is on their bell."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from fastapi import Request

from api import csrf
from api.authentication import Credentials
from api.routes.notifications import unseen_of
from api.work import READERS, Work
from records.models import Role
from web import choices, said
from web.choices import Theme
from web.languages import Language, language_of
from web.navigation import Link, links_for


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is signed in."""

    id: uuid.UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Frame:
    """Around a page. Without a reader it is the page of somebody who is not signed in."""

    language: Language
    theme: Theme | None
    keys: bool
    path: str
    address: str
    said: str
    reader: Reader | None = None
    csrf: str = ""
    unseen: int = 0
    links: tuple[Link, ...] = ()

    @property
    def searches(self) -> bool:
        """Whether the reader may search for people."""
        return self.reader is not None and self.reader.role in READERS

    @property
    def unseen_words(self) -> str:
        """The number beside the bell, for who does not see it."""
        return self.language.many("%(n)s unseen notice", "%(n)s unseen notices", self.unseen)

    @property
    def unseen_forms(self) -> dict[str, str]:
        """The same for any number, by plural form: the script that counts has no catalogue."""
        return self.language.forms("%(n)s unseen notice", "%(n)s unseen notices")

    @property
    def selected_forms(self) -> dict[str, str]:
        """How many people of a list are selected, for a script that counts them."""
        return self.language.forms("%(n)s selected", "%(n)s selected")

    @property
    def elsewhere_forms(self) -> dict[str, str]:
        """How many of them are not on the part of the list that is shown."""
        return self.language.forms("%(n)s of them not on this page", "%(n)s of them not on this page")


def frame_of(request: Request, work: Work | None = None, *, whole: bool = True) -> Frame:
    """The frame of the page that answers this request; `work` is that of a reader who is signed in.

    A part of a page has the bar around it already: without `whole` the bell is not counted for it.
    """
    path = request.url.path
    reader = Reader(work.caller.id, work.caller.name, work.caller.role) if work else None
    return Frame(
        language=language_of(request),
        theme=choices.theme_of(request),
        keys=choices.keys_of(request),
        path=path,
        address=f"{path}?{request.url.query}" if request.method == "GET" and request.url.query else path,
        said=said.said(request),
        reader=reader,
        csrf=csrf.proof_for(Credentials.of(request).session or "") if work else "",
        unseen=unseen_of(work) if work and whole else 0,
        links=links_for(reader.role) if reader else (),
    )
