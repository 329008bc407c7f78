"""What is written while a part is away stays readable."""

from __future__ import annotations

import logging

import pytest

from core.logs import configure


def test_a_clock_that_cannot_reach_the_broker_says_so_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    configure()
    refused = ConnectionError("refused")
    # As celery.beat does, every second.
    logging.getLogger("celery.beat").error("Message Error: %s\n%s", refused, ["a stack"], exc_info=refused)
    (record,) = caplog.records
    assert record.getMessage() == "Message Error: refused"
    assert record.exc_info is None


def test_tasks_that_come_and_go_every_second_are_not_written_down(caplog: pytest.LogCaptureFixture) -> None:
    configure()
    logging.getLogger("celery.worker.strategy").info("Task received")
    logging.getLogger("celery.app.trace").info("Task succeeded")
    logging.getLogger("celery.app.trace").error("Task failed")
    assert [record.getMessage() for record in caplog.records] == ["Task failed"]
