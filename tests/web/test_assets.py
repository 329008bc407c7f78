"""Styles and scripts: kept for ever under an address that changes with them, and no more than a page should need."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.api.browser import browser
from tests.installation import Installation
from tests.web.reading import Page
from web.assets import FOLDER, asset
from web.headers import HEADERS

TESTS = Path(__file__).parents[1] / "browser"


@pytest.mark.parametrize("folder", [FOLDER / "vendor", TESTS / "vendor"], ids=["pages", "tests"])
def test_what_is_not_ours_is_what_its_list_says(folder: Path) -> None:
    listed = dict(
        re.findall(r"^\| `([\w.]+)` .* `([0-9a-f]{64})` \|$", (folder / "VENDORED.md").read_text(), re.MULTILINE)
    )
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix in (".js", ".css")
    }
    assert listed == found


def test_files_are_kept_for_ever_under_their_stamp_and_not_under_another(house: Installation) -> None:
    client = browser(house)
    kept = client.get(asset("app.css"))
    assert kept.status_code == 200
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-encoding"] == "gzip"
    assert {name: kept.headers.get(name) for name in HEADERS} == HEADERS
    assert client.get("/static/0123456789abcdef/app.css").headers["cache-control"] == "no-store"
    for path in ("/static/x/nothing.css", asset("../app.py"), asset("%2e%2e/app.py"), asset("vendor/")):
        assert client.get(path).status_code == 404


def test_the_first_load_of_a_page_is_below_a_third_of_what_it_may_be(house: Installation) -> None:
    client = browser(house)
    page = client.get("/login")
    answers = [client.get(link["href"]) for link in Page(page).every("link")]
    answers += [
        client.get(asset(f"{name}.js")) for name in ("bell", "keys", "proof", "times", "toasts", "vendor/htmx.min")
    ]
    sent = sum(each.num_bytes_downloaded for each in answers)
    assert sent + len(page.content) < 50_000
