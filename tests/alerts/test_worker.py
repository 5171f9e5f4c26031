"""The worker on a real Kafka, delivering to real receivers."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from subprocess import DEVNULL

import pytest
from standardwebhooks import Webhook

from alerts.fallback import instead
from tests.alerts.examples import SECRET, an_alert, an_endpoint
from tests.alerts.receiver import HANG, Receiver, Say, receiving
from tests.alerts.running import Bench, bench
from wirewatch.clock import SystemClock
from wirewatch.codec import encode, header
from wirewatch.errors import SettingsError
from wirewatch.messages import PendingDelivery
from wirewatch.settings import EndpointSettings, Secret
from wirewatch.topics import ALERTS_PENDING

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="session")]
MACHINE = "machine"
ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def stage(
    kafka: str, prefix: str, instance: str | None = None
) -> AsyncIterator[tuple[Bench, Receiver]]:
    async with bench(kafka, prefix, instance) as wire, receiving(SystemClock()) as receiver:
        yield wire, receiver


async def test_an_alert_arrives_once_signed_and_is_committed(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        alert = an_alert()
        async with wire.working([an_endpoint(receiver.script("/a", [Say()]))]):
            await wire.put([alert])
            got = await receiver.next()
            await wire.until(lambda found: len(found) == 1)
        assert Webhook(SECRET).verify(got.body, got.headers)["data"]["alert"] == alert.id
        assert [found.outcome for found in await wire.deliveries()] == ["delivered"]
        assert await wire.committed() == 1
        assert await wire.pending() == []


async def test_a_failed_alert_waits_in_kafka_and_is_struck_when_it_arrives(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        url = receiver.script("/a", [Say(500), Say(200)])
        async with wire.working([an_endpoint(url)]):
            await wire.put([an_alert()])
            await wire.until(lambda found: [each.outcome for each in found] == ["retry", "delivered"])
        assert await wire.pending() == []
        assert await wire.committed() == 1


async def test_the_largest_alert_that_fits_can_wait_too(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        huge = an_alert(sentence="x" * (2 * 1024 * 1024 - 3000))
        async with wire.working([an_endpoint(receiver.script("/a", [Say(500), Say(200)]))]):
            await wire.put([huge])
            await wire.until(lambda found: [each.outcome for each in found] == ["retry", "delivered"])
        assert await wire.pending() == []


async def test_what_waits_survives_the_worker(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        endpoint = an_endpoint(receiver.script("/a", [Say(500)]))
        alert = an_alert(priority="urgent")
        async with wire.working([endpoint]):
            await wire.put([alert])
            await wire.until(lambda found: len(found) == 1)
        waiting = await wire.pending()
        assert [(each.alert, each.attempts, each.last_reason) for each in waiting] == [
            (alert, 1, "server_error")
        ]
        receiver.script("/a", [Say(200)])
        async with wire.working([endpoint]):
            found = await wire.until(lambda found: len(found) == 2)
        assert [(each.attempt, each.outcome) for each in found] == [(1, "retry"), (2, "delivered")]
        assert await wire.pending() == []


async def test_what_waits_and_cannot_be_read_goes_to_dead_and_the_rest_is_delivered(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        alert, now = an_alert(), SystemClock().now()
        await wire.put_bytes(
            [
                (b"a", b"\xff no json"),
                (b"b", encode(PendingDelivery(alert, 1, now, now, 0, "server_error"))),
                (b"c", b"{}"),
                (b"c", None),
            ],
            ALERTS_PENDING,
            partition=5,
        )
        async with wire.working([an_endpoint(receiver.script("/a", [Say()]))]):
            got = await receiver.next()
            await wire.until(lambda found: len(found) == 1)
        assert got.webhook_id == alert.webhook_id
        assert [record.value for record in await wire.dead()] == [b"\xff no json"]


async def test_what_cannot_be_read_goes_to_dead_untouched_and_the_rest_goes_on(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        garbage = [b"\xff\x00 no json", b"{}", b"[" * 100_000, None]
        async with wire.working([an_endpoint(receiver.script("/a", [Say()]))]):
            await wire.put_bytes((b"desk-hook", value) for value in garbage)
            await wire.put([an_alert()])
            await receiver.next()
            await wire.until(lambda found: len(found) == 1)
        dead = await wire.dead()
        assert [record.value for record in dead] == garbage
        assert {header(record.headers, "dead_topic") for record in dead} == {f"{topic_prefix}alerts"}
        assert await wire.committed() == len(garbage) + 1


async def test_what_is_never_delivered_goes_to_dead_with_its_reason(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        rejected, unknown = an_alert(), an_alert("desk-closed")
        async with wire.working([an_endpoint(receiver.script("/a", [Say(400)]))]):
            await wire.put([rejected, unknown])
            found = await wire.until(lambda found: len(found) == 2)
        assert {(each.endpoint, each.outcome, each.reason) for each in found} == {
            ("desk-hook", "dead", "rejected"),
            ("desk-closed", "dead", "endpoint_unknown"),
        }
        dead = await wire.dead()
        assert {record.value for record in dead} == {encode(rejected), encode(unknown)}
        assert all("not delivered" in (header(record.headers, "dead_reason") or "") for record in dead)


async def test_a_flash_that_is_not_taken_reaches_the_fallback(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        alert = an_alert("first")
        endpoints = [
            an_endpoint(receiver.script("/first", [Say(404)]), "first", fallback="second"),
            an_endpoint(receiver.script("/second", [Say()]), "second"),
        ]
        async with wire.working(endpoints):
            await wire.put([alert])
            found = await wire.until(lambda found: len(found) == 2)
        assert {(each.endpoint, each.outcome) for each in found} == {
            ("first", "dead"),
            ("second", "delivered"),
        }
        assert [got.webhook_id for got in receiver.at("/second")] == [instead(alert, "second").webhook_id]


async def test_settings_that_no_endpoint_can_have_end_the_worker_before_it_begins(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, _):
        endpoints = [an_endpoint(secret=Secret("whsec_c2hvcnQ=")), an_endpoint("ftp://a.example/", "other")]
        with pytest.raises(SettingsError, match=r"(?s)'desk-hook': the secret has 5 bytes.*'other': url"):
            async with wire.working(endpoints) as worker:
                await worker


async def test_endpoints_that_hang_and_fail_hold_up_no_other(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        names = [f"desk-{number}" for number in range(20)]
        bad = [
            an_endpoint(receiver.script("/hang", [HANG]), "hang"),
            an_endpoint(receiver.script("/fail", [Say(503)]), "fail"),
            an_endpoint(receiver.script("/busy", [Say(429, {"Retry-After": "60"})]), "busy"),
        ]
        good = [an_endpoint(receiver.script(f"/{name}", [Say()]), name) for name in names]
        async with wire.working(bad + good):
            await wire.put(an_alert(each.id, f"{number}") for number in range(200) for each in bad)
            await wire.put(an_alert(name) for name in names)
            async with asyncio.timeout(10):
                while not all(receiver.at(f"/{name}") for name in names):
                    await receiver.next()
        # What the bad ones are to get is safe, so that nothing of it holds up a commit.
        assert await wire.committed() == 620
        assert len(await wire.pending()) == 600


async def test_a_worker_that_stops_drains_in_three_seconds_and_leaves_the_rest_safe(
    kafka: str, topic_prefix: str
) -> None:
    clock = SystemClock()
    async with stage(kafka, topic_prefix) as (wire, receiver):
        endpoints = [
            an_endpoint(receiver.script("/hang", [HANG]), "hang"),
            an_endpoint(receiver.script("/good", [Say()]), "good"),
        ]
        async with wire.working(endpoints):
            await wire.put(an_alert(name, f"{number}") for number in range(50) for name in ("hang", "good"))
            await wire.until(lambda found: len(found) == 50 and bool(receiver.at("/hang")))
            began = clock.monotonic()
        assert clock.monotonic() - began < 3.5
        assert {each.endpoint for each in await wire.deliveries()} == {"good"}
        waiting = await wire.pending()
        assert {each.alert.endpoint for each in waiting} == {"hang"}
        assert await wire.committed() == 50 + len(waiting)


async def test_two_workers_share_the_endpoints_and_each_alert_arrives_once(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        endpoints = [
            an_endpoint(receiver.script(f"/{number}", [Say()]), f"desk-{number}") for number in range(20)
        ]
        alerts = [an_alert(each.id, f"{number}") for number in range(10) for each in endpoints]
        async with wire.working(endpoints):
            await wire.put(alerts[:100])
            async with wire.working(endpoints):
                await wire.put(alerts[100:])
                await wire.until(lambda found: len(found) >= 200)
        assert sorted(got.webhook_id for got in receiver.got) == sorted(alert.webhook_id for alert in alerts)
        assert await wire.committed() == 200


async def started(
    kafka: str, prefix: str, endpoints: list[EndpointSettings], instance: str = ""
) -> asyncio.subprocess.Process:
    pairs = [part for each in endpoints for part in (each.id, each.url.reveal())]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.alerts.worker_process", kafka, prefix, instance, *pairs,
        cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip


async def test_a_worker_killed_between_post_and_commit_delivers_twice_under_one_id_and_never_not(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        alert = an_alert()
        endpoints = [an_endpoint(receiver.script("/a", [HANG, Say(200)]))]
        await wire.put([alert])
        # As `wirewatch up` starts it: one that is started again takes over at once.
        first = await started(kafka, topic_prefix, endpoints, MACHINE)
        # The receiver has it, and the worker has no answer yet.
        await receiver.next()
        first.kill()
        await first.wait()
        assert await wire.committed() == 0
        second = await started(kafka, topic_prefix, endpoints, MACHINE)
        try:
            await receiver.next()
            await wire.until(lambda found: len(found) == 1)
        finally:
            second.kill()
            await second.wait()
        assert [got.webhook_id for got in receiver.got] == [alert.webhook_id] * 2


async def test_a_worker_killed_amid_deliveries_and_retries_loses_nothing(
    kafka: str, topic_prefix: str
) -> None:
    async with stage(kafka, topic_prefix, MACHINE) as (wire, receiver):
        names = [f"desk-{number}" for number in range(5)]
        answers = [Say(500), Say(200), Say(429, {"Retry-After": "1"}), Say(200), Say(200)] * 20 + [Say(200)]
        endpoints = [an_endpoint(receiver.script(f"/{name}", answers), name) for name in names]
        alerts = [an_alert(name, f"{number}") for number in range(10) for name in names]
        writing = asyncio.create_task(wire.put(alerts))
        worker = await started(kafka, topic_prefix, endpoints, MACHINE)
        for _ in range(20):
            await receiver.next()
        worker.kill()
        await worker.wait()
        await writing
        async with wire.working(endpoints):
            await wire.until(
                lambda found: len({each.webhook_id for each in found if each.outcome == "delivered"}) == 50
            )
            # What the dead one had delivered and not yet crossed out is delivered once more, under its id.
            async with asyncio.timeout(60):
                while await wire.pending() or await wire.committed() < 50:
                    pass
        assert {got.webhook_id for got in receiver.got} == {alert.webhook_id for alert in alerts}
        assert await wire.pending() == []
        assert await wire.committed() == 50


async def test_a_worker_that_stood_still_leaves_what_another_took_over(kafka: str, topic_prefix: str) -> None:
    async with stage(kafka, topic_prefix) as (wire, receiver):
        alert = an_alert()
        endpoints = [an_endpoint(receiver.script("/a", [HANG, Say(200)]))]
        await wire.put([alert])
        first = await started(kafka, topic_prefix, endpoints)
        await receiver.next()
        first.send_signal(SIGSTOP)
        async with wire.working(endpoints):
            await wire.until(lambda found: [each.outcome for each in found] == ["delivered"])
            first.send_signal(SIGCONT)
            # Its connection breaks, which it would note as an attempt to repeat.
            receiver.release()
            assert await asyncio.wait_for(first.wait(), 20) != 0
        assert len(await wire.deliveries()) == 1
        assert await wire.pending() == []
