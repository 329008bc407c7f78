"""The services of a home for commands that need no running product: found where one runs, else started for as long."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.console import err
from core.settings import settings
from embedded.__main__ import external_services
from embedded.running import find
from embedded.stack import Stack
from embedded.urls import ServiceUrls

# Stands for a service that the command does not need, so that it is not started.
UNUSED = "unused://"


@contextmanager
def database_of(home: Path) -> Iterator[None]:
    """This process's settings name the database, whether or not the product runs."""
    given = external_services()
    product = find(home)
    if product is not None:
        with _pointed_at(home, product.urls):
            yield
    elif given.database_url:
        with _pointed_at(home, given):
            yield
    else:
        parts = ServiceUrls("", UNUSED, UNUSED)
        with _started(home, parts) as urls, _pointed_at(home, ServiceUrls(urls.database_url)):
            yield


@contextmanager
def stopped_product(home: Path) -> Iterator[None]:
    """This process's settings name database and engine, and no product can be started in this home meanwhile.

    Raises StartError where one runs.
    """
    given = external_services()
    if given.database_url and given.opensearch_url:
        with _pointed_at(home, given):
            yield
        return
    parts = ServiceUrls(given.database_url, UNUSED, given.opensearch_url)
    with _started(home, parts) as urls, _pointed_at(home, ServiceUrls(urls.database_url, "", urls.opensearch_url)):
        yield


@contextmanager
def _started(home: Path, given: ServiceUrls) -> Iterator[ServiceUrls]:
    stack = Stack(home, external=given)
    stack.claim()
    err.print("Starting the services this needs.", highlight=False)
    with stack as urls:
        yield urls


@contextmanager
def _pointed_at(home: Path, urls: ServiceUrls) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(urls.environment(), MICROPOOLS_HOME=str(home))
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
