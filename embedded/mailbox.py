"""`python -m embedded.mailbox FOLDER PORT`: the mail server of the demo, which keeps all letters and sends none on."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.letters import keep
from embedded.ports import LOOPBACK

# None of ours comes near it.
LARGEST = 2 * 1024 * 1024


class Keeping:
    """Takes letters from anybody on this machine, for anybody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """It is on the disk when this says so."""
        content = envelope.content or b""
        keep(self._folder, content.encode() if isinstance(content, str) else content)
        return "250 kept"


async def serve(folder: Path, port: int) -> None:
    """Until the process ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def protocol() -> SMTP:
        return SMTP(Keeping(folder), data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost")

    server = await asyncio.get_running_loop().create_server(protocol, LOOPBACK, port)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m embedded.mailbox", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    asyncio.run(serve(given.folder, given.port))


if __name__ == "__main__":
    main()
