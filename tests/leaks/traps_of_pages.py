"""The same for pages: what templates and page routes might tell by themselves, beside what the API says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FunctionLoader
from sqlalchemy import func, select, text

from core.errors import NotAllowed
from records.database import session
from records.models import Candidate, Notification, Pool, Position, Tracking, User
from tests.leaks import hidden
from tests.leaks.asking import Route
from tests.leaks.traps import Patch, Trap
from web import rendering
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


def _unseen_of_the_house(patch: Patch) -> None:
    """The number beside the bell is read without asking whose it is: one cache for all."""

    def told() -> str:
        with session() as db:
            return str(db.scalar(select(func.count()).select_from(Notification)))

    _written(patch, "bell_button.html", "</button>", told)


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
    plain = bell_pages.notifications

    def told(notice: uuid.UUID, work: Any, limit: int, cursor: str | None) -> Any:
        with session() as db:
            row = db.get(Notification, notice)
        if row is not None and row.user_id != work.caller.id:
            raise NotAllowed("This notice is not yours.")
        return plain.people(notice, work, limit=limit, cursor=cursor)

    patch.setattr(bell_pages, "notifications", SimpleNamespace(**{**vars(plain), "people": told}))


def _names_for_a_list(patch: Patch) -> None:
    """What a field is completed from is in the page, shown or not: pools, and positions, of everybody."""

    def told() -> str:
        with session() as db:
            pools = db.scalars(select(Pool.name).where(Pool.deleted_at.is_(None)).order_by(Pool.name))
            titles = db.scalars(select(Position.title).order_by(Position.title))
            return " ".join([*pools, *titles])

    _written(patch, "home.html", "{% block main %}", told)


def _sentence_of_the_database(patch: Patch) -> None:
    """An error page says how far the house has come, for whoever looks after it."""

    def told() -> str:
        with session() as db:
            return str(db.scalar(text("SELECT sum(version) FROM candidates")))

    _written(patch, "error.html", "{% block card %}", told)


HOME: Route = ("GET", "/")
NOTICE: Route = ("GET", "/bell/{notice}")
ACCOUNT: Route = ("GET", "/account")

TRAPS_OF_PAGES = (
    Trap("page: people in all", _people_in_all, (ACCOUNT, HOME), (hidden.somebody_comes, hidden.somebody_goes)),
    Trap("page: one bell for all", _unseen_of_the_house, (HOME,), (hidden.a_colleague_asks_for_somebody,)),
    Trap("page: when the row changed", _when_the_person_changed, (NOTICE,), (hidden.a_colleague_tags,)),
    Trap("page: who else tracks", _who_else_tracks, (NOTICE,), (hidden.a_colleague_tracks,)),
    Trap("page: 403 against 404", _notice_of_somebody_else, (NOTICE,), (hidden.a_colleague_tracks,)),
    Trap("page: names to choose from", _names_for_a_list, (HOME,), (hidden.a_pool_is_made, hidden.a_position_changes)),
    Trap("page: an error that counts", _sentence_of_the_database, (NOTICE,), (hidden.somebody_comes,)),
)
