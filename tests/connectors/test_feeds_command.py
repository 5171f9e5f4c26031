"""`wirewatch feeds` while a poller runs."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from connectors.service import run_poller
from tests.connectors.feeds import news, rss
from tests.connectors.loopback import Loopback, Request, reply
from wirewatch.cli import feeds  # noqa: F401 - adds its commands
from wirewatch.cli.app import cli
from wirewatch.clock import SystemClock
from wirewatch.config_file import load_settings, parse_settings
from wirewatch.kafka import KafkaConnection
from wirewatch.topic_admin import create_topics

PAGE = b'<html><link rel="alternate" type="application/rss+xml" href="/a"><link rel="alternate" type="application/rss+xml" href="/b">'
pytestmark = pytest.mark.broker


class Desk:
    """Somebody at the command line, with a configuration."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def run(self, *words: str) -> Result:
        return await asyncio.to_thread(
            CliRunner().invoke, cli, ["feeds", *words, "--config", str(self._file)], catch_exceptions=True
        )

    async def feeds(self) -> dict[str, dict[str, Any]]:
        listed = await self.run("list", "--json")
        assert listed.exit_code == 0, listed.stderr
        return {each["name"]: each for each in json.loads(listed.stdout)}

    async def until(self, name: str, health: str) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while (found := (await self.feeds()).get(name)) is None or found["health"] != health:
                await SystemClock().sleep(0.1)
        return found


async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
    body = PAGE if request.path == "/" else rss([news(2), news(1)])
    writer.write(reply(body, headers={"Content-Type": "text/html" if request.path == "/" else "text/xml"}))


async def test_feeds_are_added_listed_and_removed_while_a_poller_runs(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    file = tmp_path / "wirewatch.toml"
    async with Loopback(serve) as wire:
        file.write_text(
            f'[kafka]\nbootstrap_servers = "{kafka}"\ntopic_prefix = "{topic_prefix}"\n'
            f'[http]\nallow_networks = ["127.0.0.0/8"]\n[[feeds]]\nurl = "{wire.url("/own")}"\nname = "Own"\n'
        )
        settings = load_settings(file)
        connection = KafkaConnection(kafka, settings.kafka)
        await create_topics(connection)
        desk, stop = Desk(file), asyncio.Event()
        poller = asyncio.create_task(run_poller(settings, connection, SystemClock(), stop))
        assert (await desk.until("Own", "ok"))["stories"] == 2

        several = await desk.run("add", wire.url("/"))
        assert isinstance(several.exception, Exception)
        assert "The page names 2 feeds" in str(several.exception)
        added = await desk.run("add", wire.url("/"), "--choose", "2", "--name", "Page", "--tag", "Wires")
        assert added.exit_code == 0
        found = await desk.until("Page", "ok")
        assert (found["url"], found["added"], found["tags"]) == (wire.url("/b"), "command", ["Wires"])
        assert found["reason"]
        assert "is there already" in str((await desk.run("add", wire.url("/b"))).exception)
        assert "take its [[feeds]] table out" in str((await desk.run("remove", "Own")).exception)

        exported = await desk.run("export", str(tmp_path / "feeds.opml"))
        assert exported.exit_code == 0
        tables = (await desk.run("export", "--format", "toml")).stdout
        assert [(feed.name, feed.tags) for feed in parse_settings(tables).feeds] == [("Page", ("Wires",))]
        assert (await desk.run("remove", "Page")).exit_code == 0
        assert set(await desk.feeds()) == {"Own"}
        asked = len(wire.requests)
        imported = await desk.run("import", str(tmp_path / "feeds.opml"), "--json")
        assert json.loads(imported.stdout) == {"added": 1, "there_already": 1}
        assert (await desk.until("Page", "ok"))["tags"] == ["Wires"]
        assert len(wire.requests) == asked + 1
        stop.set()
        await asyncio.wait_for(poller, 10)
