"""Endpoints that are disabled: by themselves (410), by a person; tried by a test."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from streams.rules.corrections import correction_of
from streams.rules.mutes import mute_of
from tests.alerts.examples import AT, SECRET, an_alert, an_endpoint
from tests.alerts.receiver import Receiver, Say, receiving
from tests.alerts.running import Bench, bench
from wirewatch.cli import endpoints  # noqa: F401 - adds its commands
from wirewatch.cli.app import cli
from wirewatch.clock import SystemClock
from wirewatch.endpoint_switch import disable, enable, endpoint_of, failing, is_off, read_disabled
from wirewatch.errors import InputError
from wirewatch.messages import Setting
from wirewatch.setting import send_settings


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(SystemClock()) as made:
        yield made


async def command(folder: Path, url: str, *words: str, kafka: Bench | None = None) -> Result:
    """Run a command on a configuration with one endpoint, as a person does."""
    servers = "" if kafka is None else (
        f'[kafka]\nbootstrap_servers = "{kafka.kafka.bootstrap_servers}"\ntopic_prefix = "{kafka.kafka.prefix}"\n'
    )  # fmt: skip
    file = folder / "wirewatch.toml"
    file.write_text(
        f'{servers}[http]\nallow_networks = ["127.0.0.0/8"]\n[[endpoints]]\nid = "desk-hook"\nkind = "standard"\n'
        f'url = "{url}"\nsecret = "{SECRET}"\n[[desks]]\nid = "world"\nendpoints = ["desk-hook"]\n'
    )

    def call() -> Result:
        return CliRunner().invoke(
            cli, ["endpoints", *words, "--config", str(file), "--state", str(folder)], catch_exceptions=False
        )

    return await asyncio.to_thread(call)


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_an_endpoint_that_is_gone_stays_disabled_until_it_is_enabled(
    kafka: str, topic_prefix: str, receiver: Receiver, tmp_path: Path
) -> None:
    async with bench(kafka, topic_prefix) as wire:
        url = receiver.script("/a", [Say(410)])
        async with wire.working([an_endpoint(url)]):
            await wire.put([an_alert(name="1")])
            await wire.until(lambda found: [each.reason for each in found] == ["gone"])
        receiver.script("/a", [Say(200)])
        (row,) = json.loads((await command(tmp_path, url, "list", "--json", kafka=wire)).stdout)
        assert (row["id"], row["enabled"], row["why"], row["by"]) == ("desk-hook", False, "gone", "deliver")
        async with wire.working([an_endpoint(url)]):
            await wire.put([an_alert(name="2")])
            await wire.until(lambda found: [each.reason for each in found] == ["gone", "endpoint_disabled"])
        await command(tmp_path, url, "enable", "desk-hook", "--by", "Ada", kafka=wire)
        async with wire.working([an_endpoint(url)]):
            await wire.put([an_alert(name="3")])
            await wire.until(lambda found: len(found) == 3)
        assert [each.outcome for each in await wire.deliveries()] == ["dead", "dead", "delivered"]


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_a_person_disables_one_and_the_list_says_who(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with bench(kafka, topic_prefix) as wire:
        url = "http://127.0.0.1:9/hush"
        await send_settings(wire.kafka, [Setting("mute/words/flood", "always", "Ada", AT)])
        await command(tmp_path, url, "disable", "desk-hook", "--by", "Ada", kafka=wire)
        assert list(await read_disabled(wire.kafka)) == ["desk-hook"]
        shown = (await command(tmp_path, url, "list", kafka=wire)).stdout
        assert "world: disabled since" in shown
        assert "by Ada" in shown
        assert "hush" not in shown
        await command(tmp_path, url, "enable", "desk-hook", kafka=wire)
        await send_settings(wire.kafka, [failing("desk-hook", AT, at=AT)])
        shown = (await command(tmp_path, url, "list", kafka=wire)).stdout
        assert "world: enabled, but it takes nothing since 2025-06-01 06:00 UTC" in shown
        await send_settings(wire.kafka, [failing("desk-hook", None, at=AT)])
        assert "world: enabled\n" in (await command(tmp_path, url, "list", kafka=wire)).stdout


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("status", "reason", "code"), [(200, "accepted", 0), (404, "rejected", 1)])
async def test_a_test_says_what_the_answer_means(
    receiver: Receiver, tmp_path: Path, status: int, reason: str, code: int
) -> None:
    url = receiver.script("/hush", [Say(status)])
    found = await command(tmp_path, url, "test", "desk-hook", "--json")
    assert found.exit_code == code
    told = json.loads(found.stdout)
    assert (told["endpoint"], told["reason"], told["status"]) == ("desk-hook", reason, status)
    assert "hush" not in found.output
    (got,) = receiver.at("/hush")
    assert json.loads(got.body)["data"]["headline"].startswith("A test of Wirewatch")


async def test_an_endpoint_that_is_not_configured_is_named_with_those_that_are(tmp_path: Path) -> None:
    for word in ("enable", "disable", "test"):
        with pytest.raises(InputError, match="no endpoint of the configuration; there are: desk-hook"):
            await command(tmp_path, "https://hooks.example/in", word, "other")


def test_what_switches_an_endpoint_is_no_mute_and_no_correction() -> None:
    off, on = disable("desk", "gone", by="deliver", at=AT), enable("desk", by="Ada", at=AT)
    assert [(endpoint_of(each), is_off(each)) for each in (off, on)] == [("desk", True), ("desk", False)]
    assert endpoint_of(Setting("mute/words/endpoint/x", "always", "Ada", AT)) is None
    assert mute_of(off) is None
    assert correction_of(off) is None
