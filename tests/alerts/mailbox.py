"""A real SMTP server on loopback that answers as it is told."""

# ruff: noqa: ARG002, N802 - the names and arguments are aiosmtpd's

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parents[1] / "connectors" / "fixtures" / "loopback.pem"
USER, PASSWORD = "wire", "T0pSeCrEt-mail"


class Mailbox:
    """Takes messages; `answers` are what it says to the end of each, the last for ever."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.secured: list[bool] = []
        self.answers: list[str] = ["250 OK"]
        self.refused: dict[str, str] = {}
        self.hangs = False
        self.host, self.port = "127.0.0.1", 0

    @property
    def attempts(self) -> int:
        return len(self.envelopes)

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        self.secured.append(session.ssl is not None)
        if self.hangs:
            await asyncio.Event().wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250") and isinstance(envelope.content, bytes):
            message = message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.got.append(message)
        return answer


def _login(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known, handled=False)


@asynccontextmanager
async def receiving_mail(*, tls: bool = False, login: bool = False) -> AsyncIterator[Mailbox]:
    """Run a mail server on a free port; with `tls` it offers STARTTLS, with `login` it takes nothing without."""
    mailbox = Mailbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def session() -> SMTP:
        return SMTP(
            mailbox,
            hostname="mail.test",
            tls_context=context if tls else None,
            require_starttls=tls,
            auth_required=login,
            auth_require_tls=True,
            authenticator=_login,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(session, mailbox.host, 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
