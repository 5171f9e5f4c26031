"""What a mail server of the tests receives, and what becomes of what it does not take."""

import re
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.schedule import Answer
from alerts.webhooks import KINDS, check_endpoint
from alerts.webhooks.email import compose
from tests.alerts.examples import AT, an_alert
from tests.alerts.mailbox import CERTIFICATE, PASSWORD, USER, Mailbox, receiving_mail
from tests.alerts.scene import CLIENT_TIMEOUT, LOOPBACK
from tests.alerts.test_slack import hostile
from tests.clock import ManualClock
from wirewatch.messages import Alert, AlertItem
from wirewatch.network import Guard, open_client
from wirewatch.settings import EndpointSettings, Secret

DESK = "desk@news.example"
NIGHT = "night@news.example"


def a_mail(url: str | Secret = "smtp://127.0.0.1:2525", **changes: Any) -> EndpointSettings:
    address = url if isinstance(url, Secret) else Secret(url)
    endpoint = EndpointSettings(
        "desk-mail", "email", address, sender="Wirewatch <wire@news.example>", to=(DESK,), tls=False
    )
    return replace(endpoint, **changes)


async def sent(
    endpoint: EndpointSettings,
    alert: Alert | None = None,
    *,
    guard: Guard | None = None,
    patience: float = 2.0,
) -> Answer:
    allowed = guard or Guard(LOOPBACK)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    async with open_client(allowed, user_agent="Wirewatch/test") as client:
        wire = Wire(client, ManualClock(AT), patience, guard=allowed, tls=trust)
        return await KINDS["email"].send(
            endpoint, Outgoing(alert or an_alert(), AT, console="https://c.example/story/1"), wire
        )


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with receiving_mail() as made:
        yield made


def at(mailbox: Mailbox, host: str = "127.0.0.1", scheme: str = "smtp") -> str:
    return f"{scheme}://{host}:{mailbox.port}"


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


async def test_an_alert_arrives_in_plain_text_and_in_html(mailbox: Mailbox) -> None:
    answer = await sent(a_mail(at(mailbox)))
    assert (answer.reason, answer.status) == ("accepted", 250)
    (message,) = mailbox.got
    assert message.get_content_type() == "multipart/alternative"
    assert message["Subject"].startswith(
        "🔴 FLASH · 472 drones, beats 355 of 26 May 2025 · Russia launches 472"
    )
    assert (message["From"], message["To"]) == ("Wirewatch <wire@news.example>", DESK)
    assert (message["Importance"], message["Auto-Submitted"]) == ("high", "auto-generated")
    for text in parts(message):
        for part in ("Ukraine's air force", "Outlets differ: 472 (31), at least 400 (7)", "39 more outlets"):
            assert part.replace("'", "&#x27;") in text or part in text
        assert "https://news.example/472-drones" in text
        assert "https://c.example/story/1" in text


async def test_a_revision_stands_in_the_conversation_of_the_first(mailbox: Mailbox) -> None:
    for revision in (1, 2, 3):
        await sent(a_mail(at(mailbox)), an_alert(revision=revision))
    first, second, third = mailbox.got
    assert first["References"] is None
    assert {second["References"], second["In-Reply-To"], third["References"]} == {first["Message-ID"]}
    assert len({each["Message-ID"] for each in mailbox.got}) == 3
    assert {each["List-Id"] for each in mailbox.got} == {
        "Wirewatch alerts <desk-mail.wirewatch.news.example>"
    }
    assert second["Subject"].startswith("🔴 Update: ")


async def test_the_same_alert_again_has_the_same_message_id(mailbox: Mailbox) -> None:
    for _ in range(2):
        await sent(a_mail(at(mailbox)))
    assert len({each["Message-ID"] for each in mailbox.got}) == 1


async def test_it_speaks_tls_and_logs_in() -> None:
    async with receiving_mail(tls=True, login=True) as mailbox:
        answer = await sent(a_mail(at(mailbox), tls=True, username=USER, secret=Secret(PASSWORD)))
        assert answer.reason == "accepted"
        assert mailbox.secured == [True]


async def test_a_wrong_password_is_dead_and_not_repeated() -> None:
    async with receiving_mail(tls=True, login=True) as mailbox:
        answer = await sent(a_mail(at(mailbox), tls=True, username=USER, secret=Secret("T0pSeCrEt-no")))
    assert (answer.reason, answer.status) == ("rejected", 535)
    assert "the login was not accepted" in answer.detail
    assert "T0pSeCrEt" not in answer.detail


async def test_without_the_tls_that_is_asked_for_nothing_is_sent(mailbox: Mailbox) -> None:
    answer = await sent(a_mail(at(mailbox), tls=True))
    assert answer.reason == "rejected"
    assert "offers no TLS" in answer.detail
    assert mailbox.attempts == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [("451 Try later", "server_error"), ("452 Full", "server_error"), ("554 No", "rejected")],
)
async def test_a_code_says_whether_it_is_tried_again(mailbox: Mailbox, said: str, reason: str) -> None:
    mailbox.answers = [said]
    answer = await sent(a_mail(at(mailbox)))
    assert (answer.reason, answer.status) == (reason, int(said[:3]))
    assert said[4:] not in answer.detail


async def test_a_recipient_that_is_not_taken_yet_is_tried_again(mailbox: Mailbox) -> None:
    mailbox.refused = {NIGHT: "450 Greylisted"}
    answer = await sent(a_mail(at(mailbox), to=(DESK, NIGHT)))
    assert answer.reason == "server_error"
    assert "1 of 2 recipients" in answer.detail


async def test_a_recipient_that_does_not_exist_keeps_it_from_nobody_else(mailbox: Mailbox) -> None:
    mailbox.refused = {NIGHT: "550 Unknown"}
    answer = await sent(a_mail(at(mailbox), to=(DESK, NIGHT)))
    assert answer.reason == "accepted"
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [[DESK]]
    mailbox.refused[DESK] = "550 Unknown"
    assert (await sent(a_mail(at(mailbox), to=(DESK, NIGHT)))).reason == "rejected"


async def test_a_server_that_hangs_is_given_up_in_time(mailbox: Mailbox) -> None:
    mailbox.hangs = True
    assert (await sent(a_mail(at(mailbox)), patience=CLIENT_TIMEOUT / 4)).reason == "no_answer"


async def test_a_server_that_is_not_there_is_named() -> None:
    assert (await sent(a_mail("smtp://127.0.0.1:1"))).reason == "no_connection"


async def test_a_mail_server_on_a_network_that_is_not_allowed_is_never_spoken_to(mailbox: Mailbox) -> None:
    for host in ("127.0.0.1", "localhost"):
        answer = await sent(a_mail(at(mailbox, host)), guard=Guard())
        assert answer.reason == "refused_address"
        assert "list its network in [http] allow_networks" in answer.detail
    assert mailbox.attempts == 0


@given(text=hostile | st.text())
def test_no_feed_writes_a_header_or_markup(text: str) -> None:
    alert = an_alert(headline=text, sentence=text, said_by=text, source=text, reason=text, desk=text)
    message = compose(a_mail(), Outgoing(alert, AT))
    written = bytes(message)
    head = written.partition(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted({*message.keys()})
    _, html = parts(message)
    tags = {each.removeprefix("/") for each in re.findall(r"<(/?\w*)", html)}
    assert tags == {"html", "body", "p", "b", "a"}
    assert html.count("<a href=") == 1


def test_a_digest_has_a_line_for_each_of_its_alerts() -> None:
    items = tuple(
        AlertItem(
            f"a{number}", 1, "urgent", f"Story {number}", "Record: 9", 2, f"https://news.example/{number}"
        )
        for number in range(25)
    )
    plain, _ = parts(compose(a_mail(), Outgoing(an_alert(items=items, headline="Digest: 25 stories"), AT)))
    assert all(
        f"Story {number}" in plain and f"https://news.example/{number}" in plain for number in range(25)
    )


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"url": Secret("https://mail.example")}, "smtp:// or smtps://"),
        ({"url": Secret("smtp://")}, "names no mail server"),
        ({"url": Secret("smtp://u:T0pSeCrEt@mail.example")}, "username and secret"),
        ({"url": Secret("smtp://mail.example/T0pSeCrEt")}, "more than a server"),
        ({"url": Secret("smtp://mail.example:T0pSeCrEt")}, "not a valid address"),
        ({"sender": None}, "from is missing"),
        ({"sender": "Wire\r\nBcc: x@y.example <a@b.example>"}, "from is no address"),
        ({"to": ()}, "to is missing"),
        ({"to": ("desk@news.example, other@news.example",)}, "is no address"),
        ({"to": ("désk",)}, "is no address"),
        ({"to": (DESK,) * 51}, "more than 50"),
        ({"username": "wire"}, "set together"),
        ({"username": "wire", "secret": Secret("T0pSeCrEt")}, "unencrypted"),
        ({"url": Secret("smtps://mail.example")}, "contradicts smtps"),
    ],
)  # fmt: skip
def test_a_mistake_in_its_settings_is_said_without_a_secret(changes: dict[str, Any], mistake: str) -> None:
    found = " ".join(check_endpoint(a_mail(**changes)))
    assert mistake in found
    assert "T0pSeCrEt" not in found


def test_settings_that_are_right_have_no_mistake() -> None:
    assert (
        check_endpoint(a_mail(tls=True, username="wire", secret=Secret("x"), to=(DESK, f"Night <{NIGHT}>")))
        == []
    )
