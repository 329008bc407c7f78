"""What was set aside is listed with its error, and tried again when an administrator says so."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from typer.testing import CliRunner

import indexer.drain
from cli.main import app
from indexer.document import build_document
from records import outbox
from records.database import session
from tests.api.answers import ok
from tests.indexer.test_drain import let_time_pass
from tests.installation import Installation

run = CliRunner()


def refusing(candidate: uuid.UUID, person: dict[str, Any], tags: Any) -> dict[str, Any]:
    """The document builder, with a field the engine does not know on everybody called Bad."""
    extra = {"unheard_of": 1} if person["name"].startswith("Bad") else {}
    return build_document(candidate, person, tags) | extra


@pytest.fixture
def dead(world: Installation, monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """Three people whom the engine refused ten times, in the order of their ids; a fourth went through."""
    bad = [world.candidate(f"Bad {n}") for n in range(3)]
    world.candidate("Good")
    with monkeypatch.context() as patch:
        patch.setattr(indexer.drain, "build_document", refusing)
        for _ in range(outbox.MAX_ATTEMPTS):
            while not indexer.drain.drain_batch().nothing_due:
                pass
            let_time_pass()
    return sorted(bad)


def test_what_was_set_aside_is_listed_page_by_page_with_its_error(world: Installation, dead: list[uuid.UUID]) -> None:
    first = ok(world.administrator.get("/v1/dead-letters", params={"limit": 2}))
    second = ok(world.administrator.get("/v1/dead-letters", params={"limit": 2, "cursor": first["next"]}))
    items = [*first["items"], *second["items"]]
    assert [uuid.UUID(item["id"]) for item in items] == dead
    assert "next" not in second or second["next"] is None
    for item in items:
        assert (item["kind"], item["attempts"]) == ("candidate", outbox.MAX_ATTEMPTS)
        assert "unheard_of" in item["error"]
        assert item["since"] < item["set_aside_at"]


def test_one_is_tried_again_and_the_others_wait(world: Installation, dead: list[uuid.UUID]) -> None:
    body = {"ids": [str(dead[1]), str(uuid.uuid4())]}
    assert ok(world.administrator.post("/v1/dead-letters/retry", json=body)) == {"retried": 1}
    world.settle()
    left = ok(world.administrator.get("/v1/dead-letters"))["items"]
    assert [uuid.UUID(item["id"]) for item in left] == [dead[0], dead[2]]
    assert dead[1] in world.found({})
    assert ok(world.administrator.post("/v1/dead-letters/retry", json={})) == {"retried": 2}
    world.settle()
    assert len(world.found({})) == 4
    with session() as db:
        assert outbox.backlog(db) == []


def test_what_fails_again_is_counted_anew_and_set_aside_again(
    world: Installation, dead: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(world.administrator.post("/v1/dead-letters/retry", json={"ids": [str(dead[0])]}))
    monkeypatch.setattr(indexer.drain, "build_document", refusing)
    assert indexer.drain.drain_batch().failed == 1
    assert len(ok(world.administrator.get("/v1/dead-letters"))["items"]) == 2
    for _ in range(outbox.MAX_ATTEMPTS - 1):
        let_time_pass()
        indexer.drain.drain_batch()
    assert len(ok(world.administrator.get("/v1/dead-letters"))["items"]) == 3


def test_the_command_lists_ends_with_4_and_tries_again(
    world: Installation, dead: list[uuid.UUID], tmp_path: Any
) -> None:
    listed = run.invoke(app, ["deadletters", "--json", "--home", str(tmp_path)])
    assert listed.exit_code == 4
    assert [str(each) in line for each, line in zip(dead, listed.stdout.splitlines(), strict=True)] == [True] * 3

    unknown = run.invoke(app, ["deadletters", str(uuid.uuid4()), "--retry", "--home", str(tmp_path)])
    assert unknown.exit_code == 1

    one = run.invoke(app, ["deadletters", str(dead[0]), "--retry", "--home", str(tmp_path)])
    assert (one.exit_code, one.stdout.startswith("1 tried again")) == (0, True)
    rest = run.invoke(app, ["deadletters", "--retry", "--json", "--home", str(tmp_path)])
    assert '{"retried": 2}' in rest.stdout
    world.settle()
    assert len(world.found({})) == 4
    none = run.invoke(app, ["deadletters", "--home", str(tmp_path)])
    assert (none.exit_code, none.stdout.strip()) == (0, "Nothing was set aside.")
