"""`micropools users`: the first administrator comes in, and nobody is locked out for good."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from records.models import Role
from tests.api.answers import ok, problem
from tests.api.browser import browser, signed_in
from tests.installation import Installation

run = CliRunner()
SENTENCE = "correct horse battery staple"


def users(home: Path, *words: str, **more: Any) -> Result:
    """Type a command."""
    return run.invoke(app, ["users", *words, "--home", str(home)], **more)


def address() -> str:
    """One that nobody has."""
    return f"{uuid.uuid4().hex}@example.com"


def login(world: Installation, email: str, password: str = SENTENCE) -> Any:
    """Sign in through the API."""
    return browser(world).post("/v1/login", json={"email": email, "password": password})


def test_the_first_administrator_is_added_and_signs_in(world: Installation, tmp_path: Path) -> None:
    email = address()
    result = users(
        tmp_path, "add", email, "--name", "Jana Nováková", "--role", "administrator", input=f"{SENTENCE}\n{SENTENCE}\n"
    )
    assert result.exit_code == 0, result.output
    assert SENTENCE not in result.output
    assert ok(login(world, email))["user"]["role"] == "administrator"


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("new@example.com", "short", "at least 12"),
        ("recruiter@example.com", SENTENCE, "already a user"),
        ("nonsense", SENTENCE, "no e-mail address"),
    ],
)
def test_who_cannot_be_added_is_told_why(
    world: Installation, tmp_path: Path, email: str, password: str, sentence: str
) -> None:
    words = ("add", email, "--name", "Somebody", "--role", "recruiter", "--password", password)
    result = users(tmp_path, *words)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_an_invitation_from_the_command_line_is_accepted_through_the_api(world: Installation, tmp_path: Path) -> None:
    email = address()
    words = ("invite", email, "--name", "Petra Dvořáková", "--role", "recruiter")
    link = json.loads(users(tmp_path, *words, "--json").stdout)["link"]
    token = link.partition("/invitation#")[2]
    ok(browser(world).post("/v1/invitations/accept", json={"token": token, "password": SENTENCE}), 201)
    ok(login(world, email))
    again = users(tmp_path, *words)
    assert again.exit_code == 1
    assert "already a user" in again.stderr


def test_a_reset_link_lets_somebody_in_again(world: Installation, tmp_path: Path) -> None:
    shown = users(tmp_path, "reset-link", "Recruiter@example.com").stdout
    found = re.search(r"/password/reset#(\S+)", shown)
    assert found
    body = {"token": found.group(1), "password": SENTENCE}
    ok(browser(world).post("/v1/password/reset", json=body), 204)
    ok(login(world, "recruiter@example.com"))


def test_a_user_is_deactivated_with_sessions_tokens_and_links(world: Installation, tmp_path: Path) -> None:
    client = signed_in(world, world.id_of(Role.RECRUITER))
    token = re.search(r"#(\S+)", users(tmp_path, "reset-link", "recruiter@example.com").stdout)
    result = users(tmp_path, "deactivate", "recruiter@example.com")
    assert result.exit_code == 0, result.output
    problem(client.get("/v1/me"), 401)
    problem(world.recruiter.get("/v1/me"), 401)
    assert token
    body = {"token": token.group(1), "password": SENTENCE}
    problem(browser(world).post("/v1/password/reset", json=body), 422)
    for command in ("deactivate", "reset-link"):
        again = users(tmp_path, command, "recruiter@example.com")
        assert again.exit_code == 1
        assert "no active user" in again.stderr
