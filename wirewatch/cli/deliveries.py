"""`wirewatch deliveries`: what became of each attempt to deliver, and to try a dead one again."""

from typing import Annotated, Literal

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
from wirewatch.cli.dead import say_replayed, visible
from wirewatch.codec import decode
from wirewatch.dead_letters import DeadLetter, find_dead_alert, replay
from wirewatch.errors import InputError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Delivery
from wirewatch.operations.canary import CANARY
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import DELIVERIES

delivery_commands = typer.Typer(
    help="What became of each attempt to deliver; try a dead one again.", no_args_is_help=True
)
cli.add_typer(delivery_commands, name="deliveries")

AlertArgument = Annotated[str, typer.Argument(help="An alert's id, or the webhook-id of one revision.")]


@delivery_commands.command("list")
def list_deliveries(
    *, alert: Annotated[str | None, typer.Option("--alert", help="Of this alert alone.", show_default=False)] = None,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="To this endpoint alone.", show_default=False)] = None,
    outcome: Annotated[
        Literal["delivered", "retry", "dead", "expired"] | None,
        typer.Option("--outcome", help="With this outcome alone.", show_default=False),
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="The newest so many.")] = 50,
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Show the newest attempts to deliver, oldest first: when, to which endpoint, what became of it and why."""
    settings = settings_of(config, state)
    found = [
        each
        for each in _deliveries(settings)
        if (alert is None or alert in {each.alert, each.webhook_id})
        # The canary is no alert of anybody's; who asks for it by name sees it.
        and (each.endpoint != CANARY if endpoint is None else each.endpoint == endpoint)
        and (outcome is None or outcome == each.outcome)
    ]
    _print(found[-last:], json=json)
    if not json and len(found) > last:
        print(f"and {len(found) - last} older ones: --last {len(found)}")


@delivery_commands.command()
def show(
    alert: AlertArgument, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Show every attempt to deliver one alert."""
    _print(_of(_deliveries(settings_of(config, state)), alert), json=json)


@delivery_commands.command()
def retry(
    alert: AlertArgument, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Send an alert again that was given up, from `dead`: its newest revision, under the same webhook-id."""
    settings = settings_of(config, state)

    async def work() -> tuple[DeadLetter, int]:
        kafka = await connect(settings)
        letter = await find_dead_alert(kafka, given_up(_of(await _read(kafka), alert)).webhook_id)
        return letter, await replay(kafka, letter)

    letter, offset = run(work())
    say_replayed(letter, offset, json=json)


def given_up(attempts: list[Delivery]) -> Delivery:
    """Return the last attempt of the newest revision, where that is dead.

    Raises:
        InputError: it is not: delivered, still tried, or news no longer.
    """
    newest = max(attempts, key=lambda each: (each.revision, each.at))
    match newest.outcome:
        case "dead":
            return newest
        case "delivered":
            why = "was delivered"
        case "retry":
            why = "is tried again by itself"
        case _:
            why = "is news no longer"
    raise InputError(f"Alert {newest.alert}, revision {newest.revision}, {why}: nothing to retry")


def _deliveries(settings: Settings) -> list[Delivery]:
    async def work() -> list[Delivery]:
        return await _read(await connect(settings))

    found: list[Delivery] = run(work())
    return found


async def _read(kafka: KafkaConnection) -> list[Delivery]:
    found: list[Delivery] = []
    async for topic, message in read_topics(kafka, (DELIVERIES,)):
        try:
            found.append(decode(topic, message.value))
        except MessageError:
            continue
    return sorted(found, key=lambda each: each.at)


def _of(deliveries: list[Delivery], alert: str) -> list[Delivery]:
    found = [each for each in deliveries if alert in {each.alert, each.webhook_id}]
    if not found:
        raise InputError(f"No attempt to deliver {alert!r} is known; they are kept for 30 days")
    return found


def _print(found: list[Delivery], *, json: bool) -> None:
    if json:
        print_json(found)
        return
    for each in found:
        status = "" if each.status is None else f", status {each.status}"
        print(
            f"{each.at:%Y-%m-%d %H:%M:%S}  {visible(each.alert)} revision {each.revision} to {visible(each.endpoint)}, "
            f"attempt {each.attempt}: {visible(each.outcome)}, {visible(each.reason)}{status}, {each.seconds:.2f} s"
        )
    if not found:
        print("No attempt to deliver")
