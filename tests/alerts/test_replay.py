"""What is dead, shown and tried again: by the code on a real Kafka, and by the commands."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from tests.alerts.examples import an_alert, an_endpoint
from tests.alerts.receiver import Receiver, Say, receiving
from tests.alerts.running import Bench, bench
from wirewatch.cli import dead, deliveries  # each adds its commands
from wirewatch.cli.app import cli
from wirewatch.clock import SystemClock
from wirewatch.codec import dead_headers, header
from wirewatch.dead_letters import find_dead_alert, find_letter, read_letters, replay
from wirewatch.errors import InputError, MessageError
from wirewatch.messages import Delivery
from wirewatch.topics import ALERTS, DEAD, SETTINGS, STORIES, Topic

NOW = SystemClock().now()


@pytest_asyncio.fixture(loop_scope="session")
async def wire(kafka: str, topic_prefix: str) -> AsyncIterator[Bench]:
    async with bench(kafka, topic_prefix) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(SystemClock()) as made:
        yield made


async def bury(
    wire: Bench, value: bytes, topic: Topic = STORIES, offset: int = 0, reason: str = "bad"
) -> None:
    """Put bytes on `dead`, as a stage does."""
    producer = wire.kafka.producer()
    await producer.start()
    about = dead_headers(
        wire.kafka.topic(topic), partition=0, offset=offset, cause=MessageError(reason), at=NOW
    )
    try:
        await producer.send_and_wait(wire.kafka.topic(DEAD), value, b"source", headers=about)
    finally:
        await producer.stop()


async def command(wire: Bench, folder: Path, *words: str) -> Result:
    """Run a command against the bench, as a person does."""
    file = folder / "wirewatch.toml"
    file.write_text(
        f'[kafka]\nbootstrap_servers = "{wire.kafka.bootstrap_servers}"\ntopic_prefix = "{wire.kafka.prefix}"\n'
    )

    def call() -> Result:
        return CliRunner().invoke(cli, [*words, "--config", str(file)], catch_exceptions=False)

    return await asyncio.to_thread(call)


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_an_alert_that_was_given_up_is_delivered_under_its_id_when_it_is_replayed(
    wire: Bench, receiver: Receiver
) -> None:
    alert, url = an_alert(), receiver.script("/a", [Say(400)])
    async with wire.working([an_endpoint(url)]):
        await wire.put([alert])
        await wire.until(lambda found: [each.outcome for each in found] == ["dead"])
        receiver.script("/a", [Say(200)])
        await replay(wire.kafka, await find_dead_alert(wire.kafka, alert.webhook_id))
        await wire.until(lambda found: [each.outcome for each in found] == ["dead", "delivered"])
    assert [got.webhook_id for got in receiver.at("/a")] == [alert.webhook_id] * 2


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_bytes_go_to_where_they_came_from_with_their_key_and_headers(wire: Bench) -> None:
    producer = wire.kafka.producer()
    await producer.start()
    try:
        await producer.send_and_wait(
            wire.kafka.topic(STORIES), b"no json", b"feed", partition=0, headers=[("ce_id", b"7")]
        )
    finally:
        await producer.stop()
    await bury(wire, b"no json")
    assert await replay(wire.kafka, await find_letter(wire.kafka, "0/0")) == 1
    first, again = await wire.read(STORIES)
    assert (again.value, again.key, again.partition) == (first.value, b"feed", 0)
    assert header(again.headers, "ce_id") == "7"


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_what_cannot_be_sent_again_is_refused_with_the_reason(wire: Bench) -> None:
    await bury(wire, b"gone", STORIES, offset=9)
    await bury(wire, b"{}", SETTINGS)
    gone, of_states = [each async for each in read_letters(wire.kafka)]
    with pytest.raises(InputError, match="the message is gone from"):
        await replay(wire.kafka, gone)
    with pytest.raises(InputError, match="holds states"):
        await replay(wire.kafka, of_states)
    with pytest.raises(InputError, match="no topic of this Wirewatch"):
        await replay(wire.kafka, replace(gone, topic="another.stories"))
    for nothing in ("0/99", "7/0"):
        with pytest.raises(InputError, match="No dead letter stands"):
            await find_letter(wire.kafka, nothing)
    with pytest.raises(InputError, match="PARTITION/OFFSET"):
        await find_letter(wire.kafka, "-1")


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_the_commands_show_what_is_dead_and_nothing_of_it_acts_on_a_terminal(
    wire: Bench, tmp_path: Path
) -> None:
    await bury(wire, b"\x1b[31m red \xff", reason="no\x1b[2J JSON")
    listed = json.loads((await command(wire, tmp_path, "dead", "list", "--json")).stdout)
    assert [(each["id"], each["topic"], each["partition"], each["offset"]) for each in listed] == [
        ("0/0", wire.kafka.topic(STORIES), 0, 0)
    ]
    for words in (["dead", "list"], ["dead", "show", "0/0"]):
        shown = (await command(wire, tmp_path, *words)).stdout
        assert "0/0" in shown
        assert "MessageError" in shown
        assert "\x1b" not in shown
    shown = json.loads((await command(wire, tmp_path, "dead", "show", "0/0", "--json")).stdout)
    assert shown["base64"] == "G1szMW0gcmVkIP8="


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_the_commands_list_attempts_and_retry_what_was_given_up(
    wire: Bench, receiver: Receiver, tmp_path: Path
) -> None:
    alert, other = an_alert(), an_alert("desk-closed")
    async with wire.working([an_endpoint(receiver.script("/a", [Say()]))]):
        await wire.put([alert, other])
        await wire.until(lambda found: len(found) == 2)
    for words, wanted in (
        (["list", "--endpoint", "desk-hook"], [alert.id]), (["list", "--outcome", "dead"], [other.id]),
        (["list", "--alert", alert.webhook_id], [alert.id]), (["show", other.id], [other.id]),
    ):  # fmt: skip
        found = json.loads((await command(wire, tmp_path, "deliveries", *words, "--json")).stdout)
        assert [each["alert"] for each in found] == wanted
    assert "dead, endpoint_unknown" in (await command(wire, tmp_path, "deliveries", "show", other.id)).stdout
    sent = json.loads((await command(wire, tmp_path, "deliveries", "retry", other.id, "--json")).stdout)
    assert (sent["id"], sent["topic"]) == ("0/0", wire.kafka.topic(ALERTS))
    with pytest.raises(InputError, match="was delivered: nothing to retry"):
        await command(wire, tmp_path, "deliveries", "retry", alert.id)


def attempt(revision: int, outcome: str, minute: int) -> Delivery:
    return Delivery(
        "alert-1", revision, "desk", f"id-{revision}", 1, outcome, "why", NOW.replace(minute=minute)
    )


def test_the_newest_revision_decides_whether_there_is_something_to_retry() -> None:
    old, new = attempt(1, "delivered", 1), attempt(2, "dead", 0)
    assert deliveries.given_up([new, old]) == new
    for outcome, why in (("delivered", "delivered"), ("retry", "by itself"), ("expired", "news no longer")):
        with pytest.raises(InputError, match=why):
            deliveries.given_up([new, attempt(2, outcome, 5)])


@given(st.text())
def test_what_is_shown_is_printable(text: str) -> None:
    assert dead.visible(text).isprintable()
