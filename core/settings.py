"""Settings, read once from the environment and never changed afterwards."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the real parts are and how this process behaves.

    The three URLs are the only things a deployment must set; embedded parts set them for their children.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(default="", validation_alias="DATABASE_URL", description="postgresql://user@host/db")
    redis_url: str = Field(default="", validation_alias="REDIS_URL", description="redis://host:port/0")
    opensearch_url: str = Field(
        default="", validation_alias="OPENSEARCH_URL", description="one URL, or several separated by commas"
    )
    index_prefix: str = Field(default="micropools", validation_alias="INDEX_PREFIX", pattern=r"^[a-z0-9_-]{1,40}$")
    home: Path = Field(default=Path(".micropools"), validation_alias="MICROPOOLS_HOME")
    host: str = Field(default="127.0.0.1", validation_alias="MICROPOOLS_HOST")
    port: int = Field(default=8000, validation_alias="MICROPOOLS_PORT", ge=1, le=65535)
    # One API process answers from 40 threads (Starlette's default), so the pool must not be the smaller number
    # by much, nor exceed PostgreSQL's default of 100 connections with a few processes.
    database_pool: int = Field(default=20, validation_alias="DATABASE_POOL", ge=1, le=200)
    engine_timeout_s: float = Field(default=30.0, validation_alias="ENGINE_TIMEOUT_S", gt=0)
    # Above this a drain gains no throughput (docs/decisions), below it the engine sees too many small requests.
    outbox_batch: int = Field(default=250, validation_alias="OUTBOX_BATCH", ge=1, le=5000)

    # Off where the API's machine has better things to do; the workers then do everything.
    express_lane: bool = Field(default=True, validation_alias="EXPRESS_LANE")

    @property
    def sqlalchemy_url(self) -> str:
        """DATABASE_URL with the driver we use named, whatever form the operator wrote it in."""
        url = self.database_url
        for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    @property
    def opensearch_hosts(self) -> list[str]:
        """The engine's addresses, in the order given."""
        return [part.strip() for part in self.opensearch_url.split(",") if part.strip()]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
