"""Logging: one line per event on standard error, for whatever collects it."""

from __future__ import annotations

import logging

# A task came, was too late, ended; it is time to send one.
TASKS = ("celery.worker.strategy", "celery.worker.request", "celery.app.trace", "celery.beat")


class FirstLine(logging.Filter):
    """Cuts an event to its first line. What fails because a part is away says so every second, for hours maybe."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never refuses."""
        record.msg, record.args = record.getMessage().partition("\n")[0], None
        record.exc_info = record.exc_text = None
        return True


_FIRST_LINE = FirstLine()


def configure(level: int = logging.INFO) -> None:
    """Set the format of this process; calling it again changes nothing."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # They log every request and every connection; what matters of it is in the metrics. The tasks of the worker come
    # every second and say themselves what is worth it.
    for noisy in ("opensearch", "urllib3", "httpx", "kombu", *TASKS):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for wordy in ("opensearch", "celery.beat"):
        logging.getLogger(wordy).addFilter(_FIRST_LINE)
