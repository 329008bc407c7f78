"""The carried data keeps its promises: enough of it, small, nobody real in it, one label one tag."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from itertools import islice
from pathlib import Path

from core.text import fold
from sample.locations import Location, country, czech_places, locations
from sample.profiles import candidate, candidates, years_of
from sample.requirements import Shape, pools, required_skills
from sample.rows import requirement_rows, survey_rows
from sample.tags import Skill, of_answer, skill_name, skills
from search.vocabulary import KEY


def test_carries_enough_rows_in_little_space() -> None:
    carried = Path(str(files("sample"))) / "data"
    assert len(survey_rows()) >= 5_000
    assert len(requirement_rows()) <= 2_000
    assert sum(file.stat().st_size for file in carried.iterdir()) <= 2 * 1024 * 1024


def test_no_label_means_two_things() -> None:
    tags: list[Skill | Location] = [*skills(), *locations()]
    labels = Counter(label for tag in tags for label in {fold(text) for text in (tag.key, tag.name, *tag.synonyms)})
    assert [label for label, tags_with_it in labels.items() if tags_with_it > 1] == []


def test_keys_can_be_combined() -> None:
    tags: list[Skill | Location] = [*skills(), *locations()]
    assert all(KEY.fullmatch(tag.key) for tag in tags)


def test_parents_come_before_their_children_and_czech_towns_lie_in_a_region() -> None:
    seen: dict[str, str | None] = {}
    for place in locations():
        assert place.parent is None or place.parent in seen
        seen[place.key] = place.parent
    assert seen["czechia.brno"] == "czechia.brno-mesto"
    assert seen["czechia.brno-mesto"] == "czechia.jihomoravsky-kraj"
    assert seen["czechia.jihomoravsky-kraj"] == "czechia"
    assert "Žďár nad Sázavou" in czech_places()


def test_every_answered_country_is_a_place() -> None:
    answered = {country(row["country"]) for row in survey_rows()} - {None}
    assert answered <= {place.name for place in locations()}


def test_spellings_of_a_skill_become_one_name() -> None:
    assert {skill_name(text) for text in ("JS", "javascript", "Java  Script")} == {"JavaScript"}
    assert [skill_name(text) for text in ("postgres", "K8s", "c#", "Cobol")] == [
        "PostgreSQL",
        "Kubernetes",
        "C#",
        "Cobol",
    ]
    assert of_answer("HTML/CSS") == ("HTML", "CSS")
    assert of_answer("Other(s):") == ()


def test_nobody_real_can_be_meant() -> None:
    for payload in candidates(6_500):
        assert re.fullmatch(r"Test Person \d{5} \w+", payload["name"])
        assert payload["email"].endswith("@example.com")
        assert payload["phone"].startswith("+420 000 ")


def test_more_candidates_than_rows_are_recombined_and_all_differ() -> None:
    made = list(candidates(len(survey_rows()) + 500))
    assert len({payload["email"] for payload in made}) == len(made)
    assert made == list(candidates(len(made)))
    assert any(
        late["locations"] != early["locations"] for early, late in zip(made, made[len(survey_rows()) :], strict=False)
    )


def test_facts_of_a_row_are_in_its_candidate() -> None:
    payload = candidate(
        {
            "id": "x",
            "country": "Czech Republic",
            "skills": ["HTML/CSS", "React.js"],
            "roles": ["Web developer", "Full stack Web developer"],
            "years_pro": "4 to 5 years",
            "wants": {"language": ["Rust"]},
        },
        7,
    )
    assert payload["tags"] == ["HTML", "CSS", "React"]
    assert payload["headline"] == "Full stack Web developer"
    assert payload["years_experience"] == 4
    assert payload["locations"][0] in czech_places()
    assert "HTML, CSS a React" in payload["cv_text"]
    assert "Rust" in payload["cv_text"]


def test_years_are_read_from_answers() -> None:
    assert [years_of(answer) for answer in ("Less than a year", "20 or more years", "9 to 10 years", None)] == [
        0,
        20,
        9,
        None,
    ]


def test_pools_are_the_same_every_time_and_half_of_them_ask_for_all_skills() -> None:
    made = list(pools(400, seed=3))
    assert made == list(pools(400, seed=3))
    assert made != list(pools(400, seed=4))
    tags = [pool["criteria"]["tags"] for pool in made]
    assert sum("all" in tag for tag in tags) == 200
    assert all(1 <= len([*tag.get("any", ()), *tag.get("all", ())]) <= 4 for tag in tags)
    assert 120 < sum("locations" in pool["criteria"] for pool in made) < 280


def test_more_pools_than_requirements_are_made() -> None:
    made = list(islice(pools(5_000, shape=Shape((3, 3), located=1.0)), 5_000))
    assert len(made) == 5_000
    assert max(len(pool["name"]) for pool in made) <= 120


def test_places_and_sentences_are_not_skills() -> None:
    assert required_skills(("Java", "java", "India", "&amp;", "x" * 200, "R&amp;D")) == ["Java", "R&D"]
