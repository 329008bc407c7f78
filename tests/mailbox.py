"""A real mail server on loopback that keeps what it is sent, and can be unwilling."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Mailbox:
    """What arrived. `answer` is what the server says to the next recipients or letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.to_recipient: str | None = None
        self.to_letter: str | None = None
        # It takes a letter and never says so: it stays silent, or lets the connection go.
        self.hangs = False
        self.drops = False
        self.encrypted: list[bool] = []
        self.url = ""

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or not."""
        if self.to_recipient is not None:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """Take the letter, or not."""
        if self.to_letter is not None:
            return self.to_letter
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        self.encrypted.append(server.transport.get_extra_info("cipher") is not None)
        if self.hangs:
            # Until the other side goes.
            await asyncio.Event().wait()
        if self.drops:
            server.transport.abort()
        return "250 taken"


@contextmanager
def mailbox(
    tls: ssl.SSLContext | None = None, password: str | None = None, *, from_the_start: bool = False
) -> Iterator[Mailbox]:
    """A server on a port of its own: bare, with STARTTLS, or encrypted from the start; asking for a password or not."""
    box = Mailbox()

    def known(server: Any, session: Session, envelope: Envelope, mechanism: str, shown: Any) -> AuthResult:
        right = isinstance(shown, LoginPassword) and shown.password == (password or "").encode()
        return AuthResult(success=right, handled=False)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=tls if from_the_start else None,
        tls_context=None if from_the_start else tls,
        require_starttls=tls is not None and not from_the_start,
        authenticator=known if password else None,
        auth_required=password is not None,
    )
    controller.start()
    try:
        box.url = f"127.0.0.1:{controller.port}"
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on; the server cannot be given a socket, and wants to know its port beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server on loopback proves itself with, and the file by which clients know it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file
