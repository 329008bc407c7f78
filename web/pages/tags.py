"""Tags kept in order: found, added, renamed, moved in their tree, merged."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from api.fields import Key, Printable
from api.routes import tags
from api.routes.tags import ChangedTag, Merge, NewTag, TagKind
from api.work import StaffWork, Work
from core.errors import MicropoolsError
from web.addresses import in_path
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import KINDS

router = pages()

A_PAGE = 50
TAG_KINDS = tuple(kind for kind in KINDS if kind != "pool")

Typed = Annotated[str, Query(max_length=200), Printable]


@router.get("/settings/tags")
def listed(
    request: Request,
    work: StaffWork,
    q: Typed = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str | None, Query(max_length=200), Printable] = None,
) -> Response:
    """By name, with how many people carry each."""
    return _listed(request, work, Filled(), q, kind, after)


@router.post("/settings/tags")
def add(request: Request, form: Sent, work: StaffWork) -> Response:
    """Another one."""
    language = language_of(request)
    values = {"name": form.text("name"), "kind": form.text("kind"), "synonyms": _lines(form.text("synonyms"))}
    try:
        body = body_of(NewTag, values | {"parent": form.text("parent") or None}, language)
        tags.create(body, Response(), work)
    except MicropoolsError as error:
        return _listed(request, work, Filled.again(work, form, error), "", "", None)
    return go_and_say(request, "/settings/tags", language.say("Added."))


@router.get("/settings/tags/{key:path}")
def one(request: Request, key: Key, work: StaffWork) -> Response:
    """A tag with all it answers to, what lies around it, and who uses it."""
    return _one(request, work, key, Filled())


@router.post("/settings/tags/{key:path}")
def change(request: Request, key: Key, form: Sent, work: StaffWork) -> Response:
    """Another name, other synonyms, another place in the tree; or merged into another one."""
    try:
        if form.text("what") == "merge":
            return _merged(request, key, form, work)
        values = {
            "name": form.text("name"),
            "synonyms": _lines(form.text("synonyms")),
            "parent": form.text("parent").strip() or None,
        }
        changed = tags.change(key, body_of(ChangedTag, values, language_of(request)), work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return _one(request, work, key, Filled.again(work, form, error))
    said = language_of(request).many(
        "Saved. %(n)s person gets a new document.", "Saved. %(n)s people get new documents.", changed.people
    )
    return go_and_say(request, f"/settings/tags/{in_path(key)}", said)


def _merged(request: Request, key: str, form: Form, work: Work) -> Response:
    language = language_of(request)
    merged = tags.merge(body_of(Merge, {"tag": key, "into": form.text("into")}, language), work)
    return go_and_say(
        request, f"/settings/tags/{in_path(merged.key)}", language.say("Merged. This tag answers to both names now.")
    )


def _lines(text: str) -> list[str]:
    """One synonym a line, or separated by commas."""
    return [part.strip() for line in text.splitlines() for part in line.split(",") if part.strip()]


def _listed(request: Request, work: Work, form: Filled, q: str, kind: str, after: str | None) -> Response:
    only: TagKind | None = kind if kind in TAG_KINDS else None  # type: ignore[assignment]  # one of them
    found = tags.index(work, q=q, kind=only, limit=A_PAGE, after=after)
    values = {
        "tags": found,
        "people": tags.people_of(work, [tag.key for tag in found]),
        "names": tags.names_of(work, [key for tag in found for key in tag.lineage]),
        "next": found[-1].key if len(found) == A_PAGE else None,
        "first": after is None,
        "q": q,
        "kind": only or "",
        "kinds_of_tags": TAG_KINDS,
        "form": form,
    }
    return page(request, "tags.html", work, values, form.status)


def _one(request: Request, work: Work, key: str, form: Filled) -> Response:
    tag = tags.read(key, work)
    names = tags.names_of(work, [*tag.lineage, *tag.below])
    return page(request, "tag.html", work, {"tag": tag, "names": names, "form": form}, form.status)
