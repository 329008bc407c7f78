"""The processes of the product itself, as commands: API, worker and beat, and the migration before them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded.parts import log_file
from embedded.ports import LOOPBACK
from embedded.process import Command
from embedded.urls import ServiceUrls

ROOT = Path(__file__).parent.parent
MAILBOX = "mailbox"


@dataclass(frozen=True)
class Shape:
    """Where the product listens and how many processes it has."""

    host: str = "127.0.0.1"
    port: int = 8000
    # One answers 40 requests at a time from threads. On two cores, which the engine shares, a second one answers one
    # search in thirty more (measured, 8 users), and takes 150 MB.
    api_processes: int = 1
    # As many as the smallest machine has cores; indexing waits on the engine half of the time.
    worker_processes: int = 2
    # Where the demo's mail server listens: what would be mailed is kept in the home, and shown on a page.
    mailbox_port: int | None = None

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{self.host}:{self.port}"


def environment(home: Path, urls: ServiceUrls, shape: Shape) -> dict[str, str]:
    """What every process of the product gets: ours over the caller's."""
    return {
        **os.environ,
        **urls.environment(),
        **_mailing(home, shape),
        "MICROPOOLS_HOME": str(home),
        "MICROPOOLS_HOST": shape.host,
        "MICROPOOLS_PORT": str(shape.port),
        # From a checkout that is not installed the packages are found by their place.
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        # What is written to a log is to be in it when the process is killed.
        "PYTHONUNBUFFERED": "1",
    }


def mailbox_folder(home: Path) -> Path:
    """Where the demo's letters are."""
    return home / "mailbox"


def _mailing(home: Path, shape: Shape) -> dict[str, str]:
    """The demo writes to its own mailbox, whatever mail server the caller has: its people are made up."""
    if shape.mailbox_port is None:
        return {}
    return {
        "SMTP_URL": f"smtp://{LOOPBACK}:{shape.mailbox_port}",
        "MAIL_FROM": "Micropools <micropools@example.com>",
        "PUBLIC_URL": shape.address,
        "DEMO_MAILBOX": str(mailbox_folder(home)),
    }


def migration() -> list[str]:
    """Bring tables and indices to the newest version; ends with status 0 when they are."""
    return [sys.executable, "-m", "indexer.prepare"]


def commands(home: Path, shape: Shape, variables: Mapping[str, str]) -> list[Command]:
    """API, worker and beat, in the order in which they are started; they are stopped in the opposite one."""
    return [
        *mailbox(home, shape, variables),
        Command(name="api", argv=api(shape), log=log_file(home, "api"), environment=counting(home, variables)),
        Command(name="worker", argv=worker(shape), log=log_file(home, "worker"), environment=variables),
        Command(name="beat", argv=beat(home), log=log_file(home, "beat"), environment=variables, grace_s=5),
    ]


def counting(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Where the API's processes count together, so that any of them can say what all of them answered."""
    place = home / "run" / "metrics"
    # Counts are since the start, as those of a single process are.
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700, parents=True)
    return {**variables, "PROMETHEUS_MULTIPROC_DIR": str(place)}


def api(shape: Shape) -> list[str]:
    """The API under uvicorn."""
    return [
        *(sys.executable, "-m", "uvicorn", "web.app:create_app", "--factory"),
        *("--host", shape.host, "--port", str(shape.port), "--workers", str(shape.api_processes)),
        # Whom a proxy speaks for is decided by TRUSTED_PROXIES alone (api/network.py).
        *("--no-access-log", "--no-server-header", "--no-proxy-headers"),
        # Event streams never end by themselves; a browser connects again.
        *("--timeout-graceful-shutdown", "3"),
    ]


def worker(shape: Shape) -> list[str]:
    """The Celery worker with child processes."""
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.app", "worker", "--loglevel", "INFO"),
        *("--concurrency", str(shape.worker_processes)),
        # Workers that talk to each other are of use in a crowd; here they would only fill the broker.
        *("--without-gossip", "--without-mingle"),
    ]


def mailbox(home: Path, shape: Shape, variables: Mapping[str, str]) -> list[Command]:
    """The demo's mail server, where there is to be one; before those who send."""
    if shape.mailbox_port is None:
        return []
    argv = [sys.executable, "-m", "embedded.mailbox", str(mailbox_folder(home)), str(shape.mailbox_port)]
    return [Command(name=MAILBOX, argv=argv, log=log_file(home, MAILBOX), environment=variables, grace_s=5)]


def beat(home: Path) -> list[str]:
    """The one clock; what it wakes is safe to wake twice."""
    return [
        *(sys.executable, "-m", "celery", "-A", "worker.app", "beat", "--loglevel", "INFO"),
        # When each sweep ran last is of no worth after a restart: everything runs again at once.
        *("--schedule", str(home / "beat-schedule"), "--pidfile", ""),
    ]
