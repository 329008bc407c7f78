"""The erasure list as a file: nothing is lost of it, and nothing else is taken for one."""

from __future__ import annotations

import stat
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import erasure_list
from core.erasure_list import Erased
from core.errors import Unusable

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def somebody() -> Erased:
    return Erased(uuid.uuid4(), 3, NOW)


def test_what_was_added_is_read_again_by_id_only_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "away" / "erased.txt"
    first, second = somebody(), somebody()
    erasure_list.append(path, [first])
    erasure_list.append(path, [second, first])

    assert erasure_list.read(path) == [first, second, first]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_with_its_writer_spoils_neither_the_next_nor_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "erased.txt"
    first, second = somebody(), somebody()
    for length in (1, 20, 36, 37, 40):
        path.write_text(f"{first}\n{str(second)[:length]}")
        erasure_list.append(path, [second])
        read = erasure_list.read(path)
        assert {each.candidate for each in read} == {first.candidate, second.candidate}
        assert second in read


def test_several_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "erased.txt"
    people = [somebody() for _ in range(200)]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda each: erasure_list.append(path, [each]), people))
    assert set(erasure_list.read(path)) == set(people)


@pytest.mark.parametrize("text", ["Jana Nováková\n", "{}\n", "\x00\x01\x02\n", "id,version\n"])
def test_a_file_of_something_else_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "erased.txt"
    path.write_text(f"{somebody()}\n{text}")
    with pytest.raises(Unusable, match=r"Line 2 of .* this is no erasure list"):
        erasure_list.read(path)
