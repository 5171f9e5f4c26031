"""Kind `email`: a message in plain text and HTML, handed to a mail server by SMTP (RFC 5321, RFC 5322).

`url` is the server: `smtp://` asks for STARTTLS, `smtps://` speaks TLS from the first byte; certificates are verified.
Without TLS nothing is sent unless the settings say `tls = false`, and a password never. A revision refers to the first
message (References), so that mail programs show both as one conversation. What a server says is not repeated: only its
code is.
"""

import asyncio
import re
import ssl
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import SplitResult, urlsplit

import aiosmtplib

from alerts.delivery import Outgoing, WebhookKind
from alerts.exchange import Wire
from alerts.schedule import WORDS, Answer, Reason
from alerts.webhooks.listing import Listing, fitting
from alerts.webhooks.telling import Told, tell
from wirewatch.errors import RefusedAddressError
from wirewatch.network import host_of
from wirewatch.network_socket import connect
from wirewatch.settings import EndpointSettings

PORTS: Final = {"smtp": 587, "smtps": 465}
# Mail servers make strangers wait: so many times the patience that a webhook has.
PATIENCE: Final = 4
MOST_RECIPIENTS: Final = 50
MOST_SUBJECT: Final = 150
MOST_TEXT: Final = 60_000
# An address as this program writes it: no quotes, no comments, no other script.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
)
_TAKEN_AMISS: Final[dict[type[Exception], str]] = {
    aiosmtplib.SMTPRecipientsRefused: "no recipient was taken",
    aiosmtplib.SMTPAuthenticationError: "the login was not accepted",
}
# Faults without a code, the more exact ones first.
_FAULTS: Final[tuple[tuple[type[Exception], Reason, str], ...]] = (
    (aiosmtplib.SMTPConnectTimeoutError, "no_connection", "the connection took too long"),
    (TimeoutError, "no_answer", WORDS["no_answer"]),
    (aiosmtplib.SMTPServerDisconnected, "connection_broken", WORDS["connection_broken"]),
    (ssl.SSLError, "no_connection", "TLS failed, or the certificate is not accepted"),
    (OSError, "no_connection", WORDS["no_connection"]),
    (aiosmtplib.SMTPNotSupported, "cannot_be_sent", WORDS["cannot_be_sent"]),
    (ValueError, "cannot_be_sent", WORDS["cannot_be_sent"]),
)
# STARTTLS is the one thing that is insisted on.
_NO_TLS: Final[tuple[Reason, str]] = (
    "rejected",
    "the mail server offers no TLS, or no login that is known here",
)
_COLOURS: Final = {"flash": "#b42318", "urgent": "#b54708", "bulletin": "#175cd3"}


class EmailKind:
    """Sends an alert as one message to all recipients."""

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in the settings of an `email` endpoint."""
        return check(endpoint)

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Hand the message to the server once."""
        began = wire.clock.monotonic()
        message = compose(endpoint, outgoing)
        try:
            async with asyncio.timeout(wire.timeout * PATIENCE):
                reason, detail, status = await _hand_over(endpoint, message, wire)
        except (aiosmtplib.SMTPException, RefusedAddressError, OSError, ValueError) as error:
            reason, detail, status = _fault(error)
        seconds = wire.clock.monotonic() - began
        return Answer(reason, f"{host_of(endpoint.url.reveal())}: {detail}", status, seconds)


def compose(endpoint: EndpointSettings, outgoing: Outgoing) -> EmailMessage:
    """Return the message of an alert. Each line of its head is ours, or has no control character in it."""
    alert = outgoing.alert
    told = _digest(outgoing) if alert.body.items else tell(outgoing)
    domain = parseaddr(endpoint.sender or "")[1].rpartition("@")[2]
    message = EmailMessage(policy=POLICY)
    message["Subject"] = _subject(told, outgoing)
    message["From"] = endpoint.sender
    message["To"] = ", ".join(endpoint.to)
    message["Date"] = format_datetime(outgoing.now)
    message["Message-ID"] = f"<{alert.id}.{alert.revision}@{domain}>"
    if alert.revision > 1:
        message["In-Reply-To"] = message["References"] = f"<{alert.id}.1@{domain}>"
    label = re.sub(r"[^a-z0-9]+", "-", endpoint.id.lower()).strip("-") or "alerts"
    message["List-Id"] = f"Wirewatch alerts <{label}.wirewatch.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if alert.body.priority == "flash":
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    message.set_content(_text(told))
    message.add_alternative(_html(told, _COLOURS[alert.body.priority]), subtype="html")
    return message


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of an `email` endpoint."""
    return [*_check_server(endpoint), *_check_people(endpoint)]


def _check_server(endpoint: EndpointSettings) -> list[str]:
    mistakes = []
    try:
        parts = _server(endpoint)
    except ValueError:
        return ["url is not a valid address"]
    if parts.scheme not in PORTS:
        mistakes.append("url does not begin with smtp:// or smtps://")
    elif not parts.hostname:
        mistakes.append("url names no mail server")
    if parts.username or parts.password:
        mistakes.append("url holds a user name or password; they are said by username and secret")
    if parts.path.strip("/") or parts.query or parts.fragment:
        mistakes.append("url holds more than a server and its port")
    if (endpoint.username is None) != (endpoint.secret is None):
        mistakes.append("username and secret (its password) are set together, or neither")
    if not endpoint.tls and endpoint.secret is not None:
        mistakes.append("tls = false would send the password unencrypted; leave one of them away")
    if not endpoint.tls and parts.scheme == "smtps":
        mistakes.append("tls = false contradicts smtps://")
    return mistakes


def _check_people(endpoint: EndpointSettings) -> list[str]:
    mistakes = []
    if endpoint.sender is None:
        mistakes.append("from is missing: the address that its messages come from")
    elif not _is_address(endpoint.sender):
        mistakes.append('from is no address; write for example "Wirewatch <wire@example.org>"')
    if not endpoint.to:
        mistakes.append("to is missing: the addresses that it sends to")
    elif len(endpoint.to) > MOST_RECIPIENTS:
        mistakes.append(f"to names more than {MOST_RECIPIENTS} addresses; use a mailing list's")
    mistakes.extend(f"to: {each!r} is no address" for each in endpoint.to if not _is_address(each))
    return mistakes


def _is_address(text: str) -> bool:
    """Whether a text is one address, with a name before it or not, that no header can be smuggled in by."""
    name, address = parseaddr(text)
    whole = text.strip() == address or text.strip().endswith(f"<{address}>")
    plain = "," not in name and name.isprintable() and text.isprintable()
    return bool(address) and whole and plain and _ADDRESS.fullmatch(address) is not None


def _server(endpoint: EndpointSettings) -> SplitResult:
    parts = urlsplit(endpoint.url.reveal().strip())
    # Reading it is what checks it.
    _ = parts.port
    return parts


async def _hand_over(
    endpoint: EndpointSettings, message: EmailMessage, wire: Wire
) -> tuple[Reason, str, int | None]:
    parts = _server(endpoint)
    if parts.hostname is None or parts.scheme not in PORTS:
        return "cannot_be_sent", "the endpoint's address is not a valid smtp or smtps url", None
    made = await connect(wire.guard, parts.hostname, parts.port or PORTS[parts.scheme])
    own = made.getsockname()[0]
    client = aiosmtplib.SMTP(
        hostname=parts.hostname,
        sock=made,
        use_tls=parts.scheme == "smtps",
        start_tls=endpoint.tls and parts.scheme == "smtp",
        tls_context=wire.tls or _tls(),
        username=endpoint.username,
        password=None if endpoint.secret is None else endpoint.secret.reveal(),
        timeout=wire.timeout * PATIENCE,
        # By number, so that no name of this machine is looked up or told.
        local_hostname=f"[IPv6:{own}]" if ":" in own else f"[{own}]",
    )
    async with client:
        refused, _ = await client.send_message(message)
    return _judge(refused, len(endpoint.to))


def _judge(refused: dict[str, aiosmtplib.SMTPResponse], recipients: int) -> tuple[Reason, str, int | None]:
    """Return what it means that some recipients were taken and some not; nobody is forgotten for the others' sake."""
    codes = sorted(response.code for response in refused.values())
    passing = [code for code in codes if code < 500]
    if passing:
        said = f"{len(codes)} of {recipients} recipients not taken yet, code {passing[0]}"
        return "server_error", said, passing[0]
    if codes:
        return (
            "accepted",
            f"taken, but for {len(codes)} of {recipients} recipients, code {codes[0]}",
            codes[0],
        )
    return "accepted", WORDS["accepted"], 250


def _fault(error: Exception) -> tuple[Reason, str, int | None]:
    """Name why it was not taken, in our own words: a server's could hold whatever was sent to it."""
    if isinstance(error, RefusedAddressError):
        return "refused_address", str(error), None
    code = _code(error)
    if code is not None:
        what = _TAKEN_AMISS.get(type(error), "the mail server did not take it")
        return *_by_code(code, what), code
    reason, said = next(((reason, said) for of, reason, said in _FAULTS if isinstance(error, of)), _NO_TLS)
    return reason, said, None


def _code(error: Exception) -> int | None:
    """Return the code that the server answered with, where it did."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return min((each.code for each in error.recipients), default=550)
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def _by_code(code: int, said: str) -> tuple[Reason, str]:
    """Return what a code of SMTP means: below 500 another attempt may succeed."""
    if code < 0:
        return "connection_broken", WORDS["connection_broken"]
    return "rejected" if code >= 500 else "server_error", f"{said}, code {code}"


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _subject(told: Told, outgoing: Outgoing) -> str:
    if outgoing.alert.body.items or outgoing.alert.revision > 1 or not told.lines:
        return told.top
    whole = f"{told.top} · {told.lines[0]}"
    return whole if len(whole) <= MOST_SUBJECT else whole[: MOST_SUBJECT - 1].rstrip() + "…"


def _digest(outgoing: Outgoing) -> Told:
    def size(each: Listing) -> int:
        return sum(len(line.text) + len(line.link[1] if line.link else "") for line in each.lines)

    listing = fitting(outgoing.alert.body, outgoing.late_by, size, MOST_TEXT)
    links = tuple(line.link for line in listing.lines if line.link is not None)
    return Told(listing.top, (*(line.text for line in listing.lines), listing.why), links)


def _text(told: Told) -> str:
    # What half a character stands for, no mail can hold.
    links = [f"{words}: {address}" for words, address in told.links]
    return _whole("\n\n".join([told.top, *told.lines, *links]) + "\n")


def _html(told: Told, colour: str) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in told.lines)
    links = "".join(
        f'<p><a href="{escape(address, quote=True)}">{escape(words)}</a></p>' for words, address in told.links
    )
    return _whole(
        '<html><body style="font-family:sans-serif">'
        f'<p style="color:{colour};font-size:1.2em"><b>{escape(told.top)}</b></p>{lines}{links}</body></html>\n'
    )


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


KIND: Final[WebhookKind] = EmailKind()
