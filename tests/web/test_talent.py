"""The talent database as HTML: what a search shows, what its address says, and what it costs the engine."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from records.database import session
from records.models import Role
from tests.api.answers import ok
from tests.api.browser import ADDRESS, browser, signed_in
from tests.api.test_search_answers import counted_calls
from tests.installation import Installation
from tests.web.reading import Page
from web.assets import asset
from web.tree import FEW

PART = {"HX-Request": "true", "HX-Target": "results"}


@dataclass(frozen=True, slots=True)
class Crew:
    """Three people, two pools one in the other, and who looks at them."""

    recruiter: TestClient
    manager: TestClient
    java: uuid.UUID
    brno: uuid.UUID
    jana: uuid.UUID
    karel: uuid.UUID
    eva: uuid.UUID
    position: uuid.UUID


@pytest.fixture(scope="module")
def crew(house: Installation) -> Iterator[Crew]:
    """Everybody here is found again by every test; nobody changes them."""
    house.skills("Java", "Python", "COBOL")
    house.tag("Brno", "location")
    house.tag("Praha", "location")
    house.tag("Do not hire", "internal")
    java = house.pool("Java people", {"tags": {"any": ["Java"]}})
    brno = house.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=java)
    house.settle()
    house.track(java)
    jana = house.candidate(
        "Jana Nováková", ["Java", "Python"], locations=["Brno"], years_experience=7, cv_text="Kafka."
    )
    karel = house.candidate("Karel Nový", ["Java", "Do not hire"], locations=["Praha"], cv_text="Spring and kafka.")
    eva = house.candidate("Eva Malá", ["COBOL"], headline="Mainframes")
    position = uuid.UUID(ok(house.recruiter.post("/v1/positions", json={"title": "Backend developer"}), 201)["id"])
    reason = {"name": "Salary", "said_by": "candidate"}
    ok(house.administrator.post("/v1/rejection-reasons", json=reason), 201)
    applied = ok(house.recruiter.post(f"/v1/candidates/{eva}/applications", json={"position": str(position)}), 201)
    ok(house.recruiter.put(f"/v1/applications/{applied['id']}/rejection", json={"reason": "salary"}))
    house.settle()
    yield Crew(
        signed_in(house, house.id_of(Role.RECRUITER)),
        signed_in(house, house.id_of(Role.HIRING_MANAGER)),
        java,
        brno,
        jana,
        karel,
        eva,
        position,
    )


def people(page: Page) -> list[str]:
    """The ids of the people in the list."""
    return [link["data-beside"] for link in page.every("a", **{"class": "listed-name"})]


def ticked(page: Page) -> set[tuple[str, str]]:
    """Name and value of every box that is ticked."""
    return {(box["name"], box["value"]) for box in page.every("input", type="checkbox") if "checked" in box}


def sent(page: Page) -> set[tuple[str, str]]:
    """What the form of the filters would send."""
    hidden = {(each["name"], each["value"]) for each in page.every("input", type="hidden") if each["name"] != "csrf"}
    words = {("q", each["value"]) for each in page.every("input", name="q") if each["value"]}
    # Those of choices and of what is selected are other forms'.
    others = ("person", "next", "back", "query", "order")
    return {pair for pair in ticked(page) | hidden | words if pair[0] not in others}


def test_a_search_by_its_address_shows_whom_the_api_finds_and_ticks_what_was_asked(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent?tag=java&location.not=praha&sort=name"))
    assert people(page) == [str(crew.jana)]
    assert ticked(page) == {("tag", "java"), ("location.not", "praha")}
    assert "1 person" in page.text
    assert "not Place: Praha" in page.text
    # Whatever was asked is asked again by the form, and nothing else.
    assert sent(page) == {("tag", "java"), ("location.not", "praha"), ("sort", "name")}


def test_what_has_no_box_is_kept_unseen_and_can_be_taken_off(crew: Crew) -> None:
    asked = {("tag.all", "python"), ("created.days", "365"), ("rejected.not.reason", "salary"), ("q", "kafka")}
    page = Page(crew.recruiter.get("/talent", params=sorted(asked)))
    assert people(page) == [str(crew.jana)]
    selects = {(each["name"], "365") for each in page.every("select", name="created.days")}
    assert sent(page) | selects == asked
    without = [link["href"] for link in page.every("a") if link.get("aria-label", "").startswith("Without")]
    left = [set(parse_qsl(urlsplit(each).query)) for each in without]
    assert sorted(map(sorted, left)) == sorted(sorted(asked - {each}) for each in asked)


def test_a_value_that_was_asked_by_its_name_is_ticked_and_stays_as_it_was_asked(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent?tag=Java"))
    assert ("tag", "Java") in ticked(page)
    assert len(people(page)) == 2


def test_words_are_marked_in_the_texts_and_said_as_the_reason_why_somebody_is_here(crew: Crew) -> None:
    answer = crew.recruiter.get("/talent?q=kafka&tag=java&sort=name")
    page = Page(answer)
    assert people(page) == [str(crew.jana), str(crew.karel)]
    assert "<mark>Kafka</mark>" in answer.text
    assert "Why here: “kafka” , Java" in page.text


def test_folders_hold_the_numbers_of_the_search_and_what_is_new_to_who_tracks_them(crew: Crew) -> None:
    page = Page(crew.manager.get(f"/talent?location=brno&open={crew.java}"))
    assert people(page) == [str(crew.jana)]
    boxes = [box["value"] for box in page.every("input", name="pool")]
    assert boxes == [str(crew.java), str(crew.brno)]
    assert "Java people 2 new 1" in page.text
    assert "In Brno 1 new 1" in page.text
    shut = Page(crew.manager.get("/talent"))
    assert [box["value"] for box in shut.every("input", name="pool")] == [str(crew.java)]
    # A folder that is asked for is shown, however deep it lies.
    deep = Page(crew.recruiter.get("/talent", params={"pool": str(crew.brno)}))
    assert people(deep) == [str(crew.jana)]
    assert ("pool", str(crew.brno)) in ticked(deep)
    assert "Pool: In Brno" in deep.text


def test_a_few_folders_stand_there_by_themselves_and_the_others_by_a_click(house: Installation, crew: Crew) -> None:
    made = {house.pool(f"Zebra {number:02d}", {"tags": {"any": ["COBOL"]}}) for number in range(FEW + 2)}
    try:
        house.settle()
        first = Page(crew.recruiter.get("/talent"))
        assert len(first.every("input", name="pool")) == FEW
        [more] = first.every("a", id="more-pools")
        every = Page(crew.recruiter.get(str(more["href"])))
        assert len(every.every("input", name="pool")) == FEW + 3
        assert every.every("a", id="more-pools") == []
        # What is chosen is among the few, wherever it stands.
        last = str(max(made, key=lambda pool: str(ok(crew.recruiter.get(f"/v1/pools/{pool}"))["name"])))
        chosen = Page(crew.recruiter.get("/talent", params={"pool": last}))
        assert ("pool", last) in ticked(chosen)
        assert len(chosen.every("input", name="pool")) == FEW
    finally:
        for pool in made:
            ok(house.recruiter.delete(f"/v1/pools/{pool}"), 204)
        house.settle()


def test_managers_see_their_people_and_nothing_that_they_may_not_know(crew: Crew) -> None:
    answer = crew.manager.get("/talent?open=stages&open=reasons&open=internal&open=labels&open=sources")
    page = Page(answer)
    assert set(people(page)) == {str(crew.jana), str(crew.karel)}
    assert "Do not hire" not in answer.text
    assert "Mainframes" not in answer.text
    assert "Salary" not in answer.text
    assert page.every("a", href="/people/new") == []
    unknown, hidden = (
        crew.manager.get("/talent", params={"tag": tag}, headers=PART) for tag in ("Do not exist", "Do not hire")
    )
    assert hidden.text.replace("hire", "exist") == unknown.text


def test_a_mistake_of_grammar_is_said_beside_the_box_with_what_was_meant(crew: Crew) -> None:
    answer = crew.recruiter.get('/talent?q="data engineer&tag=java')
    page = Page(answer, 422)
    assert page.one("input", name="q")["value"] == '"data engineer'
    assert page.one("input", name="q")["aria-invalid"] == "true"
    assert 'This quotation mark is not closed. (character 1) Perhaps you meant: "data engineer"' in page.text
    meant = next(link["href"] for link in page.every("a") if "data+engineer%22&" in link["href"])
    assert Page(crew.recruiter.get(meant)).one("input", name="q")["value"] == '"data engineer"'
    # For htmx the people that were found before stay where they are.
    part = crew.recruiter.get('/talent?q="data engineer', headers=PART)
    assert (part.status_code, part.headers["hx-reswap"], part.headers["hx-push-url"]) == (422, "none", "false")
    assert "This quotation mark is not closed." in part.text
    czech = crew.recruiter.get('/talent?q="data engineer', headers={"Accept-Language": "cs"})
    assert "Perhaps" not in czech.text
    assert "not closed" not in czech.text


@pytest.mark.parametrize(
    "query",
    [
        "tag=nothing-like-it",
        "pool=00000000-0000-4000-8000-000000000000",
        "pool=x",
        "rejected.never=true&rejected.by=us",
        "created.days=0",
        "created.from=2026-02-30",
        "experience=3",
        "rejected.by=us&rejected.by=candidate",
        "cursor=x",
        "language=de%3E%3Dz9",
    ],
)
def test_a_question_that_cannot_be_answered_is_a_page_that_says_so_and_lets_it_be_taken_off(
    crew: Crew, query: str
) -> None:
    page = Page(crew.recruiter.get(f"/talent?{query}&location=brno"), 422)
    assert len([p for p in page.every("p") if p.get("role") == "alert"]) == 1
    assert people(page) == []
    assert ("location", "brno") in sent(page)


@pytest.mark.parametrize(
    "query",
    [
        "sort=backwards",
        "person=x",
        "open=x&shut=y&all=z&find.tags=%00%01&find.nothing=a",
        "nothing=at+all",
        "q=+",
        "tag=",
    ],
)
def test_what_is_no_question_is_passed_over(crew: Crew, query: str) -> None:
    assert len(people(Page(crew.recruiter.get(f"/talent?{query}")))) == 3


def test_nobody_found_says_what_to_leave_out(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent?tag=java&location=brno&tag.all=COBOL"))
    assert people(page) == []
    assert "Nobody was found." in page.text
    assert "without COBOL 1 person" in page.text
    assert any(link.get("href") == "/talent?tag=java&location=brno" for link in page.every("a"))


def test_a_facet_opens_shows_more_and_is_searched_by_addresses(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent"))
    assert page.every("input", name="applied.stage") == []
    head = page.one("a", id="turn-stages")
    assert head["aria-expanded"] == "false"
    opened = Page(crew.recruiter.get(head["href"]))
    assert [box["value"] for box in opened.every("input", name="applied.stage")] == ["new"]
    assert opened.one("a", id="turn-stages")["href"] == "/talent"
    found = Page(crew.recruiter.get("/talent?find.tags=py&tag=java"))
    assert [box["value"] for box in found.every("input", name="tag")] == ["java", "python"]
    assert found.one("input", name="find.tags")["value"] == "py"
    # What is always open can be shut, and then is not counted.
    shut = page.one("a", id="turn-tags")["href"]
    assert shut == "/talent?shut=tags"
    assert Page(crew.recruiter.get(shut)).every("input", name="tag") == []


def test_pages_by_cursor_show_everybody_once_and_the_whole_page_keeps_its_numbers(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.talent.A_PAGE", 2)
    first = Page(crew.recruiter.get("/talent?sort=name"))
    following = first.one("a", rel="next")["href"]
    second = Page(crew.recruiter.get(following))
    assert people(first) + people(second) == [str(crew.eva), str(crew.jana), str(crew.karel)]
    assert "3 people" in second.text
    assert [box["value"] for box in second.every("input", name="location")] == ["brno", "praha"]
    part = crew.recruiter.get(following, headers=PART)
    assert part.headers["hx-push-url"] == following
    assert 'id="facets"' not in part.text


def test_for_htmx_the_same_people_come_without_the_page_around_them(crew: Crew) -> None:
    part = crew.recruiter.get("/talent?tag=&q=&tag=java&open=stages", headers=PART)
    assert part.headers["hx-push-url"] == "/talent?tag=java&open=stages"
    page, whole = Page(part), Page(crew.recruiter.get("/talent?tag=java&open=stages"))
    assert people(page) == people(whole)
    assert page.every("html") == []
    assert [each["id"] for each in page.every("div", **{"hx-swap-oob": "innerHTML"})] == [
        "folders",
        "facets",
        "q-wrong",
    ]
    # Who is open beside the list stays open.
    shown = PART | {"HX-Current-URL": f"{ADDRESS}/talent?person={crew.jana}"}
    kept = crew.recruiter.get("/talent?tag=java", headers=shown)
    assert kept.headers["hx-push-url"] == f"/talent?tag=java&person={crew.jana}"


def folders(page: Page) -> list[dict[str, str]]:
    """The boxes of the tree."""
    return page.every("input", type="checkbox", name="pool")


def test_a_form_is_answered_with_people_and_the_folders_follow_as_the_whole_page_has_them(crew: Crew) -> None:
    here = {"HX-Current-URL": f"{ADDRESS}/talent?open={crew.java}"}
    asked = f"location=brno&sort=name&open={crew.java}"
    form = PART | here | {"HX-Trigger": "search"}
    part = Page(crew.manager.get(f"/talent?{asked}", headers=form))
    assert people(part) == [str(crew.jana)]
    assert part.every("input", name="location") != []
    assert folders(part) == []
    assert part.every("div", id="folders") == []
    [late] = [each for each in part.every("div") if each.get("hx-target") == "#folders"]
    assert late["hx-get"].startswith("/talent/folders?")
    assert "load" in late["hx-trigger"]

    alone, whole = crew.manager.get(late["hx-get"]), crew.manager.get(f"/talent?{asked}")
    assert "Java people 2 new 1" in Page(alone).text
    assert "In Brno 1 new 1" in Page(alone).text
    # Word for word what stands there when the page is loaded.
    assert alone.text.strip() in whole.text
    assert folders(Page(alone)) == folders(Page(whole)) != []


def test_a_link_is_answered_with_the_folders_and_their_numbers_at_once(crew: Crew) -> None:
    asked = f"/talent?location=brno&open={crew.java}"
    shut = {"HX-Current-URL": f"{ADDRESS}/talent?location=brno"}
    same = {"HX-Current-URL": f"{ADDRESS}{asked}"}
    # A link says nothing of a form; and a form that was sent before a folder was opened has no boxes of what is in it.
    for headers in PART, PART | same, PART | same | {"HX-Trigger": "turn-tags"}, PART | shut | {"HX-Trigger": "search"}:
        part = Page(crew.manager.get(asked, headers=headers))
        assert part.every("div", id="folders") != [], headers
        assert "Java people 2 new 1" in part.text
        assert "In Brno 1 new 1" in part.text
        assert [each for each in part.every("div") if each.get("hx-target") == "#folders"] == []


def test_beside_a_question_that_cannot_be_answered_the_folders_alone_have_no_numbers(crew: Crew) -> None:
    of_staff = Page(crew.recruiter.get("/talent/folders?tag=cobol"))
    assert "Java people 0" in of_staff.text
    wrong = Page(crew.recruiter.get("/talent/folders?created.days=0"))
    assert [box["value"] for box in folders(wrong)] == [box["value"] for box in folders(of_staff)]
    assert "Java people" in wrong.text
    assert "Java people 0" not in wrong.text


def test_a_click_is_one_request_to_the_engine(crew: Crew) -> None:
    for headers in (PART, {}):
        with counted_calls() as calls:
            crew.recruiter.get("/talent?tag=java&open=stages&open=reasons", headers=headers)
        assert len(calls) == 1
    for path in "/talent/suggest?q=ja", "/talent/folders?tag=java":
        with counted_calls() as calls:
            crew.recruiter.get(path)
        assert len(calls) == 1


def test_suggestions_lead_to_people_or_add_to_the_question(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent/suggest?q=ja"))
    options = page.every("div", role="option")
    assert [each.get("data-leads") for each in options if "data-leads" in each] == [f"/people/{crew.jana}"]
    assert [(each["data-name"], each["data-value"]) for each in options if "data-name" in each] == [
        ("tag", "java"),
        ("pool", str(crew.java)),
    ]
    assert Page(crew.recruiter.get("/talent/suggest")).elements == []
    assert Page(crew.recruiter.get("/talent/suggest", params={"q": "\0" + "x" * 500})).elements == []


def test_a_search_becomes_a_pool_or_statistics_in_one_click(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/talent?tag=cobol&sort=name&open=stages"))
    hrefs = [link["href"] for link in page.every("a")]
    assert "/pools/new?tag=cobol" in hrefs
    assert "/statistics?tag=cobol" in hrefs
    nothing = [link["href"] for link in Page(crew.recruiter.get("/talent")).every("a")]
    assert "/statistics" in nothing
    assert not any(href.startswith("/pools/new") for href in nothing)


def test_statistics_of_a_search_lead_back_to_its_people(crew: Crew) -> None:
    page = Page(crew.recruiter.get("/statistics?tag=cobol&by=reason&by=said_by"))
    assert "Salary the candidate 1 100 %" in page.text
    assert "Tag: COBOL" in page.text
    there = next(link["href"] for link in page.every("a") if "rejected.reason" in link.get("href", ""))
    assert people(Page(crew.recruiter.get(there))) == [str(crew.eva)]
    nobody = Page(crew.recruiter.get("/statistics?tag=java"))
    assert "Nobody of these people was rejected" in nobody.text


def test_analysts_get_numbers_of_large_groups_and_no_people(house: Installation, crew: Crew) -> None:
    analyst = signed_in(house, house.id_of(Role.ANALYST))
    answer = analyst.get("/statistics")
    page = Page(answer)
    assert "Salary" not in page.text
    assert "withheld" in page.text
    assert page.every("a", href="/talent") == []
    assert page.every("input", name="q") == []
    refused = Page(analyst.get("/statistics?q=java&by=month"), 422)
    assert "Analysts do not search in texts" in refused.text
    too_many = Page(analyst.get("/statistics?by=month&by=stage&by=source&by=reason&from=2026-13"), 422)
    assert len(too_many.every("div", role="alert")) == 1


def answers_kept() -> int:
    """How many answers are remembered that later ones of analysts are withheld by."""
    with session() as db:
        return int(db.scalar(text("SELECT count(*) FROM rejection_answers")))


def test_a_link_of_another_site_uses_up_no_statistics_of_an_analyst(emptied: Installation) -> None:
    ok(emptied.administrator.post("/v1/rejection-reasons", json={"name": "Salary", "said_by": "us"}), 201)
    position = ok(emptied.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    for number in range(6):
        person = emptied.candidate(f"Person {number}")
        path = f"/v1/candidates/{person}/applications"
        applied = ok(emptied.recruiter.post(path, json={"position": position}), 201)["id"]
        ok(emptied.recruiter.put(f"/v1/applications/{applied}/rejection", json={"reason": "salary"}))
    emptied.settle()
    analyst, recruiter = (signed_in(emptied, emptied.id_of(role)) for role in (Role.ANALYST, Role.RECRUITER))
    asked, before = "/statistics?by=said_by&rejected.reason=salary", answers_kept()
    for named in {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://example.com"}:
        page = Page(analyst.get(asked, headers=named))
        assert "nothing was counted yet" in page.text
        assert "6 rejections" not in page.text
        # The question stands there, and its form asks it.
        assert ticked(page) == {("by", "said_by")}
        assert page.every("input", type="hidden", name="rejected.reason", value="salary")
        # Of staff nothing is remembered, so there is nothing to wait for.
        assert "6 rejections" in Page(recruiter.get(asked, headers=named)).text
    assert answers_kept() == before
    for own in {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}, {}:
        assert "6 rejections" in Page(analyst.get(asked, headers=own)).text
    assert answers_kept() == before + 1


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "\u202egnp.exe",
    "%(n)s",
    "A" * 200,
)


def test_hostile_strings_are_text(emptied: Installation) -> None:
    for hostile in HOSTILE:
        emptied.tag(hostile)
        emptied.pool(hostile, {"tags": {"any": [hostile]}})
        ok(emptied.recruiter.post("/v1/positions", json={"title": hostile}), 201)
        emptied.settle()
        person = {"headline": hostile, "cv_text": f"kafka {hostile}", "source": hostile}
        emptied.candidate(hostile, [hostile], **person)
    emptied.settle()
    reader = signed_in(emptied, emptied.id_of(Role.RECRUITER))
    for path in ("/talent?q=kafka&open=sources", "/talent/suggest?q=0", "/statistics"):
        answer = reader.get(path)
        for hostile in HOSTILE:
            page = Page(reader.get(path, params={"tag": hostile}) if path == "/talent" else answer)
            assert page.every("img", src="x") == []
            assert [script for script in page.every("script") if not script.get("src")] == []
    page = Page(reader.get("/talent?q=kafka&open=sources"))
    for hostile in HOSTILE:
        assert " ".join(hostile.split()) in page.text
    for hostile in HOSTILE:
        asked = Page(reader.get("/talent", params={"tag": hostile, "q": "kafka", "find.tags": hostile}))
        assert ("tag", hostile) in sent(asked) or hostile.casefold() in {value.casefold() for _, value in sent(asked)}
        assert asked.every("img", src="x") == []


def test_an_empty_database_says_what_to_do(emptied: Installation) -> None:
    recruiter = Page(signed_in(emptied, emptied.id_of(Role.RECRUITER)).get("/talent"))
    assert "There is nobody in the talent database yet." in recruiter.text
    manager = Page(signed_in(emptied, emptied.id_of(Role.HIRING_MANAGER)).get("/talent"))
    assert "Nobody is shown to you yet." in manager.text


def test_the_first_load_is_below_150_kb(house: Installation) -> None:
    reader = browser(house)
    answers: list[Response] = [signed_in(house, house.id_of(Role.RECRUITER)).get("/talent")]
    page = Page(answers[0])
    answers += [reader.get(link["href"]) for link in page.every("link")]
    answers += [reader.get(script["src"]) for script in page.every("script")]
    imported = [reader.get(asset(f"{name}.js")) for name in ("proof", "toasts")]
    bytes_of_people = 25 * 1_400
    assert sum(each.num_bytes_downloaded for each in answers + imported) + bytes_of_people < 110_000
