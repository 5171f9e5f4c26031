"""The demo as a newcomer starts it: on a real Kafka, undisturbed, killed at, and interrupted."""

import asyncio
import json
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.wirewatch.demo.expected import expected_alerts
from tests.wirewatch.demo.verdict import Rang, complaints
from wirewatch.clock import SystemClock
from wirewatch.demo.script import load_script

CLOCK = SystemClock()
STAGES = ("poll", "analyse", "cluster", "ledger", "desks", "deliver")
pytestmark = pytest.mark.broker


@asynccontextmanager
async def demo(state: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wirewatch", "up", "--demo", "--state", str(state), *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def pid_of(state: Path, stage: str) -> int:
    if stage == "kafka":
        return int(json.loads((state / "demo" / "kafka" / "broker.json").read_text())["java"])
    return int((state / "demo" / "logs" / f"{stage}.pid").read_text())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    give_up = CLOCK.monotonic() + seconds
    while not condition():
        if CLOCK.monotonic() > give_up:
            return False
        await CLOCK.sleep(0.05)
    return True


def rang(summary: dict[str, Any]) -> list[Rang]:
    """Return the summary's revisions with the event that each alert's link leads to."""
    events = {story.path: story.event for story in load_script().stories}
    return [
        Rang(
            event=events[urlsplit(alert["url"]).path],
            alert=alert["alert"],
            revision=alert["revision"],
            kind=alert["kind"],
            priority=alert["priority"],
            figure=alert["figure"],
            beats=alert["beats"],
            polarity=alert["polarity"],
            headline=alert["headline"],
        )
        for alert in summary["alerts"]
    ]


async def test_the_demo_gives_exactly_the_alerts_of_its_document(tmp_path: Path) -> None:
    async with demo(tmp_path, "--once", "--json") as process:
        output, errors = await process.communicate()
    summary = json.loads(output)
    assert process.returncode == 0, errors.decode()[-2000:]
    assert summary["lost"] == []
    assert summary["dead"] == 0
    assert complaints(rang(summary), expected_alerts()) == []
    trial = next(alert for alert in summary["alerts"] if alert["figure"] == 472)
    assert trial["outlets_at_the_end"] >= 40
    assert max(alert["seconds"] for alert in summary["alerts"]) < 10
    assert not any(is_alive(pid_of(tmp_path, stage)) for stage in STAGES)


async def test_killing_any_process_while_it_plays_loses_nothing_and_rings_nothing_twice(
    tmp_path: Path,
) -> None:
    victims = iter((*STAGES, "console", "kafka"))
    async with demo(tmp_path, "--once", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        reading = asyncio.ensure_future(process.stdout.read())
        told = []
        async for line in process.stderr:
            told.append(line.decode())
            # A scene begins: its stories appear one after another while the next victim falls.
            if b" stories of " in line and len(told) > 8 and (stage := next(victims, None)):
                os.kill(pid_of(tmp_path, stage), signal.SIGKILL)
        output = await reading
        await process.wait()
    assert next(victims, None) is None, "the demo ended before every stage was killed once"
    summary = json.loads(output)
    assert process.returncode == 0, "".join(told[-40:])
    assert summary["lost"] == []
    assert summary["dead"] == 0
    revisions = [(alert["alert"], alert["revision"]) for alert in summary["alerts"]]
    assert len(revisions) == len(set(revisions)), "the same revision came under two webhook ids"
    assert complaints(rang(summary), expected_alerts()) == []


async def test_ctrl_c_stops_every_process_within_five_seconds(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            if b"FLASH" in line:
                break
        pids = [pid_of(tmp_path, stage) for stage in STAGES]
        begun = CLOCK.monotonic()
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert CLOCK.monotonic() - begun < 5
    assert [pid for pid in pids if is_alive(pid)] == []


async def test_when_the_owner_is_killed_nothing_is_left_behind(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        assert await until((tmp_path / "demo" / "logs" / "deliver.pid").exists, 30)
        configuration = tomllib.loads((tmp_path / "demo" / "wirewatch.toml").read_text())
        pids = [pid_of(tmp_path, stage) for stage in STAGES]
        process.kill()
        await process.wait()
    assert len(configuration["feeds"]) >= 40
    assert await until(lambda: not any(is_alive(pid) for pid in pids), 10)
