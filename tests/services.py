"""The real services of a test run, three ways behind one interface.

1. URLs from the environment (DATABASE_URL, REDIS_URL, OPENSEARCH_URL), all three or any of them;
2. else containers, where a Docker engine answers;
3. else embedded, in a temporary home.

MICROPOOLS_TEST_SERVICES=embedded skips the second, for a machine whose Docker engine cannot fetch images.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import docker
import psycopg
import redis
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from embedded.process import wait_until
from embedded.stack import Stack
from embedded.urls import ServiceUrls

# The versions docker-compose.yml runs.
OPENSEARCH_IMAGE = "opensearchproject/opensearch:3.8.0"
POSTGRES_IMAGE = "postgres:18"
VALKEY_IMAGE = "valkey/valkey:9"

# Pulling is not in it; a cold OpenSearch on two busy cores takes half a minute.
CONTAINER_READY_S = 180


@contextmanager
def session_services() -> Iterator[ServiceUrls]:
    """Addresses of real services for the length of the block; afterwards what we started is gone, data included."""
    given = ServiceUrls(
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
        opensearch_url=os.environ.get("OPENSEARCH_URL", ""),
    )
    if all(given.environment().get(name) for name in ("DATABASE_URL", "REDIS_URL", "OPENSEARCH_URL")):
        yield given
    elif os.environ.get("MICROPOOLS_TEST_SERVICES") != "embedded" and docker_answers():
        with containers(given) as urls:
            yield urls
    else:
        with embedded(given) as urls:
            yield urls


def docker_answers() -> bool:
    """Whether there is a Docker engine to use."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    # The client leaves its socket open when nobody listens, which is the usual case.
    if host.startswith("unix://") and not listens(host.removeprefix("unix://")):
        return False
    try:
        client = docker.from_env(timeout=5)
    except DockerException:
        return False
    try:
        return bool(client.ping())
    except DockerException:
        return False
    finally:
        client.close()


def listens(path: str) -> bool:
    """Whether a server accepts connections on this Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


@contextmanager
def embedded(given: ServiceUrls) -> Iterator[ServiceUrls]:
    """Our own parts in a home that is removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="micropools-test-"))
    stack = Stack(home, external=given)
    try:
        yield stack.start()
    finally:
        stack.stop()
        shutil.rmtree(home)


@contextmanager
def containers(given: ServiceUrls) -> Iterator[ServiceUrls]:
    """A container for each service that is not given."""
    with ExitStack() as running:
        yield ServiceUrls(
            database_url=given.database_url or running.enter_context(postgres_container()),
            redis_url=given.redis_url or running.enter_context(valkey_container()),
            opensearch_url=given.opensearch_url or running.enter_context(opensearch_container()),
        )


@contextmanager
def opensearch_container() -> Iterator[str]:
    """OpenSearch with the security plugin off and the setting the percolator needs (embedded.opensearch_node)."""
    container = (
        DockerContainer(OPENSEARCH_IMAGE)
        .with_envs(
            **{
                "discovery.type": "single-node",
                "DISABLE_SECURITY_PLUGIN": "true",
                "DISABLE_INSTALL_DEMO_CONFIG": "true",
                "OPENSEARCH_JAVA_OPTS": "-Xms1g -Xmx1g",
                "indices.query.bool.max_clause_count": "32768",
            }
        )
        .with_exposed_ports(9200)
        .waiting_for(
            HttpWaitStrategy(9200, "/_cluster/health").for_status_code(200).with_startup_timeout(CONTAINER_READY_S)
        )
    )
    with container:
        yield f"http://{address(container, 9200)}"


@contextmanager
def postgres_container() -> Iterator[str]:
    """PostgreSQL with as many connections as the embedded one allows."""
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_envs(POSTGRES_USER="micropools", POSTGRES_PASSWORD="micropools", POSTGRES_DB="micropools")
        .with_command("-c max_connections=200")
        .with_exposed_ports(5432)
    )
    with container:
        url = f"postgresql://micropools:micropools@{address(container, 5432)}/micropools"

        def ready() -> bool:
            try:
                psycopg.connect(url, connect_timeout=2).close()
            except psycopg.OperationalError:
                return False
            return True

        yield when_ready(url, ready)


@contextmanager
def valkey_container() -> Iterator[str]:
    """Valkey that writes its append-only file and never forgets."""
    container = (
        DockerContainer(VALKEY_IMAGE)
        .with_command("valkey-server --appendonly yes --maxmemory-policy noeviction")
        .with_exposed_ports(6379)
    )
    with container:
        url = f"redis://{address(container, 6379)}/0"

        def ready() -> bool:
            with redis.Redis.from_url(url, socket_timeout=2) as client:
                try:
                    return bool(client.ping())
                except redis.RedisError:
                    return False

        yield when_ready(url, ready)


def address(container: DockerContainer, port: int) -> str:
    """Host and port as seen from here."""
    return f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"


def when_ready(url: str, ready: Callable[[], bool]) -> str:
    """The URL, once the service behind it answers."""
    if not wait_until(ready, timeout_s=CONTAINER_READY_S):
        raise TimeoutError(f"{url} did not answer within {CONTAINER_READY_S} s")
    return url
