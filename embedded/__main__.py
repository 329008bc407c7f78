"""`python -m embedded --home DIR`: the supervisor, in the foreground."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from core.settings import settings
from embedded.errors import StartError
from embedded.product import Shape
from embedded.supervisor import Supervisor
from embedded.urls import ServiceUrls


def main() -> None:
    """Run until a signal comes; exit status 1 and one sentence where the start fails."""
    standard = Shape()
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    parser.add_argument("--home", type=Path, default=settings().home)
    parser.add_argument("--host", default=settings().host)
    parser.add_argument("--port", type=int, default=settings().port)
    parser.add_argument("--api-processes", type=int, default=standard.api_processes)
    parser.add_argument("--worker-processes", type=int, default=standard.worker_processes)
    parser.add_argument("--mailbox-port", type=int, default=standard.mailbox_port)
    given = parser.parse_args()
    shape = Shape(given.host, given.port, given.api_processes, given.worker_processes, given.mailbox_port)
    try:
        Supervisor(given.home, shape, external_services(), say).run()
    except StartError as error:
        say(str(error))
        sys.exit(1)


def external_services() -> ServiceUrls:
    """The services named in the environment; those are not started here."""
    return ServiceUrls(
        database_url=settings().database_url,
        redis_url=settings().redis_url,
        opensearch_url=settings().opensearch_url,
    )


def say(line: str) -> None:
    """To standard output, at once: it is a log when detached."""
    # A full disk, or a terminal that was closed, is no reason to end what runs.
    with contextlib.suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
