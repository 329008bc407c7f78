"""Settings that would not do what they seem to are refused at the start, with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core.settings import Settings, is_loopback


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"PUBLIC_URL": "talent.example.com"}, "PUBLIC_URL must be like"),
        ({"PUBLIC_URL": "https://talent.example.com/app"}, "nothing after the host"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8, nonsense"}, "nonsense"),
        ({"OIDC_ISSUER": "http://login.example.com"}, "must begin with https"),
        ({"OIDC_ISSUER": "https://login.example.com"}, "needs OIDC_CLIENT_ID and PUBLIC_URL"),
        ({"SMTP_URL": "smtps://mail.example.com"}, "needs MAIL_FROM and PUBLIC_URL"),
        ({"SMTP_URL": "mail.example.com"}, "SMTP_URL must begin with one of"),
        ({"SMTP_URL": "smtp://name:secret@mail.example.com"}, "for everybody to read"),
        ({"SESSION_IDLE_S": "10"}, "greater than or equal to 300"),
    ],
    ids=str,
)
def test_what_would_not_work_or_not_be_safe_is_refused(named: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence) as refused:
        Settings(**named)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "named",
    [
        {"PUBLIC_URL": "https://talent.example.com/"},
        {"PUBLIC_URL": "http://localhost:8000"},
        {"TRUSTED_PROXIES": " 10.0.0.0/8 , 192.0.2.1,2001:db8::/32,"},
        {
            "SMTP_URL": "smtp+starttls://name:p%40ss@mail.example.com:587",
            "MAIL_FROM": "Micropools <pools@example.com>",
            "PUBLIC_URL": "https://talent.example.com",
        },
        {
            "OIDC_ISSUER": "https://login.example.com/realm",
            "OIDC_CLIENT_ID": "micropools",
            "PUBLIC_URL": "https://talent.example.com",
        },
    ],
    ids=str,
)
def test_what_works_is_taken(named: dict[str, Any]) -> None:
    assert not Settings(**named).public_url.endswith("/")


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    made = Settings(
        SMTP_URL="smtps://name:hidden@mail.example.com",
        MAIL_FROM="pools@example.com",
        PUBLIC_URL="https://talent.example.com",
        OIDC_CLIENT_SECRET="hidden",
    )
    assert "hidden" not in repr(made)


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", "127.0.0.1.example.com"]
)
def test_other_machines_are_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)
