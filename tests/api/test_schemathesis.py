"""Requests generated from our own description: no failure of ours, no answer that the description does not know."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings as hypothesis_settings
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    positive_data_acceptance,
    unsupported_method,
)

from api.app import create_app
from records.models import Role
from tests.api.catalog import ENDLESS
from tests.api.scene import Scene
from tests.installation import Installation

LONG = os.environ.get("HYPOTHESIS_PROFILE", "default") == "long"
# Making an example takes longer than answering it, and there are fifty routes and two roles.
EXAMPLES = 200 if LONG else 6

# The coverage phase walks through every bound of every field. In `make test` test_bad_input.py stands for it.
config = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(
            phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=LONG)),
            # Who may is tested by test_rights.py, and a parameter nobody knows is left alone, as on the web.
            generation=GenerationConfig(
                deterministic=not LONG, with_security_parameters=False, allow_extra_parameters=False
            ),
        )
    )
)
application = create_app()
# Read here, where no service is needed; asked below, where there are some. The stream never ends (test_stream.py).
description = schemathesis.openapi.from_dict(application.openapi(), config=config).exclude(path=ENDLESS)
description.app = application

# Under these words lie ids: GET /v1/pools/bulk is a question for a pool by a wrong id, not a method too many.
WORDS_AMONG_IDS = (
    "/v1/candidates/bulk",
    "/v1/pools/bulk",
    "/v1/pools/preview",
    *(f"/v1/bulk/{word}" for word in ("selection", "export", "tags", "untag", "shares", "rejections", "applications")),
)


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shutdown_lifespans()


def made_real(value: Any, stage: Scene) -> Any:
    """Made-up names and ids replaced by those of the scene, so that a request gets further than "unknown"."""
    real = {
        "tags": [stage.skill],
        "locations": [stage.place],
        "position": str(stage.position),
        "reason": stage.reason,
        "reasons": [stage.reason],
        "positions": [str(stage.position)],
    }
    if isinstance(value, dict):
        return {
            key: real[key] if key in real and isinstance(part, type(real[key])) else made_real(part, stage)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [made_real(part, stage) for part in value]
    return value


def ask(house: Installation, stage: Scene, role: Role, case: Case[Any]) -> None:
    """Send a generated request as somebody, and hold the answer against the description."""
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE and case.method != "DELETE":
        ids = {"candidate": stage.candidate, "application": stage.application, "position": stage.position}
        ids |= {"pool": stage.pool, "user": stage.user}
        for name in set(case.path_parameters) & set(ids):
            case.path_parameters[name] = str(ids[name])
        if case.body:
            case.body = made_real(case.body, stage)
    # That a well-formed request succeeds cannot be promised: it may name what is not there.
    excluded: list[CheckFunction] = [positive_data_acceptance]
    if case.path in WORDS_AMONG_IDS:
        excluded += [unsupported_method, allow_header_conformance]
    case.call_and_validate(headers={"Authorization": f"Bearer {house.token_of(role)}"}, excluded_checks=excluded)


@description.parametrize()
@hypothesis_settings(max_examples=EXAMPLES)
def test_every_answer_to_an_administrator_is_described(house: Installation, stage: Scene, case: Case[Any]) -> None:
    ask(house, stage, Role.ADMINISTRATOR, case)


@description.parametrize()
@hypothesis_settings(max_examples=EXAMPLES)
def test_every_answer_to_a_recruiter_is_described(house: Installation, stage: Scene, case: Case[Any]) -> None:
    ask(house, stage, Role.RECRUITER, case)
