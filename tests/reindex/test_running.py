"""Who runs a reindex: one at a time, whoever is there; asked for by command or API; seen by those who may."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli.main import app
from core.settings import settings
from embedded.process import wait_until
from engine.indexes import drop_index, index_aliases
from engine.process import engine
from indexer.rebuild import rebuild
from indexer.reindex import settling
from indexer.reindex.filling import next_page
from indexer.reindex.pace import LEAST_PAUSE, Pace, idle_ms
from indexer.reindex.rehearsal import rehearse
from indexer.reindex.running import advance
from indexer.tidy import tidy
from mappings.installed import our_indexes
from records.database import database, session
from records.ids import FIRST
from records.lease import is_held, lease
from records.locks import REHEARSAL, REINDEX
from records.models import Role
from records.repositories import filling
from tests.api.answers import ok, problem
from tests.api.serving import opened, served
from tests.indexer.test_drain import closed_for_writing
from tests.installation import Installation
from tests.reindex.steps import CutOff, begin, job_of, run, serves

command = CliRunner()


def indexes() -> set[str]:
    return {name for kind in ("candidates", "pools") for name in our_indexes(engine(), settings().index_prefix, kind)}


def test_a_second_one_is_refused_with_who_began_the_first_and_how_far_it_is(place: Installation) -> None:
    begun = ok(place.administrator.post("/v1/reindex", json={}), 201)["id"]

    refused = problem(place.administrator.post("/v1/reindex", json={}), 409)["detail"]

    assert "Test administrator" in refused
    assert "0 of 0 people" in refused
    with lease(REINDEX):
        again = command.invoke(app, ["reindex"])
    assert again.exit_code == 5
    assert "Test administrator" in again.stderr.replace("\n", " ")
    shown = ok(place.administrator.get(f"/v1/reindex/{begun}"))
    assert (shown["state"], shown["started_by"]) == ("running", str(place.id_of(Role.ADMINISTRATOR)))


def test_one_that_the_api_began_is_done_by_a_worker(place: Installation) -> None:
    from worker.app import reindex

    place.candidate("Somebody")
    place.settle()
    before = serves()
    begun = uuid.UUID(ok(place.administrator.post("/v1/reindex", json={"accept_differences": True}), 201)["id"])

    reindex()

    assert job_of(begun).state == "swapped"
    assert serves() != before
    ok(place.administrator.post(f"/v1/reindex/{begun}/rollback"))
    reindex()
    assert job_of(begun).state == "rolled_back"
    assert serves() == before
    assert "rolled back" in problem(place.administrator.post(f"/v1/reindex/{begun}/finish"), 409)["detail"]
    assert ok(place.administrator.get("/v1/reindex"))["due"] is True


def test_a_process_with_other_settings_leaves_it_alone(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begin()
    with monkeypatch.context() as patch:
        patch.setenv("KEPT_WORDS", "")
        settings.cache_clear()
        assert advance()
        assert job_of(job).step == "making"
        assert command.invoke(app, ["reindex"]).exit_code == 5
    settings.cache_clear()
    run()
    assert job_of(job).state == "swapped"


def test_two_cannot_run_it_at_once_and_a_lost_connection_gives_it_back(place: Installation) -> None:
    with lease(REINDEX) as first, session() as db:
        assert first is not None
        assert is_held(db, REINDEX)
        assert not advance()
        first.commit()
        pid = first.scalar(text("SELECT pg_backend_pid()"))
        first.commit()
        with database().connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            connection.commit()
        assert wait_until(_free, timeout_s=20)
        assert advance()


def _free() -> bool:
    with session() as db:
        return not is_held(db, REINDEX)


def test_the_command_says_what_it_did_and_ends_with_0(place: Installation) -> None:
    place.candidate("Somebody")
    place.settle()

    done = command.invoke(app, ["reindex", "--accept-differences", "--json"])

    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["state"], report["people"]) == ("swapped", {"done": 1, "total": 1})
    assert report["indexes"]["new"] == [serves().candidates, serves().pools]
    assert command.invoke(app, ["reindex"]).exit_code == 5, "the old pair is kept until somebody decides"
    assert json.loads(command.invoke(app, ["reindex", "--finish", "--json"]).stdout)["state"] == "finished"
    assert command.invoke(app, ["reindex", "--rollback"]).exit_code == 5
    assert indexes() == {serves().candidates, serves().pools}


def test_one_that_was_left_is_taken_up_by_the_command(place: Installation) -> None:
    job = begin()

    def cut(at: object) -> None:
        if job_of(job).step == "registering":
            raise CutOff

    with pytest.raises(CutOff):
        run(cut)
    assert command.invoke(app, ["reindex"]).exit_code == 0
    assert job_of(job).state == "swapped"


def test_a_rehearsal_tells_the_difference_and_changes_nothing(place: Installation) -> None:
    place.candidate("Somebody")
    place.pool("Words", {"text": "java"})
    place.settle()
    before = indexes()

    told = command.invoke(app, ["reindex", "--dry-run", "--json"])

    assert told.exit_code == 0, told.output
    report = json.loads(told.stdout.splitlines()[-1])
    assert any("kept_words" in each for each in report["differences"]["candidates"])
    assert any("kept_words" in each for each in report["differences"]["pools"])
    assert (report["people"], report["pools"]) == (1, 1)
    assert report["seconds"] > 0
    assert indexes() == before
    assert engine().call("GET", f"/{settings().index_prefix}-rehearsal-*/_alias", allow_no_indices=True) == {}
    assert ok(place.administrator.get("/v1/reindex"))["items"] == []


@pytest.mark.parametrize("next_comes", ["another rehearsal", "housekeeping", "indexes made anew"])
def test_what_a_killed_rehearsal_left_of_people_is_dropped_by_whatever_comes_next(
    place: Installation, next_comes: str
) -> None:
    prefix = settings().index_prefix
    left, others = f"{prefix}-rehearsal-candidates-0a1b2c3d", f"{prefix}-rehearsal-candidates-0a1b2c3d-1"
    for name in (left, others):
        engine().call("PUT", f"/{name}")
    try:
        with lease(REHEARSAL):  # somebody else's, which is under way
            tidy()
            assert command.invoke(app, ["reindex", "--dry-run"]).exit_code == 5
            assert left in index_aliases(engine(), f"{prefix}-rehearsal-*")
        {"another rehearsal": rehearse, "housekeeping": tidy, "indexes made anew": rebuild}[next_comes]()
        assert index_aliases(engine(), f"{prefix}-rehearsal-*").keys() == {others}, "that is another installation's"
    finally:
        drop_index(engine(), left)
        drop_index(engine(), others)


def test_operators_are_told_that_one_is_due_until_it_is_done(place: Installation) -> None:
    def told() -> bool:
        parts = ok(place.anonymous.get("/readyz"))["parts"]
        return any(part["name"] == "mapping" and "micropools reindex" in part["what_waits"] for part in parts)

    assert told()
    assert "micropools_reindex_due 1.0" in place.administrator.get("/metrics").text
    assert ok(place.administrator.get("/v1/reindex"))["due"] is True
    begin()
    run()
    assert not told()
    assert ok(place.administrator.get("/v1/reindex"))["due"] is False
    assert 'micropools_reindex{state="swapped"} 1.0' in place.administrator.get("/metrics").text


def test_each_part_that_waits_has_a_name_of_its_own(place: Installation) -> None:
    with closed_for_writing("read_only_allow_delete"):
        names = [part["name"] for part in ok(place.anonymous.get("/readyz"))["parts"]]
    assert {"indexes", "mapping"} <= set(names)
    assert len(names) == len(set(names))


def test_copies_that_never_settle_hold_it_up_for_so_long_in_all_and_not_in_each_turn(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin()
    # As on a cluster that is busy for hours.
    monkeypatch.setattr(settling, "is_settled", lambda *_: False)
    monkeypatch.setattr(settling, "MOST", timedelta(seconds=2))
    monkeypatch.setattr(settling, "LOOK_S", 0.05)

    turns = 0
    while job_of(job).step in ("making", "filling", "registering", "settling") and turns < 100:
        advance(seconds=0.5)
        turns += 1

    assert job_of(job).steps.keys() >= {"settling", "verifying"}, turns


@pytest.fixture
def address(place: Installation) -> Iterator[str]:
    """The API behind a real server."""
    with served() as url:
        yield url


def test_administrators_see_it_on_their_stream_and_nobody_else_does(place: Installation, address: str) -> None:
    with (
        opened(address, place.token_of(Role.ADMINISTRATOR)) as theirs,
        opened(address, place.token_of(Role.RECRUITER)) as others,
    ):
        theirs.read("unseen")
        others.read("unseen")
        job = begin()
        run()
        (event,) = theirs.read("reindex")
        while event.data["state"] == "running":
            (event,) = theirs.read("reindex")
        assert (event.data["id"], event.data["state"]) == (str(job), "swapped")
        # The next thing others hear is what concerns them.
        place.skills("Java")
        pool = place.pool("Java", {"tags": {"any": ["Java"]}})
        place.settle()
        place.track(pool, Role.RECRUITER)
        ok(place.administrator.post("/v1/candidates", json={"name": "Somebody", "tags": ["Java"]}), 201)
        place.settle()
        others.read("notice", "unseen")


def test_a_page_to_fill_with_is_bounded_by_its_weight_and_never_empty(place: Installation) -> None:
    for number in range(4):
        place.candidate(f"Person {number}", cv_text="x" * 50_000)
    with session() as db:
        page = next_page(db, FIRST, 500)
        assert page is not None
        assert len(page.documents) == 4
        for most, expected in ((1, 1), (60_000, 2), (150_000, 3)):
            assert len(filling.next_people(db, FIRST, 500, most).people) == expected


def test_it_pauses_while_searches_suffer_and_only_while_somebody_searches(place: Installation) -> None:
    place.candidate("Somebody")
    place.settle()
    real = idle_ms()

    with Pace(real / 1_000, 0.0) as pace:
        deadline = time.monotonic() + 30
        # Against an idle time this small any search seems to suffer.
        while pace.pause <= LEAST_PAUSE and time.monotonic() < deadline:
            place.found({})
        assert pace.pause > LEAST_PAUSE
        assert pace.portion(500) < 500
        assert wait_until(lambda: pace.pause == 0, timeout_s=30), "nobody searches any more"
        assert pace.portion(500) == 500


def test_without_suffering_it_hardly_pauses(place: Installation) -> None:
    with Pace(60_000.0, 8.0) as pace:
        deadline = time.monotonic() + 30
        while pace.pause > 4 and time.monotonic() < deadline:
            place.found({})
        assert pace.pause <= 4
