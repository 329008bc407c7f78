"""Pages of pools: all as folders, one in words, and the editor that says whom a change shows before it is saved."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from core.errors import Unavailable
from records.models import Role
from tests.api.answers import ok
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.web.hostile import HOSTILE as STRINGS
from tests.web.reading import Page

HOSTILE = tuple(STRINGS.values())
JAVA = {"tags": {"any": ["Java"]}}


@pytest.fixture
def skilled(emptied: Installation) -> Installation:
    """Two skills and a place."""
    emptied.skills("Java", "Rust")
    emptied.tag("Brno", "location")
    return emptied


@pytest.fixture
def recruiter(skilled: Installation) -> TestClient:
    """The recruiter's browser."""
    return signed_in(skilled, skilled.id_of(Role.RECRUITER))


@pytest.fixture
def administrator(skilled: Installation) -> TestClient:
    """The administrator's browser."""
    return signed_in(skilled, skilled.id_of(Role.ADMINISTRATOR))


def stored(world: Installation, pool: uuid.UUID) -> Any:
    """The pool as the API has it."""
    return ok(world.recruiter.get(f"/v1/pools/{pool}"))


def posted(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to a form, without going on."""
    return client.post(path, data=fields, follow_redirects=False)


def edited(client: TestClient, pool: uuid.UUID, **fields: str) -> Any:
    """The answer to the editor's form, begun from the pool as it is now."""
    path = f"/pools/{pool}/edit"
    version = Page(client.get(path)).one("input", name="version")["value"]
    return posted(client, path, **{"version": version, **fields})


# -- all of them --


def test_the_list_shows_each_folder_before_what_lies_in_it_with_how_it_does(
    skilled: Installation, recruiter: TestClient
) -> None:
    java = skilled.pool("Java", JAVA)
    skilled.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=java)
    nobody = skilled.pool("Nobody's", {"tags": {"any": ["Rust"]}})
    skilled.candidate("Jana", ["Java"])
    skilled.settle()
    skilled.track(java)
    page = Page(recruiter.get("/pools"))
    assert page.text.index("Java") < page.text.index("In Brno") < page.text.index("Nobody's")
    assert page.one("a", href=f"/talent?pool={java}")
    assert "Never matches" in Page(recruiter.get("/pools", params={"health": "nobody"})).text
    narrowed = Page(recruiter.get("/pools", params={"name": "brno"}, headers={"HX-Request": "true"}))
    assert narrowed.every("html") == []
    assert narrowed.every("a", href=f"/pools/{nobody}") == []
    # It stands alone, so it is said where it lies.
    assert narrowed.one("a", href=f"/pools/{java}")
    assert "No pool is like this." in Page(recruiter.get("/pools", params={"name": "zzz"})).text


def test_a_broken_pool_says_why(skilled: Installation, recruiter: TestClient) -> None:
    pool = skilled.pool("Java", JAVA)
    skilled.settle()
    skilled.freeze(pool)
    assert "Broken It failed." in Page(recruiter.get("/pools")).text
    page = Page(recruiter.get(f"/pools/{pool}")).text
    assert "It failed." in page
    assert "Saving it with other criteria mends it." in page


def test_an_installation_without_pools_says_what_they_are_for(recruiter: TestClient) -> None:
    assert "There is no pool yet." in Page(recruiter.get("/pools")).text


# -- one --


def test_a_pool_says_in_words_what_it_asks_and_what_those_above_it_ask(
    skilled: Installation, recruiter: TestClient
) -> None:
    above = skilled.pool("Java", JAVA)
    pool = skilled.pool("In Brno", {"locations": {"any": ["Brno"]}, "tags": {"none": ["Rust"]}}, parent=above)
    skilled.candidate("Jana Nováková", ["Java"], locations=["Brno"])
    skilled.settle()
    skilled.track(above)
    page = Page(recruiter.get(f"/pools/{pool}")).text
    assert "Tag not Rust" in page
    assert "Place Brno" in page
    assert "And what Java asks: Tag Java" in page
    assert "Jana Nováková" in page
    assert "Test hiring_manager Hiring manager · through Java" in page


def test_the_history_says_who_asked_what_since(skilled: Installation, recruiter: TestClient) -> None:
    above = skilled.pool("Java", JAVA)
    pool = skilled.pool("Rust", {"tags": {"any": ["Rust"]}})
    ok(skilled.administrator.patch(f"/v1/pools/{pool}", json={"criteria": {"locations": {"any": ["Brno"]}}}))
    ok(skilled.recruiter.patch(f"/v1/pools/{pool}", json={"parent": str(above)}))
    page = Page(recruiter.get(f"/pools/{pool}")).text
    assert page.index("Moved into Java") < page.index("Added: Place Brno") < page.index("Removed: Tag Rust")
    assert page.index("Test recruiter") < page.index("Test administrator")


def test_a_recruiter_tracks_a_pool_in_one_click_and_ends_it_and_nobody_else(
    skilled: Installation, recruiter: TestClient
) -> None:
    pool = skilled.pool("Java", JAVA)
    skilled.track(pool)
    me, other = skilled.id_of(Role.RECRUITER), skilled.id_of(Role.HIRING_MANAGER)
    path = f"/pools/{pool}/trackers"
    answer = posted(recruiter, path, back="/pools?name=java")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pools?name=java")
    assert [each["pool"] for each in ok(skilled.recruiter.get(f"/v1/users/{me}/tracking"))] == [str(pool)]
    page = Page(recruiter.get(f"/pools/{pool}"))
    assert page.every("select") == []
    assert posted(recruiter, f"{path}/{other}/end").status_code == 403
    assert posted(recruiter, path, user=str(other)).status_code == 403
    assert posted(recruiter, f"{path}/{me}/end", back="https://evil.example.com").headers["location"] == "/"
    assert ok(skilled.recruiter.get(f"/v1/users/{me}/tracking")) == []


def test_an_administrator_has_a_colleague_track_it_who_sees_the_folder_at_once(
    skilled: Installation, administrator: TestClient
) -> None:
    pool = skilled.pool("Java", JAVA)
    skilled.settle()
    analyst, manager = skilled.id_of(Role.ANALYST), skilled.id_of(Role.HIRING_MANAGER)
    assert ok(skilled.manager.get("/v1/pools"))["items"] == []
    page = Page(administrator.get(f"/pools/{pool}"))
    assert page.every("option", value=str(analyst)) == []
    page.one("option", value=str(manager))
    assert posted(administrator, f"/pools/{pool}/trackers", user=str(manager)).status_code == 303
    assert [each["name"] for each in ok(skilled.manager.get("/v1/pools"))["items"]] == ["Java"]
    assert posted(administrator, f"/pools/{pool}/trackers/{manager}/end").status_code == 303
    assert ok(skilled.manager.get("/v1/pools"))["items"] == []
    for nobody in ("nobody", str(uuid.uuid4())):
        assert posted(administrator, f"/pools/{pool}/trackers", user=nobody).status_code in (404, 422)


def test_deleting_says_first_who_sees_less_and_which_pools_lie_in_it(
    skilled: Installation, recruiter: TestClient
) -> None:
    above = skilled.pool("Java", JAVA)
    below = skilled.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    skilled.settle()
    skilled.track(below)
    page = Page(recruiter.get(f"/pools/{above}/delete"))
    assert page.one("a", href=f"/pools/{below}/edit")
    assert page.every("form", action=f"/pools/{above}/delete") == []
    assert "has 1 pools below it" in Page(posted(recruiter, f"/pools/{above}/delete"), 409).text
    assert "Test hiring_manager" in Page(recruiter.get(f"/pools/{below}/delete")).text
    assert posted(recruiter, f"/pools/{below}/delete").headers["location"] == "/pools"
    assert recruiter.get(f"/pools/{below}").status_code == 404
    assert posted(recruiter, f"/pools/{above}/delete").status_code == 303


# -- the editor --


def test_a_search_is_saved_as_a_pool_that_asks_the_same(skilled: Installation, recruiter: TestClient) -> None:
    skilled.candidate("Jana Nováková", ["Java"], locations=["Brno"])
    skilled.candidate("Karel Nový", ["Java"])
    skilled.settle()
    search = "q=&tag=Java&location.not=Brno&sort=name&person=x&cursor=y"
    page = Page(recruiter.get(f"/pools/new?{search}"))
    assert "People now 1" in page.text
    assert "Karel Nový" in page.text
    assert "Jana Nováková" not in page.text
    fields = {"name": "Java elsewhere", "tag": "Java", "location.not": "Brno", "q": "", "parent": ""}
    made = posted(recruiter, "/pools/new", **fields)
    pool = uuid.UUID(made.headers["location"].removeprefix("/pools/"))
    view = stored(skilled, pool)
    assert view["criteria"] == {"tags": {"any": ["java"]}, "locations": {"none": ["brno"]}}
    assert (view["name"], view.get("parent")) == ("Java elsewhere", None)


def test_a_search_in_a_folder_becomes_a_pool_in_that_folder(skilled: Installation, recruiter: TestClient) -> None:
    above = skilled.pool("Java", JAVA)
    skilled.settle()
    page = Page(recruiter.get(f"/pools/new?pool={above}&location=Brno"))
    assert "selected" in page.one("option", value=str(above))
    assert "And what Java asks: Tag Java" in page.text
    made = posted(recruiter, "/pools/new", name="In Brno", parent=str(above), location="Brno")
    view = stored(skilled, uuid.UUID(made.headers["location"].removeprefix("/pools/")))
    assert (view["parent"], view["criteria"]) == (str(above), {"locations": {"any": ["brno"]}})


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"tag": "Java", "created.days": "30"}, "moves every day and a pool would not notice"),
        ({"tag.not": "Java"}, "A pool needs something a person must have"),
        ({"tag": "Jva"}, "Java"),
        ({"tag": "Java", "q": "(java"}, "("),
    ],
)
def test_what_cannot_be_a_pool_is_refused_with_the_reason_and_nothing_typed_is_lost(
    skilled: Installation, recruiter: TestClient, asked: dict[str, str], sentence: str
) -> None:
    shown = Page(recruiter.get("/pools/new", params={"name": "My pool", **asked}))
    refused = Page(posted(recruiter, "/pools/new", name="My pool", **asked), 422)
    for page in (shown, refused):
        assert sentence in page.text
        assert page.one("input", name="name")["value"] == "My pool"
        for name, value in asked.items():
            held = [each.get("value") for each in page.every("input", name=name)]
            held += [each["value"] for each in page.every("option", value=value) if "selected" in each]
            assert value in held, (name, held)
    assert ok(skilled.recruiter.get("/v1/pools"))["items"] == []


def test_a_pool_without_a_name_is_asked_for_one(skilled: Installation, recruiter: TestClient) -> None:
    page = Page(posted(recruiter, "/pools/new", name=" ", tag="Java"), 422)
    assert page.one("input", name="name")["aria-invalid"] == "true"
    assert "This is needed." in page.text


def test_saving_a_tracked_pool_says_first_whom_it_shows_to_how_many(
    skilled: Installation, recruiter: TestClient
) -> None:
    pool = skilled.pool("Java", JAVA)
    for number in range(3):
        skilled.candidate(f"Rust {number}", ["Rust"])
    skilled.candidate("Both", ["Rust"], locations=["Brno"])
    skilled.settle()
    skilled.track(pool)
    asked = Page(edited(recruiter, pool, name="Java", tag="Rust"))
    assert "1 colleague will see 4 more people." in asked.text
    assert "Test hiring_manager" in asked.text
    assert stored(skilled, pool)["criteria"] == {"tags": {"any": ["java"]}}

    agreed = asked.one("input", name="confirmed")["value"]
    # Whoever agreed to one thing did not agree to another.
    other = Page(edited(recruiter, pool, name="Java", tag="Rust", location="Brno", confirmed=agreed))
    assert "1 colleague will see 1 more person." in other.text
    assert stored(skilled, pool)["criteria"] == {"tags": {"any": ["java"]}}

    saved = edited(recruiter, pool, name="Java", tag="Rust", confirmed=agreed)
    assert (saved.status_code, saved.headers["location"]) == (303, f"/pools/{pool}")
    assert stored(skilled, pool)["criteria"] == {"tags": {"any": ["rust"]}}


def test_what_shows_nobody_to_anybody_is_saved_at_once(skilled: Installation, recruiter: TestClient) -> None:
    pool = skilled.pool("Java", JAVA)
    skilled.candidate("Jana", ["Java"])
    skilled.settle()
    skilled.track(pool)
    assert edited(recruiter, pool, name="Java people", tag="java").status_code == 303
    assert edited(recruiter, pool, name="Java people", tag="java", location="Brno").status_code == 303
    assert stored(skilled, pool)["criteria"] == {"tags": {"any": ["java"]}, "locations": {"any": ["brno"]}}
    assert len(ok(skilled.recruiter.get(f"/v1/pools/{pool}/changes"))) == 1


def test_a_change_in_the_meantime_is_said_with_nothing_typed_lost(skilled: Installation, recruiter: TestClient) -> None:
    pool = skilled.pool("Java", JAVA)
    path = f"/pools/{pool}/edit"
    version = Page(recruiter.get(path)).one("input", name="version")["value"]
    ok(
        skilled.administrator.patch(
            f"/v1/pools/{pool}", json={"name": "Theirs", "criteria": {"tags": {"any": ["Rust"]}}}
        )
    )
    answer = posted(recruiter, path, name="Mine", tag="java", location="Brno", version=version)
    page = Page(answer, 412)
    assert "It is called Theirs now, and asks: Tag Rust" in page.text
    assert page.one("input", name="name")["value"] == "Mine"
    assert stored(skilled, pool)["name"] == "Theirs"
    again = page.one("input", name="version")["value"]
    assert posted(recruiter, path, name="Mine", tag="java", location="Brno", version=again).status_code == 303
    assert stored(skilled, pool)["name"] == "Mine"


def test_while_the_engine_is_down_nothing_typed_is_lost(
    skilled: Installation, recruiter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise Unavailable("The search engine does not answer; try again in a moment.")

    monkeypatch.setattr("web.pool_draft.preview_of", down)
    monkeypatch.setattr("api.routes.pools.storable", down)
    for answer in (
        recruiter.get("/pools/new?name=Mine&tag=java"),
        posted(recruiter, "/pools/new", name="Mine", tag="java"),
    ):
        page = Page(answer, answer.status_code)
        assert "The search engine does not answer" in page.text
        assert page.one("input", name="name")["value"] == "Mine"
        assert "checked" in page.one("input", name="tag", value="java")


def test_a_pool_can_lie_in_any_but_itself_and_those_in_it(skilled: Installation, recruiter: TestClient) -> None:
    above = skilled.pool("Java", JAVA)
    below = skilled.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    page = Page(recruiter.get(f"/pools/{above}/edit"))
    assert [each["value"] for each in page.every("option") if each["value"] in (str(above), str(below))] == []
    refused = Page(edited(recruiter, above, name="Java", tag="java", parent=str(below)), 422)
    assert "“In Brno” lies below “Java”." in refused.text


def test_the_proof_never_stands_in_an_address(skilled: Installation, recruiter: TestClient) -> None:
    answer = recruiter.get("/pools/new?tag=Java")
    page = Page(answer)
    assert page.one("form", id="editor")["method"] == "get"
    # A form sent by GET puts what is in it into its address, but of its buttons only the one that was pressed.
    editor = answer.text.partition('<form id="editor"')[2].partition("</form>")[0]
    assert 'type="hidden" name="csrf"' not in editor
    assert [each["formmethod"] for each in page.every("button", name="csrf")] == ["post"]


def test_hostile_names_are_text(skilled: Installation, administrator: TestClient) -> None:
    made = {name: skilled.pool(name, JAVA) for name in HOSTILE}
    below = {name: skilled.pool(name, {"locations": {"any": ["Brno"]}}, parent=pool) for name, pool in made.items()}
    for name in HOSTILE:
        skilled.candidate(name, ["Java"], locations=["Brno"], headline=name)
    skilled.settle()
    skilled.track(made[HOSTILE[0]])
    paths = {"/pools": HOSTILE}
    for name, pool in made.items():
        ok(skilled.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": {"tags": {"any": ["Java", "Rust"]}}}))
        paths |= {f"/pools/{pool}": (name,), f"/pools/{pool}/delete": (name,), f"/pools/{below[name]}": (name,)}
        paths |= {f"/pools/{below[name]}/edit": (name,)}
    for path, names in paths.items():
        page = harmless(administrator.get(path))
        for name in names:
            assert " ".join(name.split()) in page.text, path
    for name in HOSTILE:
        typed = harmless(administrator.get("/pools/new", params={"name": name, "tag": name, "q": name}))
        assert typed.one("input", name="name")["value"] == name


def harmless(answer: Any) -> Page:
    """A page with nothing in it that somebody wrote into a name."""
    page = Page(answer)
    assert page.every("img", src="x") == []
    assert [script for script in page.every("script") if not script.get("src")] == []
    return page
