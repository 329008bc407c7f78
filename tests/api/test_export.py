"""People as a file: what a reader may see of them and nothing else, harmless in a spreadsheet, and never held whole."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.routes import selection as routes
from records.models import Role
from reports.spreadsheet import as_csv
from tests.api.answers import ok, places, problem
from tests.api.scene import People, Persona, Scene
from tests.api.traces import share
from tests.installation import Installation

PATH = "/v1/bulk/export"


def exported(client: TestClient, **body: Any) -> list[dict[str, str]]:
    """The rows of the file."""
    answer = client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="people.csv"'
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    delimiter = body.get("separator", ",")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def test_a_row_says_of_a_person_what_their_page_says_to_the_same_reader(
    house: Installation, everybody: People, stage: Scene
) -> None:
    other = house.candidate("Of another pool", [stage.skill, stage.internal], languages=[{"code": "cs"}])
    house.settle()
    ids = [str(stage.candidate), str(other), str(uuid.uuid4())]
    for persona in (Persona.ADMINISTRATOR, Persona.RECRUITER, Persona.STRANGER, Persona.VIEWER, Persona.OWNER):
        client = everybody[persona]
        rows = {row["id"]: row for row in exported(client, people=ids)}
        pages = {each: client.get(f"/v1/candidates/{each}") for each in ids}
        assert set(rows) == {each for each, answer in pages.items() if answer.status_code == 200}, persona
        for each, row in rows.items():
            page = pages[each].json()
            assert row["name"] == page["name"]
            assert row["email"] == page.get("email", "")
            assert row["headline"] == page["headline"]
            assert row["experience"] == str(page.get("years_experience", ""))
            assert row["languages"] == "; ".join(" ".join(filter(None, each.values())) for each in page["languages"])
            carried = {tag["name"]: tag["kind"] for tag in page["tags"]}
            columns = {"skill": "skills", "language": "skills", "location": "locations", "label": "labels"}
            for name, kind in carried.items():
                assert name in row[columns.get(kind, kind)]
            named = "; ".join(row.get(column, "") for column in ("skills", "locations", "labels", "internal"))
            assert sorted(filter(None, named.split("; "))) == sorted(carried)
            assert len(list(filter(None, row["applications"].split("; ")))) == len(page.get("applications", []))
            assert row.get("access", page["access"]) == page["access"]
            assert ("source" in row, "internal" in row) == (page["access"] == "full",) * 2


def test_a_label_is_in_the_file_of_those_whose_pool_asks_for_it_alone(house: Installation) -> None:
    mark = uuid.uuid4().hex[:6]
    for name in ("asked", "other"):
        house.tag(f"{name}-{mark}", "label")
    pool = house.pool(f"Pool {mark}", {"tags": {"any": [f"asked-{mark}"]}})
    house.settle()
    house.track(pool)
    person = house.candidate("Somebody", [f"asked-{mark}", f"other-{mark}"])
    house.settle()
    assert exported(house.manager, people=[str(person)])[0]["labels"] == f"asked-{mark}"
    assert exported(house.recruiter, people=[str(person)])[0]["labels"] == f"asked-{mark}; other-{mark}"


def test_applications_in_the_file_are_those_that_were_shared(house: Installation) -> None:
    person = house.candidate("Applicant")
    made = []
    for title in ("Seen", "Hidden"):
        position = ok(house.recruiter.post("/v1/positions", json={"title": title}), 201)["id"]
        body = {"position": position, "stage": "offer"}
        made.append(ok(house.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)["id"])
    share(house.id_of(Role.HIRING_MANAGER), application=uuid.UUID(made[0]))
    [row] = exported(house.manager, people=[str(person)])
    assert (row["applications"], row["access"]) == ("Seen (offer)", "owner")
    assert exported(house.recruiter, people=[str(person)])[0]["applications"] == "Seen (offer); Hidden (offer)"


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a;=cmd|'/C calc'!A0", 'a,"=1', "x\n=1", "-")


@pytest.mark.parametrize("separator", [",", ";"])
def test_nothing_that_somebody_wrote_is_a_formula_wherever_a_spreadsheet_cuts(
    house: Installation, separator: str
) -> None:
    people = [house.candidate(f"Person {at}", headline=formula) for at, formula in enumerate(FORMULAS)]
    body = {"people": list(map(str, people)), "separator": separator}
    answer = house.recruiter.post(PATH, json=body)
    rows = exported(house.recruiter, **body)
    assert [row["headline"].replace("'=", "=") for row in rows if "cmd" in row["headline"]] == [FORMULAS[5]]
    for cut in (",", ";", "\t"):
        for line in answer.content.decode().removeprefix("\ufeff").replace("\r\n", "\n").split("\n"):
            for cell in line.split(cut):
                assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t")), (cut, line)


def test_statistics_keep_what_is_harmless_as_it_is() -> None:
    rows: list[list[str | int]] = [["a, -b", "C++", "x = 1", "jan@example.com", -1]]
    assert as_csv(["what"], rows).splitlines()[1] == '"a, -b",C++,x = 1,jan@example.com,-1'


def test_everybody_a_search_finds_is_in_it_once_in_the_order_of_the_search(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "A_PAGE", 2)
    mark = f"skill-{uuid.uuid4().hex[:6]}"
    house.tag(mark)
    names = ["Ema", "Adam", "Cyril", "Bára", "Dan", "Filip", "Gita"]
    for name in names:
        house.candidate(name, [mark])
    house.settle()
    criteria = {"tags": {"any": [mark]}}
    assert [row["name"] for row in exported(house.recruiter, criteria=criteria, order="name")] == [
        "Adam", "Bára", "Cyril", "Dan", "Ema", "Filip", "Gita",
    ]  # fmt: skip
    assert exported(house.manager, criteria=criteria) == []
    found = ok(house.recruiter.post("/v1/bulk/selection", json={"criteria": criteria, "order": "name"}))
    assert (found["total"], [each["name"] for each in found["people"]]) == (7, sorted(names))


def test_who_loses_a_right_while_the_file_is_sent_gets_no_more_of_it(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is made as it is taken: two people, then a right goes, then the rest."""
    monkeypatch.setattr(routes, "A_PAGE", 2)
    mark = f"skill-{uuid.uuid4().hex[:6]}"
    house.tag(mark)
    pool = house.pool(mark, {"tags": {"any": [mark]}})
    house.settle()
    house.track(pool)
    for number in range(6):
        house.candidate(f"Person {number}", [mark])
    house.settle()
    looked = routes._seen_now
    user = house.id_of(Role.HIRING_MANAGER)

    def then(caller: Any, people: list[uuid.UUID]) -> Any:
        rows = looked(caller, people)
        house.administrator.delete(f"/v1/users/{user}/tracking/{pool}")
        return rows

    monkeypatch.setattr(routes, "_seen_now", then)
    assert len(exported(house.manager, criteria={"tags": {"any": [mark]}})) == 2


def test_more_than_a_file_takes_are_refused_with_their_number(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_EXPORTED", 1)
    for name in ("One", "Two"):
        house.candidate(name)
    house.settle()
    answer = house.recruiter.post(PATH, json={"criteria": {}})
    assert places(answer, 422) == ["body.criteria"]
    assert "Narrow the search." in problem(answer, 422)["detail"]


def test_a_selection_is_either_people_or_a_search(house: Installation) -> None:
    for body in ({}, {"people": [str(uuid.uuid4())], "criteria": {}}):
        for path in ("/v1/bulk/selection", PATH):
            assert places(house.recruiter.post(path, json=body), 422) == ["body"]


def test_a_selection_names_whom_the_reader_sees_and_the_choices_only_to_staff(
    house: Installation, everybody: People, stage: Scene
) -> None:
    body = {"people": [str(stage.candidate), str(uuid.uuid4()), str(stage.candidate)]}
    for persona in (Persona.RECRUITER, Persona.VIEWER, Persona.STRANGER):
        told = ok(everybody[persona].post("/v1/bulk/selection", json=body))
        sees = persona is not Persona.STRANGER
        assert [each["id"] for each in told["people"]] == [str(stage.candidate)] * sees
        assert told["unknown"] == ([] if sees else body["people"][:1]) + body["people"][1:2]
        assert ("choices" in told) == (persona is Persona.RECRUITER)
    choices = ok(everybody[Persona.RECRUITER].post("/v1/bulk/selection", json=body))["choices"]
    assert (choices["one_open"], choices["positions"][0]["open"]) == (1, 1)
    assert {tag["name"]: tag["people"] for tag in choices["tags"]}[stage.skill] == 1
