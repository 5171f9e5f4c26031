"""`wirewatch precision`: the share of alerts that was right, as editors marked them, by desk and week."""

from typing import TYPE_CHECKING, Annotated, Any

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
from wirewatch.cli.desks import since_when
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.messages import Alert, Command
from wirewatch.operations.no_news import is_no_news
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import ALERTS, COMMANDS

if TYPE_CHECKING:
    from streams.rules.precision import Share


@cli.command()
def precision(
    since: Annotated[str, typer.Option("--since", help="How far back: 28d.")] = "28d",
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show by desk and week how many alerts were told, and of those that editors marked how many were right."""
    from streams.rules.precision import shares

    start = since_when(since)
    alerts, acts = run(_read(settings_of(config, state)))
    found = shares(alerts, acts, start)
    if json:
        print_json([_line(one) for one in found])
        return
    if not found:
        print(f"Nothing was told since {start:%d %B}.")
    for one in found:
        share = "no marks" if one.precision is None else f"{one.precision:.0%} right"
        print(
            f"{one.week}  {one.desk}: {share} ({one.right} right, {one.wrong} wrong, {one.missing} missing; "
            f"{one.told} told)"
        )


async def _read(settings: Settings) -> tuple[list[Alert], list[Command]]:
    alerts: list[Alert] = []
    acts: list[Command] = []
    async for topic, message in read_topics(await connect(settings), (ALERTS, COMMANDS)):
        if message.value is None:
            continue
        try:
            value = decode(topic, message.value)
        except MessageError:
            continue
        if is_no_news(value):
            continue
        if isinstance(value, Alert):
            alerts.append(value)
        else:
            acts.append(value)
    return sorted(alerts, key=lambda one: one.at), acts


def _line(one: "Share") -> dict[str, Any]:
    return {"desk": one.desk, "week": one.week, "precision": one.precision, "right": one.right, "wrong": one.wrong,
            "missing": one.missing, "told": one.told}  # fmt: skip
