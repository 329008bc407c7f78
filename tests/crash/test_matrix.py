"""Every part struck during every operation: nothing acknowledged is lost, and nothing is done or told twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crash.matrix import HOWS, PARTS, Cell, Matrix, Trial, cells, play, try_out
from tests.crash.operations import OPERATIONS
from tests.crash.stage import Stage

# One of each operation, under strikes from which everything is back soon.
HANDFUL = (
    Cell("worker child", "killed", "import"),
    Cell("api", "killed", "notify"),
    Cell("opensearch", "disk full", "tag"),
    Cell("worker parent", "hanging", "pool change"),
    Cell("redis", "killed", "delete"),
    Cell("worker child", "killed", "reindex"),
)
SEEDS_OF_THE_LONG_SUITE = range(1, 3)


@pytest.mark.parametrize("cell", HANDFUL, ids=str)
def test_nothing_is_lost_or_doubled(stage: Stage, cell: Cell) -> None:
    trial = try_out(stage, cell, seed=0)
    assert (trial.losses, trial.duplicates) == ((), ())


@pytest.mark.long
@pytest.mark.timeout(0)
def test_the_whole_matrix_loses_and_doubles_nothing(
    stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    matrix = play(stage, cells(), SEEDS_OF_THE_LONG_SUITE)
    record_property("matrix", "\n".join(matrix.lines()))
    report = matrix.report()
    assert (report["losses"], report["duplicates"]) == (0, 0), report["wrong"]


def test_every_part_is_struck_during_every_operation() -> None:
    killed = {(cell.part, cell.operation) for cell in cells() if cell.how == "killed"}
    assert killed == {(part, operation) for part in PARTS for operation in OPERATIONS}
    assert {cell.how for cell in cells()} == set(HOWS)
    assert {cell.operation for cell in HANDFUL} == set(OPERATIONS)


def test_what_is_wrong_is_counted_where_it_happened_and_shown() -> None:
    matrix = Matrix(
        [
            Trial(Cell("api", "killed", "import"), 1, (), (), 1),
            Trial(Cell("api", "killed", "import"), 2, ("match is missing",), ("exists 2 times", "exists 3 times"), 1),
            Trial(Cell("redis", "hanging", "tag"), 1, (), (), 1),
        ]
    )
    report = matrix.report()
    assert (report["trials"], report["losses"], report["duplicates"]) == (3, 1, 2)
    assert report["by"]["api"]["import"] == {"trials": 2, "losses": 1, "duplicates": 2}
    assert report["by"]["redis hanging"]["tag"] == {"trials": 1, "losses": 0, "duplicates": 0}
    assert "api killed during import, seed 2: match is missing" in report["wrong"]
    heading, api, redis = matrix.lines()
    assert heading.split()[-2:] == ["import", "tag"]
    assert api.split() == ["api", "2", "(1,", "2)"]
    assert redis.split() == ["redis", "hanging", "1"]
