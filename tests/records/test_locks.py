"""Each advisory lock has a number of its own, and all of them stand in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from records import locks

RECORDS = Path(locks.__file__).parent
NUMBERS = {name: number for name, number in vars(locks).items() if name.isupper()}


def test_no_two_locks_have_the_same_number() -> None:
    assert len(NUMBERS) > 5
    assert len(set(NUMBERS.values())) == len(NUMBERS), NUMBERS


def test_no_other_module_names_a_number() -> None:
    """Neither in SQL, nor worked out from another one, nor as a constant of its own that is as large."""
    for path in sorted(RECORDS.rglob("*.py")):
        if path == Path(locks.__file__) or "migrations" in path.parts:
            continue
        source = path.read_text()
        assert not re.search(r"advisory\w*\((\d|0x)", source), path
        for node in ast.walk(ast.parse(source)):
            worked_out = (
                isinstance(node, ast.BinOp)
                and {each.id for each in (node.left, node.right) if isinstance(each, ast.Name)} & NUMBERS.keys()
            )
            assert not worked_out, f"{path}:{node.lineno}"  # type: ignore[attr-defined]
            copied = isinstance(node, ast.Constant) and node.value in NUMBERS.values()
            assert not copied, f"{path}:{node.lineno}"  # type: ignore[attr-defined]
