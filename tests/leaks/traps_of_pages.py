"""The same for pages: what templates and page routes might tell by themselves, beside what the API says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FunctionLoader
from sqlalchemy import func, select, text

from api.routes import notifications
from core.errors import NotAllowed
from records.database import session
from records.models import Application, Candidate, Notification, Tag, Tracking, User
from tests.api.traces import version
from tests.leaks import hidden
from tests.leaks.asking import Route
from tests.leaks.traps import Patch, Trap
from web import person_form, rendering
from web.pages import bell as bell_pages


def _written(patch: Patch, template: str, after: str, told: Callable[..., Any], call: str = "told()") -> None:
    """Have a template say something more, as if its author had had it at hand."""
    plain = rendering._templates

    @lru_cache
    def more(code: str) -> Environment:
        here = plain(code)

        def source(name: str) -> tuple[str, None, Callable[[], bool]]:
            assert here.loader is not None
            written = here.loader.get_source(here, name)[0]
            if name == template:
                assert after in written
                written = written.replace(after, f"{after}{{{{ {call} }}}}", 1)
            return written, None, lambda: True

        found = here.overlay(loader=FunctionLoader(source))
        found.globals = {**here.globals, "told": told}
        return found

    patch.setattr(rendering, "_templates", more)


def _people_in_all(patch: Patch) -> None:
    """“Search in 5,500 people”, on every page."""

    def told() -> str:
        with session() as db:
            everybody = select(func.count()).select_from(Candidate).where(Candidate.deleted_at.is_(None))
            return f"Search in {db.scalar(everybody)} people"

    _written(patch, "base.html", "</nav>", told)


def _when_the_person_changed(patch: Patch) -> None:
    """“Last changed” beside a name: it moves with what the reader may not see."""

    def told(person: uuid.UUID) -> str:
        with session() as db:
            return str(db.get_one(Candidate, person).updated_at)

    _written(patch, "notice.html", "{% for each in people.items %}<li>", told, "told(each.id)")


def _who_else_tracks(patch: Patch) -> None:
    """“Also told: Eva, Petr” below a notice."""

    def told(notice: Any) -> str:
        query = select(User.name).join(Tracking, Tracking.user_id == User.id)
        with session() as db:
            names = db.scalars(
                query.where(Tracking.pool_id.in_([pool.id for pool in notice.pools])).order_by(User.name)
            )
            return f"Also told: {', '.join(names)}"

    _written(patch, "notice.html", '<p class="muted">', told, "told(notice)")


def _notice_of_somebody_else(patch: Patch) -> None:
    """Somebody else's notice is no unknown one."""
    plain = notifications

    def told(notice: uuid.UUID, work: Any, limit: int, cursor: str | None) -> Any:
        with session() as db:
            row = db.get(Notification, notice)
        if row is not None and row.user_id != work.caller.id:
            raise NotAllowed("This notice is not yours.")
        return plain.people(notice, work, limit=limit, cursor=cursor)

    patch.setattr(bell_pages, "notifications", SimpleNamespace(**{**vars(plain), "people": told}))


def _names_for_a_list(patch: Patch) -> None:
    """What a field is completed from is in the page, shown or not: every tag there is."""

    def told() -> str:
        with session() as db:
            return " ".join(db.scalars(select(Tag.name).order_by(Tag.name)))

    _written(patch, "talent.html", "{% block main %}", told)


def _how_often_they_applied(patch: Patch) -> None:
    """“3 applications”, where the applications themselves are left out."""

    def told(person: uuid.UUID) -> str:
        with session() as db:
            applied = select(func.count()).select_from(Application).where(Application.candidate_id == person)
            return f"{db.scalar(applied)} applications"

    _written(patch, "person_sheet.html", '<header class="head">', told, "told(person.id)")


def _stamp_of_the_row(patch: Patch) -> None:
    """A hidden field of a form says which version of the row it was opened at."""
    plain = person_form.stamp_of
    patch.setattr(person_form, "stamp_of", lambda person: f"{plain(person)}-{version(person.id)}")


def _sentence_of_the_database(patch: Patch) -> None:
    """An error page says how far the house has come, for whoever looks after it."""

    def told() -> str:
        with session() as db:
            return str(db.scalar(text("SELECT sum(version) FROM candidates")))

    _written(patch, "error.html", "{% block card %}", told)


HOME: Route = ("GET", "/")
NOTICE: Route = ("GET", "/bell/{notice}")
TALENT: Route = ("GET", "/talent")
PERSON: Route = ("GET", "/people/{candidate}")
EDIT: Route = ("GET", "/people/{candidate}/edit")

TRAPS_OF_PAGES = (
    Trap("page: people in all", _people_in_all, (HOME,), (hidden.somebody_comes, hidden.somebody_goes)),
    Trap("page: when the row changed", _when_the_person_changed, (NOTICE,), (hidden.a_colleague_tags,)),
    Trap("page: who else tracks", _who_else_tracks, (NOTICE,), (hidden.a_colleague_tracks,)),
    Trap("page: 403 against 404", _notice_of_somebody_else, (NOTICE,), (hidden.a_colleague_tracks,)),
    Trap("page: names to choose from", _names_for_a_list, (TALENT,), (hidden.a_tag_appears,)),
    Trap("page: how often they applied", _how_often_they_applied, (PERSON,), (hidden.somebody_applies,)),
    Trap("page: a form at a version of the row", _stamp_of_the_row, (EDIT,), (hidden.a_colleague_tags,)),
    Trap("page: an error that counts", _sentence_of_the_database, (PERSON,), (hidden.somebody_comes,)),
)
