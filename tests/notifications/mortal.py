"""A worker's process that routes and sends, and is killed with SIGKILL before the n-th line of doing so.

Orders come by stdin, one a line: the channel (or "webhooks") and the line before which to die (0: never). Each is done
by a fork of its own; the answer is the signal that ended it (0: none) and, where it came to its end, how many lines it
ran and which was the first after a far end had answered.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from notifications import webhook_courier
from notifications.channels import CARRIERS
from notifications.courier import send_due
from notifications.routing import route

# Our own steps, and those of the libraries between a message's first byte and the far end's answer.
ROOT = Path(__file__).parents[2]
WEBHOOKS = str(ROOT / "records" / "repositories" / "webhooks.py")
OWN = (
    str(ROOT / "notifications") + os.sep,
    str(ROOT / "records" / "repositories" / "deliveries.py"),
    WEBHOOKS,
)
LIBRARIES = (f"{os.sep}smtplib.py", f"{os.sep}http{os.sep}client.py")
# What is called once a far end has answered.
NOTES = ((str(ROOT / "notifications" / "courier.py"), "_ended"), (WEBHOOKS, "sent"))


def work(channel: str, last: int) -> tuple[int, int]:
    """Route and send; dies before line `last`. Returns how many lines that were, and the first after an answer."""
    lines = answered = 0
    counting = threading.Lock()

    def traced(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines, answered
        name = frame.f_code.co_filename
        if not (name.startswith(OWN) or name.endswith(LIBRARIES)):
            return None
        if event == "call" and (name, frame.f_code.co_name) in NOTES:
            answered = answered or lines + 1
        if event == "line":
            with counting:
                lines += 1
                if lines == last:
                    os.kill(os.getpid(), signal.SIGKILL)
        return traced

    # Webhooks are sent by threads, one after the other where there is one endpoint.
    threading.settrace(traced)
    sys.settrace(traced)
    if channel == "webhooks":
        webhook_courier.send_due()
    else:
        while route():
            pass
        send_due(next(each for each in CARRIERS if each == channel))
    sys.settrace(None)
    return lines, answered


def main() -> None:
    """Do what is ordered until there are no more orders."""
    for order in sys.stdin:
        channel, last = order.split()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, "{} {}".format(*work(channel, int(last))).encode())
            os._exit(0)
        os.close(writing)
        lines = os.read(reading, 20).decode() or "0 0"
        os.close(reading)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or status == 0, "It failed by itself."
        sys.stdout.write(f"{os.WTERMSIG(status)} {lines}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
