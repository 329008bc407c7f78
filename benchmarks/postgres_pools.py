"""The rival: tag-and-place pools as rows of a table, asked by one indexed query per candidate.

    SELECT pool FROM … WHERE country = $1 AND skills && $2 AND (NOT all_of OR skills <@ $2)

Skills are numbers in an array under GIN, the country a number under a B-tree; statements are prepared and binary. The
planner may use either index or both. Nothing is held back: numbers instead of words are the faster of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from benchmarks.world import Asked, Person

TABLE = "benchmark_pools"
_SELECT = f"SELECT pool FROM {TABLE} WHERE country = %b AND skills && %b::int[] AND (NOT all_of OR skills <@ %b::int[])"
Question = tuple[int, list[int], list[int]]


@dataclass
class Numbers:
    """A number for each word."""

    known: dict[str, int] = field(default_factory=dict)

    def of(self, word: str) -> int:
        """The number of a word; new words get the next one."""
        return self.known.setdefault(word, len(self.known) + 1)


def create(connection: psycopg.Connection, pools: Iterable[Asked]) -> Numbers:
    """Fill and index the table."""
    numbers = Numbers()
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    connection.execute(f"CREATE TABLE {TABLE} (pool bigint, country int, skills int[], all_of boolean)")
    with connection.cursor().copy(f"COPY {TABLE} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "int4", "int4[]", "bool"])
        for pool in pools:
            if pool.place is None:
                raise ValueError("Every pool of this comparison has a country.")
            skills = [numbers.of(tag) for tag in pool.tags]
            copy.write_row((pool.number, numbers.of(f"@{pool.place}"), skills, pool.every))
    connection.execute(f"CREATE INDEX ON {TABLE} USING gin (skills)")
    connection.execute(f"CREATE INDEX ON {TABLE} (country)")
    connection.execute(f"VACUUM ANALYZE {TABLE}")
    return numbers


def drop(connection: psycopg.Connection) -> None:
    """Remove the table."""
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")


def questions(people: Iterable[Person], numbers: Numbers) -> list[Question]:
    """What is asked for each person: their country, their skills (twice)."""
    made = []
    for person in people:
        skills = [numbers.known.get(tag, 0) for tag in person.tags]
        country = next((n for place in person.places if (n := numbers.known.get(f"@{place}"))), 0)
        made.append((country, skills, skills))
    return made


def one_by_one(connection: psycopg.Connection, asked: Sequence[Question]) -> list[frozenset[int]]:
    """The pools of each: one prepared statement and one round trip after the other."""
    with connection.cursor(binary=True) as cursor:
        return [frozenset(row[0] for row in cursor.execute(_SELECT, each, prepare=True)) for each in asked]


def pipelined(connection: psycopg.Connection, asked: Sequence[Question], batch: int = 100) -> list[frozenset[int]]:
    """The same with many statements under way at once, as the engine gets many questions in one request."""
    found: list[frozenset[int]] = []
    for start in range(0, len(asked), batch):
        with connection.pipeline():
            each = [connection.execute(_SELECT, one, prepare=True, binary=True) for one in asked[start : start + batch]]
        found += [frozenset(row[0] for row in cursor) for cursor in each]
    return found
