"""Settings, read once from the environment and never changed afterwards."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")


class Settings(BaseSettings):
    """Where the real parts are and how this process behaves.

    The three URLs are the only things a deployment must set; embedded parts set them for their children.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(default="", validation_alias="DATABASE_URL", description="postgresql://user@host/db")
    redis_url: str = Field(default="", validation_alias="REDIS_URL", description="redis://host:port/0")
    opensearch_url: str = Field(
        default="", validation_alias="OPENSEARCH_URL", description="one URL, or several separated by commas"
    )
    index_prefix: str = Field(default="micropools", validation_alias="INDEX_PREFIX", pattern=r"^[a-z0-9_-]{1,40}$")
    home: Path = Field(default=Path(".micropools"), validation_alias="MICROPOOLS_HOME")
    # Who was erased, by id, for the restore of a backup that still has them (core/erasure_list.py).
    erasure_list: Path | None = Field(default=None, validation_alias="ERASURE_LIST")
    # Traces of the erased are cleared out of index and table files at most this often; it rewrites much of the index.
    clear_traces_s: int = Field(default=86_400, validation_alias="CLEAR_TRACES_S", ge=60)
    host: str = Field(default="127.0.0.1", validation_alias="MICROPOOLS_HOST")
    port: int = Field(default=8000, validation_alias="MICROPOOLS_PORT", ge=1, le=65535)
    # One API process answers from 40 threads (Starlette's default), so the pool must not be the smaller number
    # by much, nor exceed PostgreSQL's default of 100 connections with a few processes.
    database_pool: int = Field(default=20, validation_alias="DATABASE_POOL", ge=1, le=200)
    engine_timeout_s: float = Field(default=30.0, validation_alias="ENGINE_TIMEOUT_S", gt=0)
    # Above this a drain gains no throughput (docs/decisions), below it the engine sees too many small requests.
    outbox_batch: int = Field(default=250, validation_alias="OUTBOX_BATCH", ge=1, le=5000)

    # Words whose other forms are other words (names of products, say): found only as written. Changed, they reach the
    # indexes with the next reindex.
    kept_words: str = Field(
        default="", validation_alias="KEPT_WORDS", description="words that stemmers leave alone, separated by commas"
    )
    # -- growth: docs/scaling.md --

    # 200,000 people with CVs are about 3 GB: one shard holds ten times that. More shards than one machine has use for
    # only make each search ask more often. Another number takes effect with `micropools reindex`.
    candidate_shards: int = Field(default=1, validation_alias="CANDIDATE_SHARDS", ge=1, le=256)
    # 100,000 pools answer in 12 to 21 ms from one shard (measured); two would double the work of each percolation on
    # the same cores.
    pool_shards: int = Field(default=1, validation_alias="POOL_SHARDS", ge=1, le=256)
    # Copies beside the first. Without a number: one as soon as there is a second node, so that a single node is not
    # left waiting for one. Takes effect at the next start.
    index_replicas: int | None = Field(default=None, validation_alias="INDEX_REPLICAS", ge=0, le=10)

    # Off where the API's machine has better things to do; the workers then do everything.
    express_lane: bool = Field(default=True, validation_alias="EXPRESS_LANE")

    # -- looking for drift --

    # How often a share is looked at (0: never), and within how long everything is. A share costs a second for each ten
    # thousand people; at these figures, and with a million people, one in five minutes.
    check_interval_s: float = Field(default=300.0, validation_alias="CHECK_INTERVAL_S", ge=0)
    check_period_s: float = Field(default=86_400.0, validation_alias="CHECK_PERIOD_S", ge=60)
    # Whether it is set right by itself, and up to how many finds of one check: more are not drift but a disaster.
    check_repair: bool = Field(default=True, validation_alias="CHECK_REPAIR")
    check_repair_most: int = Field(default=1_000, validation_alias="CHECK_REPAIR_MOST", ge=0)

    # -- signing in --

    # Where browsers find the product. Without it links are made from the request, and none is sent by mail.
    public_url: str = Field(default="", validation_alias="PUBLIC_URL", description="https://talent.example.com")
    # Half a day: a session outlives lunch and ends overnight. It is counted in minutes, so no less than a few of them.
    session_idle_s: int = Field(default=43_200, validation_alias="SESSION_IDLE_S", ge=300)
    session_life_s: int = Field(default=604_800, validation_alias="SESSION_LIFE_S", ge=300)
    # Whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody's by default.
    trusted_proxies: str = Field(
        default="", validation_alias="TRUSTED_PROXIES", description="addresses and networks, separated by commas"
    )
    oidc_issuer: str = Field(default="", validation_alias="OIDC_ISSUER", description="https://login.example.com/realm")
    oidc_client_id: str = Field(default="", validation_alias="OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias="OIDC_CLIENT_SECRET")

    # -- mail --

    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="SMTP_URL",
        description="smtp+starttls://name:password@host:587, smtps://…:465, or smtp://host:25 without encryption",
    )
    mail_from: str = Field(default="", validation_alias="MAIL_FROM", description="Micropools <pools@example.com>")

    # Where the demo's mail server keeps letters, and administrators are shown them; no installation's need.
    demo_mailbox: Path | None = Field(default=None, validation_alias="DEMO_MAILBOX")

    # -- push --

    # Whether push and webhooks may go to servers on this machine: for trials of one's own, and no installation's need.
    push_loopback: bool = Field(default=False, validation_alias="PUSH_LOOPBACK")
    # -- Slack --

    # Another one only where a proxy stands before Slack, and in tests.
    slack_api_url: str = Field(
        default="https://slack.com/api/", validation_alias="SLACK_API_URL", description="https://slack.com/api/"
    )

    @field_validator("index_replicas", mode="before")
    @classmethod
    def _empty_is_not_given(cls, number: object) -> object:
        return None if number == "" else number

    @field_validator("public_url")
    @classmethod
    def _an_address_of_ours(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (
            parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query
        ):
            raise ValueError("PUBLIC_URL must be like https://talent.example.com, with nothing after the host")
        return url.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, listed: str) -> str:
        for part in filter(None, map(str.strip, listed.split(","))):
            ipaddress.ip_network(part, strict=False)
        return listed

    @field_validator("oidc_issuer")
    @classmethod
    def _not_to_be_overheard(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
            raise ValueError("OIDC_ISSUER must begin with https://")
        return url

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.public_url):
            raise ValueError("OIDC_ISSUER needs OIDC_CLIENT_ID and PUBLIC_URL beside it")
        if self.smtp_url.get_secret_value():
            smtp = self.smtp
            if smtp.scheme not in SMTP_SCHEMES or not smtp.hostname:
                raise ValueError(f"SMTP_URL must begin with one of {', '.join(SMTP_SCHEMES)} and name a host")
            if smtp.password and smtp.scheme == "smtp" and not is_loopback(smtp.hostname):
                raise ValueError("SMTP_URL would send its password for everybody to read; use smtp+starttls or smtps")
            if not (self.mail_from and self.public_url):
                raise ValueError("SMTP_URL needs MAIL_FROM and PUBLIC_URL beside it")
        return self

    @property
    def erasure_file(self) -> Path:
        """Where the erasure list is kept; in the home unless ERASURE_LIST names another place."""
        return self.erasure_list or self.home / "erased.txt"

    @property
    def sends_mail(self) -> bool:
        """Whether there is a server to give mail to."""
        return bool(self.smtp_url.get_secret_value())

    @property
    def smtp(self) -> SplitResult:
        """SMTP_URL in its parts."""
        return urlsplit(self.smtp_url.get_secret_value())

    @property
    def proxies(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """The networks of TRUSTED_PROXIES."""
        parts = filter(None, map(str.strip, self.trusted_proxies.split(",")))
        return [ipaddress.ip_network(part, strict=False) for part in parts]

    @property
    def sqlalchemy_url(self) -> str:
        """DATABASE_URL with the driver we use named, whatever form the operator wrote it in."""
        url = self.database_url
        for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    @property
    def words_kept(self) -> tuple[str, ...]:
        """KEPT_WORDS one by one, in small letters: the same however they were listed."""
        return tuple(sorted({word.strip().lower() for word in self.kept_words.split(",")} - {""}))

    @property
    def opensearch_hosts(self) -> list[str]:
        """The engine's addresses, in the order given."""
        return [part.strip() for part in self.opensearch_url.split(",") if part.strip()]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where nobody listens in."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
