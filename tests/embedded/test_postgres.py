"""How the embedded PostgreSQL is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.postgres import MOST_SOCKET_PATH, Postgres


def test_it_is_reached_through_a_socket_in_its_own_directory() -> None:
    server = Postgres(Path("/home/somebody/with space/.micropools"), 5432, "secret")
    assert server.url == (
        "postgresql://micropools:secret@/micropools?host=/home/somebody/with%20space/.micropools/postgres&port=5432"
    )
    assert "--unix_socket_directories=/home/somebody/with space/.micropools/postgres" in server.command().argv


@pytest.mark.parametrize("name", ["x" * MOST_SOCKET_PATH, "one, two"])
def test_where_the_path_cannot_hold_a_socket_it_is_reached_through_the_network(name: str) -> None:
    home = Path("/home") / name
    server = Postgres(home, 5432, "secret")
    assert server.url == "postgresql://micropools:secret@127.0.0.1:5432/micropools"
    assert "--unix_socket_directories=" in server.command().argv
