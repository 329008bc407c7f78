"""The pages of people: added, edited, tagged, rejected, shared and erased; and what each reader is shown of them."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from records.models import Role
from tests.api.answers import ok
from tests.api.browser import signed_in
from tests.api.scene import People, Persona, Scene
from tests.installation import Installation
from tests.web.reading import Page

PART = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def recruiter(house: Installation) -> TestClient:
    """A browser in which the recruiter is signed in."""
    return signed_in(house, house.id_of(Role.RECRUITER))


@pytest.fixture(scope="module")
def manager(house: Installation) -> TestClient:
    """A browser in which a hiring manager is signed in."""
    return signed_in(house, house.id_of(Role.HIRING_MANAGER))


def name_of(what: str) -> str:
    """A name that nothing else has."""
    return f"{what}-{uuid.uuid4().hex[:8]}"


def made(house: Installation, what: str, **body: Any) -> str:
    """A position or a reason; returns its id, or key."""
    if what == "positions":
        return str(ok(house.recruiter.post("/v1/positions", json=body), 201)["id"])
    ok(house.administrator.post("/v1/rejection-reasons", json=body), 201)
    listed = ok(house.recruiter.get("/v1/rejection-reasons"))
    return str(next(each["key"] for each in listed if each["name"] == body["name"]))


def applied(house: Installation, person: uuid.UUID, position: str) -> str:
    """An application for a position."""
    answer = house.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position})
    return str(ok(answer, 201)["id"])


def person_in(house: Installation, address: str) -> dict[str, Any]:
    """The person a page is about, as the API knows them."""
    found: dict[str, Any] = ok(house.recruiter.get(f"/v1/candidates/{address.rpartition('/')[2]}"))
    return found


def hidden_in(page: Page) -> dict[str, str]:
    """What a form carries besides its fields."""
    return {name: page.every("input", name=name)[0]["value"] for name in ("etag", "stamp")}


def test_a_person_is_added_with_everything_that_can_be_said_of_them(house: Installation, recruiter: TestClient) -> None:
    skill, town = name_of("skill"), name_of("town")
    house.tag(skill)
    house.tag(town, "location")
    sent = {
        "name": "Jana Nováková",
        "headline": "Developer",
        "email": "jana@example.com",
        "phone": "+420 777 123 456",
        "years_experience": "7",
        "source": "referral",
        "language.0": "de",
        "level.0": "b2",
        "language.2": "cs",
        "tags": f"{skill},",
        "locations": town,
        "cv_text": "Java,\r\nthen more Java.",
    }
    answer = recruiter.post("/people/new", data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    person = person_in(house, answer.headers["location"])
    assert {tag["name"] for tag in person["tags"]} == {skill, town}
    assert person["languages"] == [{"code": "de", "level": "b2"}, {"code": "cs"}]
    assert (person["cv_text"], person["years_experience"]) == ("Java,\nthen more Java.", 7)
    page = Page(recruiter.get(answer.headers["location"]))
    for shown in (
        "Jana Nováková",
        "Developer",
        "jana@example.com",
        "7 years",
        "German (B2), Czech",
        skill,
        town,
        "referral",
    ):
        assert shown in page.text
    assert "The person was added." in page.text


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(recruiter: TestClient) -> None:
    sent = {
        "name": "x" * 5_000,
        "email": "nowhere",
        "phone": "call me",
        "years_experience": "many",
        "language.1": "cs",
        "tags": "Nobody knows this, Nor this",
        "cv_text": "\nA first line that is empty",
    }
    page = Page(recruiter.post("/people/new", data=sent), 422)
    for name in ("name", "email", "phone", "years_experience"):
        field = page.one("input", name=name)
        assert (field["aria-invalid"], field["value"]) == ("true", sent[name])
        assert f"{name}-problem" in field["aria-describedby"]
        page.one("p", id=f"{name}-problem")
    assert "At most 200 characters fit here." in page.text
    assert page.one("input", name="tags")["value"] == sent["tags"]
    assert page.one("option", value="cs", selected="")
    assert sent["cv_text"] in "".join(page.words)
    unknown = Page(recruiter.post("/people/new", data={"name": "Eva", "tags": sent["tags"]}), 422)
    assert "There is no tag “Nobody knows this”." in unknown.text
    assert unknown.one("input", name="tags")["aria-invalid"] == "true"


def test_skills_that_do_not_exist_yet_are_added_where_that_is_wanted(
    house: Installation, recruiter: TestClient
) -> None:
    first, second = name_of("new"), name_of("new")
    sent = {"name": "Eva", "tags": f"{first}; {second}", "new_tags": "1"}
    address = recruiter.post("/people/new", data=sent, follow_redirects=False).headers["location"]
    assert {(tag["name"], tag["kind"]) for tag in person_in(house, address)["tags"]} == {
        (first, "skill"),
        (second, "skill"),
    }


def test_tags_and_places_are_typed_into_one_field_and_taken_off_one_by_one(
    house: Installation, recruiter: TestClient
) -> None:
    skill, town = name_of("skill"), name_of("town")
    house.tag(skill)
    house.tag(town, "location")
    address = f"/people/{house.candidate()}"
    Page(recruiter.post(f"{address}/tags", data={"tags": f"{town.upper()}, {skill}"}))
    assert {tag["name"] for tag in person_in(house, address)["tags"]} == {skill, town}
    page = Page(recruiter.post(f"{address}/tags/remove", data={"key": skill}))
    assert [tag["name"] for tag in person_in(house, address)["tags"]] == [town]
    assert page.every("input", name="key", value=skill) == []
    unknown = name_of("unknown")
    page = Page(recruiter.post(f"{address}/tags", data={"tags": unknown}), 422)
    assert f"There is no tag “{unknown}”." in page.text
    # What to do about it is a button of the same form, in which it still stands.
    assert page.one("input", id="add-tags")["value"] == unknown
    page.one("button", name="new_tags", value="1")
    Page(recruiter.post(f"{address}/tags", data={"tags": unknown, "new_tags": "1"}))
    assert unknown in {tag["name"] for tag in person_in(house, address)["tags"]}


def test_what_could_be_typed_next_keeps_what_stands_before_it(house: Installation, recruiter: TestClient) -> None:
    skill, town = name_of("suggested"), name_of("suggested")
    house.tag(skill)
    house.tag(town, "location")
    page = Page(recruiter.get("/people/tags", params={"tags": f"Java, {skill[:-2]}"}, headers=PART))
    assert [each["value"] for each in page.every("option")] == [f"Java, {skill}"]
    page = Page(recruiter.get("/people/tags", params={"locations": "suggested"}, headers=PART))
    assert [each["value"] for each in page.every("option")] == [town]
    assert Page(recruiter.get("/people/tags", params={"tags": "Java,"}, headers=PART)).every("option") == []


def test_a_profile_is_edited(house: Installation, recruiter: TestClient) -> None:
    person = house.candidate("Jan Novák", email="jan@example.com", cv_text="Java", languages=[{"code": "tlh"}])
    page = Page(recruiter.get(f"/people/{person}/edit"))
    assert page.one("input", name="email")["value"] == "jan@example.com"
    # A language that few speak stays.
    assert page.one("option", value="tlh", selected="")
    sent = {**hidden_in(page), "name": "Jan Novotný", "cv_text": "Python", "language.0": "tlh"}
    assert "The changes are saved." in Page(recruiter.post(f"/people/{person}/edit", data=sent)).text
    read = person_in(house, str(person))
    assert (read["name"], read["cv_text"], read.get("email")) == ("Jan Novotný", "Python", None)
    assert read["languages"] == [{"code": "tlh"}]


def test_a_change_in_the_meantime_is_said_and_nothing_typed_is_lost(house: Installation, recruiter: TestClient) -> None:
    person = house.candidate("Jan Novák", cv_text="Java")
    opened = Page(recruiter.get(f"/people/{person}/edit"))
    ok(house.administrator.patch(f"/v1/candidates/{person}", json={"cv_text": "Kotlin", "headline": "Engineer"}))
    sent = {"name": "Jan Novák", "headline": "", "cv_text": "My long text"}
    page = Page(recruiter.post(f"/people/{person}/edit", data={**hidden_in(opened), **sent}), 412)
    assert "changed by somebody else" in page.text
    assert "My long text" in page.text
    # What is there now stands beside it, and nothing was written.
    assert "Kotlin" in page.text
    assert "Engineer" in page.text
    assert person_in(house, str(person))["cv_text"] == "Kotlin"
    assert (
        "The changes are saved."
        in Page(recruiter.post(f"/people/{person}/edit", data={**hidden_in(page), **sent})).text
    )
    assert person_in(house, str(person))["cv_text"] == "My long text"


def test_a_mistake_does_not_make_a_form_newer_than_what_it_was_opened_with(
    house: Installation, recruiter: TestClient
) -> None:
    person = house.candidate("Jan Novák")
    opened = Page(recruiter.get(f"/people/{person}/edit"))
    ok(house.administrator.patch(f"/v1/candidates/{person}", json={"headline": "Engineer"}))
    wrong = Page(
        recruiter.post(f"/people/{person}/edit", data={**hidden_in(opened), "name": "Jan", "email": "nowhere"}), 422
    )
    Page(recruiter.post(f"/people/{person}/edit", data={**hidden_in(wrong), "name": "Jan"}), 412)


def test_a_note_in_the_meantime_is_no_conflict_with_a_profile(house: Installation, recruiter: TestClient) -> None:
    person = house.candidate("Jan Novák")
    application = applied(house, person, made(house, "positions", title="Engineer"))
    opened = Page(recruiter.get(f"/people/{person}/edit"))
    ok(house.recruiter.post(f"/v1/applications/{application}/notes", json={"text": "A good talk"}), 201)
    Page(recruiter.post(f"/people/{person}/edit", data={**hidden_in(opened), "name": "Jan Novotný"}))
    assert person_in(house, str(person))["name"] == "Jan Novotný"


def test_who_was_given_an_application_edits_the_profile_and_sees_this_application_alone(
    house: Installation, everybody: People, stage: Scene
) -> None:
    owner = signed_in(house, everybody.ids[Persona.OWNER])
    other = made(house, "positions", title=name_of("Another position"))
    applied(house, stage.candidate, other)
    page = Page(owner.get(f"/people/{stage.candidate}"))
    title = ok(house.recruiter.get(f"/v1/positions/{stage.position}"))["title"]
    assert title in page.text
    assert "note-" in page.text
    assert "Another position" not in page.text
    assert "source-" not in page.text
    assert stage.internal not in page.text
    for absent in ("reject", "share", "tags", "notes", "applications", "delete"):
        assert not any(absent in form.get("action", "") for form in page.every("form")), absent
    form = Page(owner.get(f"/people/{stage.candidate}/edit"))
    assert form.every("input", name="source") == []
    before = person_in(house, str(stage.candidate))
    sent = {**hidden_in(form), "name": before["name"], "email": "new@example.com", "source": "mine"}
    Page(owner.post(f"/people/{stage.candidate}/edit", data=sent))
    after = person_in(house, str(stage.candidate))
    assert (after["email"], after["source"]) == ("new@example.com", before["source"])


def test_who_looks_through_a_pool_reads_and_is_told_why_and_sees_nothing_of_positions(
    house: Installation, everybody: People, stage: Scene
) -> None:
    viewer = signed_in(house, everybody.ids[Persona.VIEWER])
    page = Page(viewer.get(f"/people/{stage.candidate}"))
    pool = ok(house.recruiter.get(f"/v1/pools/{stage.pool}"))["name"]
    assert f"You see this person through the pool {pool} ." in page.text
    words = page.text.partition("You see this person")[2]
    for hidden in (
        "Position",
        "Application",
        "Stage",
        "Source",
        "note-",
        "Rejected",
        "History",
        "source-",
        stage.internal,
    ):
        assert hidden not in words, hidden
    actions = {form["action"] for form in page.every("form") if "/people/" in form.get("action", "")}
    assert actions == {f"/people/{stage.candidate}/want"}
    assert page.one("button", formaction=f"/people/{stage.candidate}/done")
    assert [link["href"] for link in page.every("a") if "/people/" in link.get("href", "")] == []


def test_the_two_actions_ring_the_recruiter_with_the_remark(house: Installation, manager: TestClient) -> None:
    skill = name_of("skill")
    house.tag(skill)
    house.track(house.pool(name_of("Pool"), {"tags": {"any": [skill]}}))
    house.settle()
    person = house.candidate("Jana Nováková", [skill])
    house.settle()
    for what, said in (("want", "you want this person"), ("done", "you are done with this person")):
        page = Page(manager.post(f"/people/{person}/{what}", data={"remark": f"because {what}"}))
        assert said in page.text
    rung = [(each["kind"], each["remark"]) for each in house.bell(Role.RECRUITER) if each["kind"] in ("wanted", "done")]
    assert rung[:2] == [("done", "because done"), ("wanted", "because want")]
    long = Page(manager.post(f"/people/{person}/want", data={"remark": "x" * 3_000}), 422)
    assert "At most 2,000 characters fit here." in long.text


def test_an_application_is_added_moved_noted_rejected_with_a_reason_and_undone(
    house: Installation, recruiter: TestClient
) -> None:
    person = house.candidate("Jan Novák")
    title, reason = name_of("Engineer"), name_of("Too far")
    position = made(house, "positions", title=title)
    key = made(house, "rejection-reasons", name=reason, said_by="candidate")
    sent = {"position": position, "stage": "screening", "source": "referral"}
    assert "The application was added." in Page(recruiter.post(f"/people/{person}/applications", data=sent)).text
    (application,) = person_in(house, str(person))["applications"]
    here = f"/applications/{application['id']}"
    Page(recruiter.post(f"{here}/stage", data={"stage": "interview"}))
    Page(recruiter.post(f"{here}/notes", data={"text": "A good talk"}))
    page = Page(recruiter.post(f"{here}/stage", data={"other": "Trial day"}))
    assert "Trial day" in page.text
    assert "A good talk" in page.text
    assert "Test recruiter" in page.text
    none = Page(recruiter.post(f"{here}/reject", data={"reason": "", "note": "Lives in Aš"}), 422)
    assert "This is needed." in none.text
    assert "Lives in Aš" in none.text
    page = Page(recruiter.post(f"{here}/reject", data={"reason": key, "note": "Lives in Aš"}))
    assert f"{reason} , said by the candidate" in page.text
    assert "Lives in Aš" in page.text
    assert page.every("form", action=f"{here}/reject") == []
    undone = Page(recruiter.post(f"{here}/undo"))
    assert "The rejection is undone." in undone.text
    assert undone.every("form", action=f"{here}/reject") != []
    assert "rejection" not in person_in(house, str(person))["applications"][0]


def test_a_share_gives_the_application_and_taking_it_back_takes_the_person(
    house: Installation, recruiter: TestClient, manager: TestClient
) -> None:
    person = house.candidate("Jan Novák")
    title = name_of("Engineer")
    here = f"/applications/{applied(house, person, made(house, 'positions', title=title))}"
    unseen = Page(manager.get(f"/people/{person}"), 404).text
    user = {"user": str(house.id_of(Role.HIRING_MANAGER))}
    page = Page(recruiter.post(f"{here}/share", data=user))
    assert "Test hiring_manager" in page.text
    assert title in Page(manager.get(f"/people/{person}")).text
    Page(recruiter.post(f"{here}/unshare", data=user))
    assert Page(manager.get(f"/people/{person}"), 404).text == unseen
    # A recruiter sees it already.
    page = Page(recruiter.post(f"{here}/share", data={"user": str(house.id_of(Role.RECRUITER))}), 409)
    assert "sees every application already" in page.text


def test_the_history_tells_what_the_records_tell(house: Installation, recruiter: TestClient) -> None:
    skill, pool, title, reason = name_of("skill"), name_of("Pool"), name_of("Engineer"), name_of("Salary")
    house.tag(skill)
    house.pool(pool, {"tags": {"any": [skill]}})
    key = made(house, "rejection-reasons", name=reason, said_by="us")
    house.settle()
    person = house.candidate("Jan Novák")
    ok(house.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": [skill]}))
    house.settle()
    application = applied(house, person, made(house, "positions", title=title))
    ok(house.recruiter.post(f"/v1/applications/{application}/notes", json={"text": "A good talk"}), 201)
    manager = house.id_of(Role.HIRING_MANAGER)
    ok(house.recruiter.put(f"/v1/applications/{application}/shares/{manager}"), 204)
    ok(house.recruiter.delete(f"/v1/applications/{application}/shares/{manager}"), 204)
    ok(house.recruiter.put(f"/v1/applications/{application}/rejection", json={"reason": key}))
    ok(house.recruiter.delete(f"/v1/candidates/{person}/tags/{skill}"), 204)
    house.settle()
    told = [(each["what"], each.get("name")) for each in ok(house.recruiter.get(f"/v1/candidates/{person}/history"))]
    assert told == [
        ("left", pool),
        ("rejected", reason),
        ("unshared", title),
        ("shared", title),
        ("noted", title),
        ("applied", title),
        ("entered", pool),
        ("added", None),
    ]
    text = Page(recruiter.get(f"/people/{person}")).text.partition("History")[2]
    for sentence in (
        f"Left the pool {pool}",
        f"Test recruiter rejected: {reason}",
        f"took the application for {title} back from Test hiring_manager",
        "A good talk",
        "Test recruiter added this person",
    ):
        assert sentence in text


def test_the_pools_somebody_is_in_say_why(house: Installation, recruiter: TestClient) -> None:
    skill, pool = name_of("skill"), name_of("Pool")
    house.tag(skill)
    made_pool = house.pool(pool, {"tags": {"any": [skill]}, "experience": {"any": ["5-9"]}})
    house.settle()
    person = house.candidate("Jan Novák", [skill], years_experience=6)
    house.settle()
    page = Page(recruiter.get(f"/people/{person}"))
    assert re.search(rf"In pools {pool} since .*? {skill} 5-9 years History", page.text)
    page.one("a", href=f"/talent?pool={made_pool}")


def test_erasing_says_what_it_means_asks_and_is_for_good(house: Installation, recruiter: TestClient) -> None:
    person = house.candidate("Jan Novák")
    applied(house, person, made(house, "positions", title="Engineer"))
    page = Page(recruiter.get(f"/people/{person}/delete"))
    assert "This cannot be undone." in page.text
    assert "1 application with its stage, notes and rejection" in page.text
    assert person_in(house, str(person))["name"] == "Jan Novák"
    assert "The person is erased." in Page(recruiter.post(f"/people/{person}/delete")).text
    Page(recruiter.get(f"/people/{person}"), 404)
    Page(recruiter.post(f"/people/{person}/delete"), 404)


def test_beside_a_list_htmx_gets_the_sheet_alone_and_what_was_done_is_said(
    house: Installation, recruiter: TestClient
) -> None:
    skill = name_of("skill")
    house.tag(skill)
    person = house.candidate("Jan Novák")
    beside = PART | {"HX-Current-URL": f"http://localhost/talent?person={person}"}
    page = Page(recruiter.get(f"/people/{person}", headers=beside))
    assert page.elements[0][1]["id"] == "sheet"
    assert page.every("html") == []
    # Below the list's own heading; on a page of its own the name is the first.
    assert page.one("h2", id="person-name")
    assert Page(recruiter.get(f"/people/{person}")).one("h1", id="person-name")
    answer = recruiter.post(f"/people/{person}/tags", data={"tags": skill}, headers=beside)
    page = Page(answer)
    assert page.elements[0][1]["id"] == "sheet"
    # The next tag can be typed at once.
    assert "autofocus" in page.one("input", id="add-tags")
    application = applied(house, person, made(house, "positions", title="Engineer"))
    here = f"/applications/{application}"
    shared = recruiter.post(f"{here}/share", data={"user": str(house.id_of(Role.HIRING_MANAGER))}, headers=beside)
    assert json.loads(shared.headers["hx-trigger"]) == {"said": {"value": "The application is shared."}}
    assert "autofocus" in Page(shared).one("h4", id=f"application-{application}-title")
    # What cannot be done is a sentence, which static/toasts.js shows.
    refused = recruiter.post(f"{here}/share", data={"user": str(house.id_of(Role.RECRUITER))}, headers=beside)
    assert (refused.status_code, refused.headers["content-type"]) == (409, "text/plain; charset=utf-8")


# All of it at once; in the long suite each by itself, too.
HOSTILE = (
    '=HYPERLINK("https://evil.example.com")',
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "\u202egnirts \u2066a\u2069 \u200f",
    "</textarea></title><h1>Hi</h1>",
)
TEXTS = ("".join(HOSTILE), *(pytest.param(each, marks=pytest.mark.long) for each in HOSTILE))


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_written_is_text_wherever_it_is_shown(
    house: Installation, recruiter: TestClient, manager: TestClient, text: str
) -> None:
    tag = f"{text} {uuid.uuid4().hex[:6]}"
    house.tag(tag)
    house.track(house.pool(text, {"tags": {"any": [tag]}}))
    house.settle()
    sent = {"name": text, "headline": text, "source": text, "cv_text": text}
    person = uuid.UUID(ok(house.recruiter.post("/v1/candidates", json={**sent, "tags": [tag]}), 201)["id"])
    house.settle()
    position = ok(house.recruiter.post("/v1/positions", json={"title": text}), 201)["id"]
    body = {"position": position, "stage": text, "source": text}
    application = ok(house.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)["id"]
    ok(house.recruiter.post(f"/v1/applications/{application}/notes", json={"text": text}), 201)
    made(house, "rejection-reasons", name=tag, said_by="us")
    Page(manager.post(f"/people/{person}/want", data={"remark": text}))
    for browser, path, times in (
        (recruiter, f"/people/{person}", 10),
        (recruiter, f"/people/{person}/edit", 4),
        (recruiter, f"/people/{person}/delete", 2),
        (manager, f"/people/{person}", 4),
        (recruiter, "/positions", 1),
        (recruiter, f"/positions/{position}", 3),
    ):
        page = Page(browser.get(path))
        shown = "".join(page.words) + "".join(given.get("value", "") for _, given in page.elements)
        assert shown.count(text) >= times, path
        assert [each for each in page.every("img") if "onerror" in each] == []
        assert all(script.get("src", "").startswith("/static/") for script in page.every("script"))
        assert len(page.every("h1")) == 1


def test_a_name_of_5000_letters_is_refused_wherever_one_is_typed(house: Installation, recruiter: TestClient) -> None:
    long = "x" * 5_000
    person = house.candidate("Jan Novák")
    here = f"/applications/{applied(house, person, made(house, 'positions', title='Engineer'))}"
    for path, data in (
        (f"/people/{person}/tags", {"tags": long}),
        (f"{here}/stage", {"other": long}),
        (f"{here}/notes", {"text": long}),
        ("/positions", {"title": long}),
    ):
        page = Page(recruiter.post(path, data=data), 422)
        assert "characters fit here." in page.text, path
        assert long in "".join(page.words) + "".join(given.get("value", "") for _, given in page.elements), path
