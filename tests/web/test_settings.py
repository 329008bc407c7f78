"""Settings: colleagues with roles, sessions and tracking; tags and reasons kept in order; jobs."""

from __future__ import annotations

import uuid

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from records.database import session
from records.models import OutboxRow, Role
from tests.api.answers import ok
from tests.api.browser import opened, signed_in
from tests.api.traces import ended_reindex, set_role, user_row
from tests.installation import Installation
from tests.web.reading import Page

HOSTILE = "<script>alert(1)</script>{{7*7}}\u202e"


@pytest.fixture
def admin(emptied: Installation) -> TestClient:
    """The administrator's browser, in a house with nothing in it."""
    return signed_in(emptied, emptied.id_of(Role.ADMINISTRATOR))


def actions(page: Page) -> list[str]:
    """Where the forms of a page lead that change something."""
    return [form["action"] for form in page.every("form", method="post")]


def test_everybody_finds_the_settings_of_their_role(emptied: Installation) -> None:
    links = {
        role: {each.get("href") for each in Page(signed_in(emptied, emptied.id_of(role)).get("/settings")).every("a")}
        for role in (Role.ADMINISTRATOR, Role.RECRUITER)
    }
    assert "/settings/users" in links[Role.ADMINISTRATOR]
    assert "/settings/users" not in links[Role.RECRUITER]
    assert {"/settings/tags", "/settings/tracking"} <= links[Role.RECRUITER]
    manager = Page(signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER)).get("/"))
    assert manager.every("a", href="/settings") == []


# -- users --


def test_users_stand_by_name_and_are_found_by_a_part_of_it(emptied: Installation, admin: TestClient) -> None:
    for name in ("Bořek", HOSTILE, "Adam"):
        address = f"{uuid.uuid4().hex}@example.com"
        ok(emptied.administrator.post("/v1/users", json={"email": address, "name": name, "role": "recruiter"}), 201)
    answer = admin.get("/settings/users")
    page = Page(answer)
    assert page.text.index("Adam") < page.text.index("Bořek")
    assert "<script>alert" not in answer.text
    assert HOSTILE in page.text
    found = Page(admin.get("/settings/users", params={"q": "oře"})).text
    assert "Bořek" in found
    assert "Adam" not in found


def test_an_invitation_without_mail_shows_its_link_once_and_is_sent_again_or_withdrawn(admin: TestClient) -> None:
    data = {"name": "Eva", "email": "eva@example.com", "role": "analyst"}
    first = Page(admin.post("/settings/users", data=data))
    link = first.one("input", id="shown-once")["value"]
    assert "/invitation#" in link
    listed = Page(admin.get("/settings/users"))
    assert "eva@example.com" in listed.text
    assert link not in listed.text
    resend = next(each for each in actions(listed) if each.endswith("/resend"))
    assert Page(admin.post(resend)).one("input", id="shown-once")["value"] != link
    gone = Page(admin.post(resend.replace("resend", "withdraw")))
    assert "The invitation is withdrawn." in gone.text
    assert "eva@example.com" not in gone.text


def test_what_is_wrong_with_an_invitation_stands_beside_its_field(admin: TestClient) -> None:
    page = Page(admin.post("/settings/users", data={"name": "Eva", "email": "nowhere", "role": "queen"}), 422)
    assert page.one("input", name="email")["aria-invalid"] == "true"
    assert page.one("input", name="name")["value"] == "Eva"
    assert page.one("select", name="role")["aria-invalid"] == "true"
    taken = {"name": "Eva", "email": "recruiter@example.com", "role": "analyst"}
    assert "There is already a user" in Page(admin.post("/settings/users", data=taken), 409).text


def test_a_colleague_is_added_renamed_promoted_and_deactivated(emptied: Installation, admin: TestClient) -> None:
    data = {"name": "Eva", "email": "eva@example.com", "role": "analyst", "how": "add"}
    page = admin.post("/settings/users", data=data)
    path = str(page.url.path)
    user = uuid.UUID(path.rpartition("/")[2])
    Page(admin.post(path, data={"name": "Eva Nová", "role": "recruiter"}))
    assert (user_row(user).name, user_row(user).role) == ("Eva Nová", "recruiter")
    eva = signed_in(emptied, user)
    assert eva.get("/account").status_code == 200
    assert "Deactivated" in Page(admin.post(path, data={"active": "no"})).text
    assert eva.get("/account", follow_redirects=False).status_code == 303
    assert "Deactivate" in Page(admin.post(path, data={"active": "yes"})).text
    assert user_row(user).name == "Eva Nová"


def test_nobody_takes_their_own_rights_away(emptied: Installation, admin: TestClient) -> None:
    own = emptied.id_of(Role.ADMINISTRATOR)
    page = Page(admin.post(f"/settings/users/{own}", data={"name": "Me", "role": "recruiter"}), 409)
    assert "You cannot take your own administrator's rights away" in page.text
    assert user_row(own).role == "administrator"


def test_sessions_and_tokens_of_a_colleague_are_ended(emptied: Installation, admin: TestClient) -> None:
    user = emptied.id_of(Role.HIRING_MANAGER)
    path = f"/settings/users/{user}"
    browsers = [signed_in(emptied, user) for _ in range(2)]
    page = Page(admin.get(path))
    ends = [each for each in actions(page) if each.endswith("/end")]
    one = next(each for each in ends if "/sessions/" in each and not each.endswith("sessions/end"))
    admin.post(one)
    assert sorted(each.get("/account", follow_redirects=False).status_code for each in browsers) == [200, 303]
    admin.post(f"{path}/sessions/end")
    assert {each.get("/account", follow_redirects=False).status_code for each in browsers} == {303}
    token = next(each for each in ends if "/tokens/" in each)
    assert "good for nothing any more" in Page(admin.post(token)).text
    assert emptied.manager.get("/v1/me").status_code == 401


# -- tracking --


def test_what_a_colleague_would_see_is_shown_before_it_is_saved(emptied: Installation, admin: TestClient) -> None:
    emptied.tag("Java")
    emptied.tag(HOSTILE, "label")
    emptied.candidate(HOSTILE, ["Java", HOSTILE], headline="Developer")
    emptied.settle()
    user = emptied.id_of(Role.HIRING_MANAGER)
    path = f"/settings/users/{user}/tracking"
    found = Page(admin.get(path, params={"q": "ja"}))
    assert found.one("input", type="checkbox", name="tag")["value"] == "java"
    assert found.every("input", type="hidden", name="tag") == []
    hostile = ok(emptied.recruiter.get("/v1/tags", params={"q": "<"}))[0]["key"]
    answer = admin.get(path, params={"tag": ["java", hostile]})
    page = Page(answer)
    assert "<script>alert" not in answer.text
    assert "1 person, 1 of them new." in page.text.replace(" ,", ",").replace(" .", ".")
    assert page.text.count(HOSTILE) >= 2
    assert len(page.every("input", type="checkbox", checked="")) == 2
    assert ok(emptied.manager.get(f"/v1/users/{user}/tracking")) == []
    picked = [each["value"] for each in page.every("input", type="hidden", name="tag")]
    saved = Page(admin.post(path, data={"tag": picked}))
    assert "Saved." in saved.text
    assert {each["name"] for each in ok(emptied.manager.get(f"/v1/users/{user}/tracking"))} == {"Java", HOSTILE}


def test_for_a_script_only_the_part_that_changes_is_sent(emptied: Installation, admin: TestClient) -> None:
    emptied.tag("Java")
    path = f"/settings/users/{emptied.id_of(Role.HIRING_MANAGER)}/tracking"
    part = admin.get(path, params={"q": "java"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'id="tag-java"' in part.text


def test_tracking_ends_with_one_button_and_a_recruiter_sets_only_their_own(
    emptied: Installation, admin: TestClient
) -> None:
    emptied.tag("Java")
    pool = emptied.pool("Java people", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    path = f"/settings/users/{emptied.id_of(Role.HIRING_MANAGER)}/tracking"
    assert "Java people" in Page(admin.get(path)).text
    assert "No longer tracked." in Page(admin.post(f"{path}/{pool}/end")).text
    assert ok(emptied.manager.get("/v1/pools"))["items"] == []
    recruiter = signed_in(emptied, emptied.id_of(Role.RECRUITER))
    assert recruiter.get(path).status_code == 403
    own = recruiter.get("/settings/tracking")
    assert "What I track" in Page(own).text
    Page(recruiter.post(str(own.url.path), data={"pool": str(pool)}))
    assert [each["name"] for each in ok(emptied.recruiter.get("/v1/me/pools"))] == ["Java people"]


def test_an_internal_tag_and_an_analyst_are_refused_in_words(emptied: Installation, admin: TestClient) -> None:
    emptied.tag("do not hire", "internal")
    path = f"/settings/users/{emptied.id_of(Role.HIRING_MANAGER)}/tracking"
    key = ok(emptied.recruiter.get("/v1/tags", params={"q": "do not"}))[0]["key"]
    assert "internal tag" in Page(admin.get(path, params={"tag": key}), 409).text
    # Nor is the pool that a recruiter tracks the tag through offered, or taken.
    own = f"/v1/users/{emptied.id_of(Role.RECRUITER)}/tracking"
    (tracked,) = ok(emptied.recruiter.post(own, json={"tags": [key]}))
    assert "do not hire" not in Page(admin.get(path, params={"q": "do"})).text
    assert "internal tag" in Page(admin.post(path, data={"pool": tracked["pool"]}), 409).text
    colleague = {"user": str(emptied.id_of(Role.HIRING_MANAGER))}
    assert "internal tag" in Page(admin.post(f"/pools/{tracked['pool']}/trackers", data=colleague), 409).text
    analyst = Page(admin.get(f"/settings/users/{emptied.id_of(Role.ANALYST)}/tracking"))
    assert "there is nothing to track" in analyst.text
    assert analyst.every("form", id="pick") == []


# -- tags and reasons --


def test_a_tag_is_added_found_renamed_and_given_synonyms(emptied: Installation, admin: TestClient) -> None:
    emptied.tag("Moravia", "location")
    data = {"name": "Brno", "kind": "location", "parent": "Moravia", "synonyms": "Brünn, Bruna"}
    Page(admin.post("/settings/tags", data=data))
    emptied.candidate("Jan", locations=["Brno"])
    assert "Brünn" in Page(admin.get("/settings/tags", params={"q": "brunn", "kind": "location"})).text
    assert "No tag is called that." in Page(admin.get("/settings/tags", params={"q": "brun", "kind": "skill"})).text
    page = Page(admin.get("/settings/tags/brno"))
    assert "1 person carries it" in page.text
    changed = {"name": "Brno-město", "synonyms": "Brünn\nBrno", "parent": ""}
    assert "1 person gets a new document" in Page(admin.post("/settings/tags/brno", data=changed)).text
    tag = ok(emptied.recruiter.get("/v1/tags/brno"))
    assert (tag["name"], tag["lineage"]) == ("Brno-město", ["brno"])
    again = {"name": "Moravia", "synonyms": "", "parent": ""}
    assert "already answers to" in Page(admin.post("/settings/tags/brno", data=again), 409).text


def test_a_tag_is_merged_and_its_page_is_that_of_the_other(emptied: Installation, admin: TestClient) -> None:
    emptied.skills("JS", "JavaScript")
    person = emptied.candidate("Jan", ["JS"])
    answer = admin.post("/settings/tags/js", data={"what": "merge", "into": "JavaScript"})
    assert answer.url.path == "/settings/tags/javascript"
    assert "Merged." in Page(answer).text
    assert admin.get("/settings/tags/js").status_code == 404
    assert [tag["key"] for tag in ok(emptied.recruiter.get(f"/v1/candidates/{person}"))["tags"]] == ["javascript"]
    wrong = Page(admin.post("/settings/tags/javascript", data={"what": "merge", "into": "Nothing"}), 422)
    assert wrong.one("input", name="into")["aria-invalid"] == "true"


def test_a_key_with_signs_in_it_is_an_address(emptied: Installation, admin: TestClient) -> None:
    emptied.tag("C#/.NET?", key="c#/.net?")
    page = Page(admin.get("/settings/tags", params={"q": "c#"}))
    (link,) = [each["href"] for each in page.every("a") if each.get("href", "").startswith("/settings/tags/")]
    assert "C#/.NET?" in Page(admin.get(link)).text


def test_more_tags_than_fit_are_on_a_further_page(emptied: Installation, admin: TestClient) -> None:
    emptied.skills(*(f"skill {number:03}" for number in range(51)))
    first = Page(admin.get("/settings/tags", params={"q": "skill"}))
    following = first.one("a", rel="next")["href"]
    assert "skill 050" not in first.text
    assert "q=skill" in following
    assert "skill 050" in Page(admin.get(following)).text


def test_a_reason_is_added_renamed_retired_and_merged_with_its_history(
    emptied: Installation, admin: TestClient
) -> None:
    for name in ("Salary", HOSTILE):
        Page(admin.post("/settings/reasons", data={"name": name, "said_by": "us"}))
    Page(admin.post("/settings/reasons/salary", data={"name": "Too dear"}))
    assert "Bring back" in Page(admin.post("/settings/reasons/salary", data={"retired": "yes"})).text
    Page(admin.post("/settings/reasons/salary", data={"retired": "no"}))
    keys = {each["name"]: each["key"] for each in ok(emptied.recruiter.get("/v1/rejection-reasons"))}
    merged = admin.post("/settings/reasons/salary", data={"what": "merge", "into": keys[HOSTILE]})
    assert "<script>alert" not in merged.text
    page = Page(admin.get("/settings/reasons/salary"))
    assert "merged into" in page.text
    for happened in ("Renamed", "Retired", "Brought back", "Merged"):
        assert happened in page.text
    taken = Page(admin.post("/settings/reasons", data={"name": "Too dear", "said_by": "us"}), 409)
    assert "already a rejection reason" in taken.text
    assert admin.get("/settings/reasons/nothing").status_code == 404


# -- jobs --


def test_a_reindex_is_begun_after_its_figures_were_seen_and_given_up(emptied: Installation, admin: TestClient) -> None:
    ended_reindex()
    emptied.candidate("Jan")
    emptied.settle()
    figures = Page(admin.post("/settings/jobs/reindex", data={"what": "rehearse"}))
    assert "1 people and 0 pools" in figures.text
    page = Page(admin.post("/settings/jobs/reindex", data={"what": "begin"}))
    assert "making the new indexes" in page.text
    assert len(page.every("progress")) == 2
    part = admin.get("/settings/jobs/reindex", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "making the new indexes" in part.text
    again = Page(admin.post("/settings/jobs/reindex", data={"what": "begin"}), 409)
    assert "one reindex at a time" in again.text
    job = next(each for each in actions(page) if each.startswith("/settings/jobs/reindex/"))
    assert "Only what was swapped in can be finished." in Page(admin.post(job, data={"what": "finish"}), 409).text
    assert "dropping the new indexes" in Page(admin.post(job, data={"what": "abandon"})).text
    ended_reindex()


def test_a_check_is_asked_for_and_what_was_set_aside_is_tried_again(emptied: Installation, admin: TestClient) -> None:
    assert "Waiting" in Page(admin.post("/settings/jobs/checks", data={"repair": "on"})).text
    assert [each["repair"] for each in ok(emptied.administrator.get("/v1/checks"))] == [True]
    person = emptied.candidate("Jan")
    aside = update(OutboxRow).where(OutboxRow.entity_id == person)
    with session() as db:
        db.execute(aside.values(dead_at=OutboxRow.created_at, attempts=10, error="It <b>failed</b>."))
        db.commit()
    page = Page(admin.get("/settings/jobs"))
    assert "It <b>failed</b>." in page.text
    assert "1 change is tried again." in Page(admin.post("/settings/jobs/dead-letters", data={"id": str(person)})).text
    assert "Nothing was set aside." in Page(admin.get("/settings/jobs")).text


def test_who_is_no_administrator_any_more_is_refused_with_the_next_request(
    emptied: Installation, admin: TestClient
) -> None:
    other, client = emptied.add_user(Role.ADMINISTRATOR, "other@example.com")
    page = signed_in(emptied, other)
    assert page.get("/settings/users").status_code == 200
    set_role(emptied, other, Role.RECRUITER)
    assert page.get("/settings/users").status_code == 403
    assert opened(other)
    assert client.get("/v1/users").status_code == 403
