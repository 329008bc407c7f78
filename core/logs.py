"""Logging: one line per event on standard error, for whatever collects it."""

from __future__ import annotations

import logging


def configure(level: int = logging.INFO) -> None:
    """Set the format of this process; calling it again changes nothing."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # They log every request and every connection; what matters of it is in the metrics.
    for noisy in ("opensearch", "urllib3", "httpx", "kombu"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
