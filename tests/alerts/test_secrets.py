"""No endpoint's secret appears in a log, an error or a message, whatever its kind and whatever happens."""

import asyncio
import logging
import re
from base64 import b64encode
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace
from prometheus_client import generate_latest

from alerts.journal import UndeliverableError
from alerts.webhooks import KINDS, check_endpoint
from tests.alerts.examples import an_alert
from tests.alerts.mailbox import receiving_mail
from tests.alerts.receiver import HANG, RESET, Say, receiving
from tests.alerts.running import bench
from tests.alerts.scene import Scene, scene
from wirewatch.clock import SystemClock
from wirewatch.settings import EndpointKind, EndpointSettings, Secret
from wirewatch.topics import ALERTS_PENDING, ALERTS_POSTED, DEAD, DELIVERIES, SETTINGS

WORD: Final = "T0pSeCrEt"
KEY: Final = b64encode(b"never to be seen by anybody").decode()
ECHO: Final = f"no such hook: https://hooks.example/{WORD}".encode()
PATH: Final = f"/services/{WORD}"


def an_endpoint(kind: EndpointKind, url: str) -> EndpointSettings:
    secret = Secret(f"whsec_{KEY}") if kind == "standard" else None
    if kind == "email":
        return EndpointSettings(
            "desk-hook", kind, Secret(re.sub("^https?:", "smtp:", url)), Secret(KEY), sender="wire@news.example",
            to=("desk@news.example",), username="wire",
        )  # fmt: skip
    return EndpointSettings("desk-hook", kind, Secret(url), secret)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "email"])
@pytest.mark.parametrize(
    "answer",
    [
        Say(200, body=ECHO),
        Say(302, {"Location": f"https://hooks.example/{WORD}"}, ECHO),
        Say(400, body=ECHO),
        Say(410, body=ECHO),
        Say(429, {"Retry-After": WORD}, ECHO),
        Say(500, body=ECHO),
        RESET,
        HANG,
    ],
    ids=lambda say: f"{say.act}-{say.status}",
)
async def test_an_answer_leaks_no_secret(
    kind: EndpointKind, answer: Say, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with scene() as play:
        written = await attempted(play, an_endpoint(kind, play.receiver.script(PATH, [answer, Say(200)])))
    assert WORD not in written + caplog.text
    assert KEY not in written + caplog.text


@pytest.mark.parametrize("answer", [b'{"ok": false, "error": "%s"}' % WORD.encode(), ECHO, b"{}"])
@pytest.mark.parametrize("status", [200, 401, 500])
async def test_a_bot_leaks_no_token(answer: bytes, status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with scene() as play:
        for path in ("chat.postMessage", "chat.update"):
            play.receiver.script(f"{PATH}/{path}", [Say(status, body=answer)])
        url = Secret(play.receiver.address + PATH)
        bot = EndpointSettings("desk-hook", "slack", url, Secret(f"xoxb-{KEY}"), channel="C1")
        written = await attempted(play, bot)
    assert play.receiver.got
    assert WORD not in written + caplog.text
    assert KEY not in written + caplog.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{WORD}",
        f"http://127.0.0.1:99999/{WORD}",
        f"http://10.0.0.1/{WORD}",
        f"http://no-such-host.invalid/{WORD}",
        f"gopher://127.0.0.1/{WORD}",
        f"http://exa mple/{WORD}",
        f"http://[::1/{WORD}",
        f"http://{WORD}:{WORD}@127.0.0.1:1/",
        f"/{WORD}",
    ],
)
async def test_an_address_that_fails_leaks_no_secret(
    kind: EndpointKind, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint = an_endpoint(kind, url)
    async with scene() as play:
        written = await attempted(play, endpoint)
    assert WORD not in f"{written} {caplog.text} {check_endpoint(endpoint)} {endpoint!r}"


@pytest.mark.parametrize("said", ["535 no: {}", "451 later: {}", "554 never: {}", "421 gone: {}"])
async def test_a_mail_server_that_repeats_what_it_got_leaks_no_secret(
    said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving_mail() as mailbox, scene() as play:
        mailbox.answers = [said.format(f"{KEY} {b64encode(KEY.encode()).decode()}")]
        endpoint = replace(
            an_endpoint("email", f"smtp://127.0.0.1:{mailbox.port}"), tls=False, username=None, secret=None
        )
        written = await attempted(play, endpoint)
    logged = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert mailbox.attempts >= 1
    assert KEY not in f"{written} {logged}"


async def attempted(play: Scene, endpoint: EndpointSettings) -> str:
    """Return all that is written down of one alert's first attempt."""
    lane = play.lane(endpoint)
    lane.offer(play.item(an_alert(priority="bulletin")))
    async with asyncio.timeout(10):
        await play.until(lambda: bool(play.books.notes))
    await play.running.end(lane)
    answers = [answer for _, answer, _ in play.books.notes] + [answer for _, _, answer in play.books.buried]
    return f"{msgspec.json.encode(answers).decode()} {[str(UndeliverableError(each.detail)) for each in answers]}"


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_no_secret_of_any_kind_reaches_a_topic_a_metric_or_a_log(
    kafka: str, topic_prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Endpoints of every kind at a worker: the first answer repeats everything, the second refuses for good."""
    caplog.set_level(logging.DEBUG)
    async with (
        bench(kafka, topic_prefix) as wire,
        receiving(SystemClock()) as receiver,
        receiving_mail() as mailbox,
    ):
        mailbox.answers = [f"451 later: {KEY} {WORD}", f"554 never: {KEY} {WORD}"]
        endpoints = []
        for kind in KINDS:
            url = receiver.script(f"{PATH}/{kind}", [Say(500, body=ECHO), Say(400, body=ECHO)])
            mail = f"smtp://127.0.0.1:{mailbox.port}"
            made = an_endpoint(kind, mail if kind == "email" else url)
            if kind == "email":
                made = replace(made, tls=False, username=None, secret=None)
            endpoints.append(replace(made, id=f"desk-{kind}"))
        async with wire.working(endpoints):
            await wire.put([an_alert(each.id, priority="flash") for each in endpoints])
            await wire.until(lambda found: sum(each.outcome == "dead" for each in found) == len(endpoints))
        topics = (ALERTS_PENDING, ALERTS_POSTED, DELIVERIES, DEAD, SETTINGS)
        records = [record for topic in topics for record in await wire.read(topic)]
    logged = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    everything = (
        f"{[(each.key, each.value, each.headers) for each in records]} {generate_latest()!r} {logged}"
    )
    assert len(records) > len(endpoints)
    assert WORD not in everything
    assert KEY not in everything
