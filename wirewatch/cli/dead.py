"""`wirewatch dead`: what could not be processed, and to try it again."""

from base64 import b64encode
from typing import Annotated, Any, Final

import msgspec
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
from wirewatch.dead_letters import DeadLetter, find_letter, read_letters, replay
from wirewatch.errors import InputError
from wirewatch.topics import BY_NAME

dead_commands = typer.Typer(help="What could not be processed: list, show, send again.", no_args_is_help=True)
cli.add_typer(dead_commands, name="dead")

LetterArgument = Annotated[
    str, typer.Argument(metavar="ID", help="PARTITION/OFFSET, as `dead list` shows it.")
]
MOST_SHOWN: Final = 20_000


@dead_commands.command("list")
def list_dead(
    topic: Annotated[
        str | None, typer.Option("--topic", help="Those from this topic alone.", show_default=False)
    ] = None,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="The newest so many.")] = 50,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show the newest dead letters, oldest first: id, when, topic and place that they came from, cause."""
    settings = settings_of(config, state)
    prefix = settings.kafka.topic_prefix
    if topic is not None and topic.removeprefix(prefix) not in BY_NAME:
        raise InputError(f"There is no topic {topic!r}; there are {', '.join(BY_NAME)}")
    wanted = None if topic is None else prefix + topic.removeprefix(prefix)

    async def work() -> list[DeadLetter]:
        kafka = await connect(settings)
        return [each async for each in read_letters(kafka) if wanted is None or each.topic == wanted]

    found: list[DeadLetter] = run(work())
    if json:
        print_json([_summary(each) for each in found[-last:]])
        return
    for each in found[-last:]:
        place = f"{visible(each.topic)} {each.partition}/{each.offset}"
        print(f"{each.id:10} {visible(each.at[:19])}  {place}  {visible(each.cause)}: {visible(each.reason)}")
    if not found:
        print("Nothing is dead")
    elif len(found) > last:
        print(f"and {len(found) - last} older ones: --last {len(found)}")


@dead_commands.command()
def show(
    id: LetterArgument,  # noqa: A002 - as users name it
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show one dead letter: why it is dead, and its bytes; what could act on a terminal is spelled out."""
    settings = settings_of(config, state)

    async def work() -> DeadLetter:
        return await find_letter(await connect(settings), id)

    found: DeadLetter = run(work())
    if json:
        print_json(_summary(found) | _payload(found.value))
        return
    print(f"{found.id}: from {visible(found.topic)} {found.partition}/{found.offset}, {visible(found.at)}")
    print(f"{visible(found.cause)}: {visible(found.reason)}")
    value = found.value or b""
    print(f"{len(value):,} bytes:" if value else "no bytes")
    print(visible(value[:MOST_SHOWN].decode("utf-8", "backslashreplace"), lines=True))
    if len(value) > MOST_SHOWN:
        print(f"and {len(value) - MOST_SHOWN:,} bytes more: --json has all")


@dead_commands.command("replay")
def send_again(
    id: LetterArgument,  # noqa: A002 - as users name it
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Send a dead letter's bytes again to the topic that they came from, with their key and headers."""
    settings = settings_of(config, state)

    async def work() -> tuple[DeadLetter, int]:
        kafka = await connect(settings)
        letter = await find_letter(kafka, id)
        return letter, await replay(kafka, letter)

    letter, offset = run(work())
    say_replayed(letter, offset, json=json)


def say_replayed(letter: DeadLetter, offset: int, *, json: bool) -> None:
    """Say where a letter's bytes stand again."""
    if json:
        print_json({"id": letter.id, "topic": letter.topic, "partition": letter.partition, "offset": offset})
    else:
        print(f"{letter.id}: sent again to {letter.topic} {letter.partition}/{offset}")


def visible(text: str, *, lines: bool = False) -> str:
    """Return text in which nothing acts on a terminal: what is not printable is spelled out."""
    return "".join(
        each if each.isprintable() or (lines and each == "\n") else each.encode("unicode_escape").decode()
        for each in text
    )


def _summary(letter: DeadLetter) -> dict[str, Any]:
    fields = msgspec.structs.asdict(letter)
    value = fields.pop("value")
    return fields | {"bytes": len(value or b"")}


def _payload(value: bytes | None) -> dict[str, Any]:
    """Return the bytes as JSON where they are JSON, as text where they are text, else in base64."""
    if value is None:
        return {"value": None}
    try:
        msgspec.json.decode(value)
        return {"value": msgspec.Raw(value)}
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return {"value": value.decode()}
    except UnicodeDecodeError:
        return {"value": None, "base64": b64encode(value).decode()}
