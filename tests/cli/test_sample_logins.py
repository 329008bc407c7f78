"""The sample users of the demo can sign in on the page."""

from __future__ import annotations

from pathlib import Path

from cli.accounts import KEPT_IN, sample_logins, sample_password
from records.models import Role
from tests.api.browser import browser
from tests.installation import Installation


def test_they_sign_in_with_the_password_that_is_printed_and_the_second_demo_prints_it_again(
    world: Installation, tmp_path: Path
) -> None:
    logins = sample_logins(tmp_path)
    password = sample_password(tmp_path, logins)
    assert sample_password(tmp_path, logins) == password
    assert (tmp_path / KEPT_IN).stat().st_mode & 0o077 == 0
    data = {"email": logins[Role.RECRUITER].email, "password": password}
    answer = browser(world).post("/login", data=data)
    assert answer.status_code == 200
    assert "<h1>Hello, " in answer.text
