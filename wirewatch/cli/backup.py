"""`wirewatch backup` and `wirewatch restore`: all that cannot be had again, as one file, and back."""

from pathlib import Path
from typing import Any

from wirewatch.cli.app import (
    ConfigOption,
    JsonOption,
    StateOption,
    cli,
    connect,
    print_json,
    run,
    settings_of,
)
from wirewatch.clock import SystemClock
from wirewatch.operations.backup import back_up, read_backup
from wirewatch.operations.backup import restore as write_back
from wirewatch.topic_admin import create_topics


@cli.command()
def backup(
    file: Path, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Write the ledger, corrections, mutes, feeds, open clusters and pending alerts to a file; stages may run."""
    settings = settings_of(config, state)

    async def work() -> Any:
        return await back_up(await connect(settings), file, SystemClock().now())

    _say(run(work()), f"{file} holds", json=json)


@cli.command()
def restore(
    file: Path, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Write a backup to a Kafka on which nothing ran yet, the embedded one or a cluster; no stage may run."""
    settings = settings_of(config, state)
    _, entries = read_backup(file)

    async def work() -> Any:
        kafka = await connect(settings)
        await create_topics(kafka)
        return await write_back(kafka, entries)

    _say(run(work()), "Restored", json=json)


def _say(counts: dict[str, int], what: str, *, json: bool) -> None:
    if json:
        print_json(counts)
        return
    print(f"{what} {sum(counts.values())} entries:")
    for name, count in counts.items():
        print(f"  {name:24} {count}")
