"""The file of a backup: a tar of the dump and of a manifest that says what it is, written whole or not at all.

Tar, so that in need `tar -x` and `pg_restore` are enough to get at what is in it. It holds every secret the database
holds, so nobody but its owner may read it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BufferedRandom
from pathlib import Path
from typing import Any, Self

import orjson

from core.erasure_list import sync_directory
from core.errors import Conflict, Unusable

FORMAT = 1
PRODUCT = "micropools"
DUMP = "database.dump"
MANIFEST = "manifest.json"
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What was dumped: by which product and migration, with which program, when, and how many rows each table had."""

    version: str
    migration: str
    pg_dump: int
    made_at: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `sha256` and `size` (bytes) are those of the dump."""

    contents: Contents
    size: int
    sha256: str

    def as_json(self) -> bytes:
        """As it stands in the file."""
        return orjson.dumps({"product": PRODUCT, "format": FORMAT, **asdict(self)}, option=orjson.OPT_INDENT_2)

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """From the file; ValueError, KeyError or TypeError for anything else."""
        given: dict[str, Any] = orjson.loads(text)
        if given["product"] != PRODUCT:
            raise ValueError(given["product"])
        if given["format"] != FORMAT:
            raise Unusable(
                f"This backup has the format {given['format']} and this product reads {FORMAT}. "
                "Restore it with the product that wrote it, or a newer one."
            )
        return cls(Contents(**given["contents"]), int(given["size"]), str(given["sha256"]))


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was opened: where in the file the dump begins."""

    path: Path
    manifest: Manifest
    offset: int

    def dump(self) -> Iterator[bytes]:
        """The dump in pieces.

        Raises:
            Unusable: at its end, where it is not what was written.
        """
        seen = hashlib.sha256()
        left = self.manifest.size
        with self.path.open("rb") as file:
            file.seek(self.offset)
            while left and (piece := file.read(min(left, PIECE))):
                seen.update(piece)
                left -= len(piece)
                yield piece
        if left or seen.hexdigest() != self.manifest.sha256:
            raise Unusable(f"{self.path} is damaged: what it holds is not what was written. Use another backup.")


def write(path: Path, contents: Contents, dump: Iterable[bytes], *, replace: bool = False) -> Manifest:
    """Write a backup; it has its name once it is whole and on the disk.

    Raises:
        Conflict: the file is there already, or another process is writing it.
        OSError: it cannot be written.
    """
    if path.exists() and not replace:
        raise Conflict(f"{path} exists. Give another name, or --replace to overwrite it once the new one is whole.")
    # What a killed run left under this name is written over.
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is being written to {path}.") from None
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate(0)
            manifest = _write(file, contents, dump)
            file.flush()
            os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    sync_directory(path.parent)
    return manifest


def _write(file: BufferedRandom, contents: Contents, dump: Iterable[bytes]) -> Manifest:
    """The dump comes first and tells its size at its end, so its header is written last."""
    file.seek(tarfile.BLOCKSIZE)
    digest, size = hashlib.sha256(), 0
    for piece in dump:
        digest.update(piece)
        size += len(piece)
        file.write(piece)
    file.write(_padding(size))
    manifest = Manifest(contents, size, digest.hexdigest())
    text = manifest.as_json()
    file.write(_header(MANIFEST, len(text)) + text + _padding(len(text)) + bytes(2 * tarfile.BLOCKSIZE))
    file.seek(0)
    file.write(_header(DUMP, size))
    return manifest


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(format=tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def read(path: Path) -> Archive:
    """Open a backup. That the dump is what was written is known once it was read (`verify`).

    Raises:
        Unusable: there is no such file, or it is none of ours, cut off, or of a newer format.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            dump, entry = tar.getmember(DUMP), tar.getmember(MANIFEST)
            file = tar.extractfile(entry)
            manifest = Manifest.parse(file.read() if file else b"")
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError):
        raise Unusable(f"{path} is no backup of Micropools, or its end is missing.") from None
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    if dump.size != manifest.size:
        raise Unusable(f"{path} is damaged: its dump has not the size that was written. Use another backup.")
    return Archive(path, manifest, dump.offset_data)


def verify(archive: Archive, progress: Callable[[int], None]) -> None:
    """Read all of it; Unusable where it is not what was written. `progress` is told how many bytes were read."""
    done = 0
    for piece in archive.dump():
        done += len(piece)
        progress(done)
