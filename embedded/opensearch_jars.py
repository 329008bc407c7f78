"""The jars of OpenSearch: fetched once by coordinates, verified against the committed hashes before every use."""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from embedded.errors import StartError

LIST = Path(__file__).with_name("opensearch-jars.sha256")

# The registry answers one request in about 0.3 s, mostly waiting; more at once would be rude to a public service.
FETCHERS = 4
# Of one read, not of a whole jar; a stalled mirror is tried again by the next start.
TIMEOUT_S = 60
# Debian and its kin, Red Hat and its kin: an interpreter that was built by hand does not know them.
SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


@dataclass(frozen=True)
class Jar:
    """One jar by its coordinates, with the hash it must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def file(self) -> str:
        """The name Maven gives it."""
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{classifier}.jar"


def read_list(path: Path = LIST) -> list[Jar]:
    """The committed list: `SHA256  GROUP:ARTIFACT:VERSION[:CLASSIFIER]` a line."""
    jars = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            sha256, coordinates = line.split()
            group, artifact, version, *classifier = coordinates.split(":")
            jars.append(Jar(group, artifact, version, classifier[0] if classifier else "", sha256))
    return jars


def cache_directory() -> Path:
    """Where they are kept: the user's cache, shared by all checkouts of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "micropools" / "jars"


def class_path(jars: Iterable[Jar] | None = None, directory: Path | None = None) -> list[Path]:
    """The paths of all jars, each verified just now; fetches what is missing.

    Raises:
        StartError: a jar could not be fetched, or is not the one that was committed.
    """
    wanted = list(read_list() if jars is None else jars)
    directory = directory or cache_directory()
    directory.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in wanted if not (directory / jar.file).exists()]
    if missing:
        fetch(missing, directory)
    for jar in wanted:
        verify(jar, directory / jar.file)
    return [directory / jar.file for jar in wanted]


def verify(jar: Jar, path: Path) -> None:
    """Refuse a jar that is not the committed one, and remove it so that the next start fetches it anew."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        path.unlink()
        raise StartError(
            f"{jar.file} is not the jar that was checked in: its SHA-256 is {found}, expected {jar.sha256}. "
            "It was removed; run the command again to fetch it anew."
        )


def fetch(missing: list[Jar], directory: Path) -> None:
    """Fetch jars into the directory, saying how far it is."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - a server image has no jgo and fetches nothing

    trust_what_the_machine_trusts()
    draft = directory / ".fetching"
    context = MavenContext(repo_cache=draft, timeout=TIMEOUT_S)
    shutil.rmtree(draft, ignore_errors=True)
    done = 0
    with ThreadPoolExecutor(FETCHERS) as pool:
        for _jar in pool.map(lambda jar: fetch_one(context, jar, directory), missing):
            done += 1
            say_progress(done, len(missing))
    shutil.rmtree(draft, ignore_errors=True)


def fetch_one(context: Any, jar: Jar, directory: Path) -> None:
    """Fetch one jar beside its place, verify it, then move it there."""
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        path = Path(component.artifact(jar.classifier, "jar").resolve())
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise StartError(
            f"Could not fetch {jar.file}, a part of OpenSearch: {reason(error)}. "
            "The first start needs the network once (about 60 MB); later starts do not."
        ) from error
    verify(jar, path)
    path.replace(directory / jar.file)


def trust_what_the_machine_trusts() -> None:
    """Let requests use the machine's certificates, as pip does: a company's proxy is known there, not to certifi."""
    if os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE"):
        return
    given = (os.environ.get("SSL_CERT_FILE"), os.environ.get("PIP_CERT"), ssl.get_default_verify_paths().cafile)
    for path in (*given, *SYSTEM_CERTIFICATES):
        if path and Path(path).is_file():
            os.environ["REQUESTS_CA_BUNDLE"] = path
            return


def reason(error: Exception) -> str:
    """A short word for what went wrong; the library's own text is a page of addresses."""
    if isinstance(error, requests.Timeout):
        return "the network did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "this machine does not trust the package registry's certificate (REQUESTS_CA_BUNDLE names another file)"
    if isinstance(error, requests.ConnectionError):
        return "there is no network connection to the package registry"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "the package registry does not have it or refused it"


def say_progress(done: int, total: int) -> None:
    """One line that counts up in a terminal, every twentieth in a log."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rFetching OpenSearch: {done} of {total} jars" + ("\n" if done == total else ""))
    elif done % 20 == 0 or done == total:
        sys.stderr.write(f"Fetching OpenSearch: {done} of {total} jars\n")
    sys.stderr.flush()
