"""`wirewatch topics`: list, create, and look into the topics."""

import os
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

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
from wirewatch.contract import contract as contract_of
from wirewatch.errors import InputError
from wirewatch.tail import tail_topic
from wirewatch.topic_admin import create_topics, inspect_topics
from wirewatch.topics import BY_NAME, TOPICS

topic_commands = typer.Typer(help="List, create, and look into the topics.", no_args_is_help=True)
cli.add_typer(topic_commands, name="topics")


@topic_commands.command("list")
def list_topics(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show every topic: what it is for, and how it stands on this Kafka. Exit 1 where one is missing or differs."""
    settings = settings_of(config, state)

    async def work() -> Any:
        return await inspect_topics(await connect(settings))

    states = run(work())
    if json:
        print_json(states)
    else:
        for topic, found in zip(TOPICS, states, strict=True):
            kept = "compacted" if topic.retention is None else f"{topic.retention // 3600} h"
            print(f"{found.topic:32} {found.state:16} {topic.partitions} partition(s), {kept}: {topic.about}")
            for difference in found.differences:
                print(f"{'':32} {difference}")
    if any(found.state in {"missing", "differs"} for found in states):
        raise typer.Exit(1)


@topic_commands.command()
def create(
    alter: Annotated[
        bool, typer.Option("--alter", help="Give those that differ the settings they need.")
    ] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Create the topics that are missing. Exit 1, and name them, where some exist with other settings."""
    settings = settings_of(config, state)

    async def work() -> Any:
        return await create_topics(await connect(settings), alter=alter)

    states = run(work())
    if json:
        print_json(states)
        return
    for found in states:
        print(f"{found.topic:32} {found.state}")


@topic_commands.command()
def tail(
    topic: str,
    last: Annotated[
        int, typer.Option("--last", "-n", min=0, help="Begin so many messages before the end.")
    ] = 10,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as messages come, until Ctrl-C.")
    ] = False,
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Print a topic's newest messages, one JSON object a line: partition, offset, time, key, type, value."""
    settings = settings_of(config, state)
    known = BY_NAME.get(topic.removeprefix(settings.kafka.topic_prefix))
    if known is None:
        raise InputError(f"There is no topic {topic!r}; there are {', '.join(BY_NAME)}")

    async def work() -> None:
        async for line in tail_topic(await connect(settings), known, last=last, follow=follow):
            print(line, flush=True)

    try:
        run(work())
    except (KeyboardInterrupt, BrokenPipeError):
        # Whoever reads has enough; what is still buffered has nowhere to go.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


@topic_commands.command()
def contract(config: ConfigOption = None, state: StateOption = None) -> None:
    """Print the topics' contract, an AsyncAPI 3.0 document with JSON Schemas. Needs no Kafka."""
    print_json(contract_of(settings_of(config, state).kafka.topic_prefix, version("wirewatch")))
