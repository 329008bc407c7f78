"""The carried rows, as they are in the files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NotRequired, Required, TypedDict

import orjson

Requirement = tuple[str, ...]


class SurveyRow(TypedDict, total=False):
    """One anonymous answer to the survey; what was not answered is absent."""

    id: Required[str]
    country: Required[str]
    skills: Required[list[str]]
    wants: NotRequired[dict[str, list[str]]]
    education: NotRequired[str]
    major: NotRequired[str]
    roles: NotRequired[list[str]]
    years_coding: NotRequired[str]
    years_pro: NotRequired[str]
    employment: NotRequired[str]
    work_loc: NotRequired[str]
    company_size: NotRequired[str]
    main_branch: NotRequired[str]


@cache
def survey_rows() -> tuple[SurveyRow, ...]:
    """The carried sample of the survey."""
    return read_survey(_carried("profiles.jsonl.gz"))


@cache
def requirement_rows() -> tuple[Requirement, ...]:
    """The skills that each of the carried jobs asked for, as written."""
    return read_requirements(_carried("requirements.jsonl.gz"))


@cache
def countries() -> tuple[str, ...]:
    """Countries and territories by the English names in everyday use."""
    return tuple(_carried("countries.txt").read_text(encoding="utf-8").splitlines())


@cache
def czech_regions() -> tuple[dict[str, Any], ...]:
    """Regions with their districts, each with the town it is governed from where that town lies in it."""
    return tuple(orjson.loads(gzip.decompress(_carried("czech_regions.json.gz").read_bytes())))


def read_survey(path: Path) -> tuple[SurveyRow, ...]:
    """All rows of a survey file."""
    return tuple(_lines(path))


def read_requirements(path: Path) -> tuple[Requirement, ...]:
    """The skills in each row of a requirements file."""
    return tuple(tuple(row["skills"]) for row in _lines(path))


def _carried(name: str) -> Path:
    return Path(str(files("sample"))) / "data" / name


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path) as lines:
        for line in lines:
            yield orjson.loads(line)
