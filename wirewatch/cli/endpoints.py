"""`wirewatch endpoints`: which there are, whether each is enabled, and whether it can be reached."""

import getpass
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, Any, Final

import httpx
import typer

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.schedule import Answer
from alerts.webhooks import KINDS
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
from wirewatch.cli.dead import visible
from wirewatch.clock import SystemClock
from wirewatch.endpoint_switch import disable, enable, read_states
from wirewatch.errors import InputError
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody, Setting
from wirewatch.network import Guard, host_of, open_client, user_agent
from wirewatch.setting import send_settings
from wirewatch.settings import EndpointSettings, Settings

endpoint_commands = typer.Typer(
    help="The endpoints: list, enable, disable, and try whether one can be reached.", no_args_is_help=True
)
cli.add_typer(endpoint_commands, name="endpoints")

_WHY: Final = {"gone": "it said that it is gone (410)", "failed": "it took nothing for five days"}
EndpointArgument = Annotated[str, typer.Argument(metavar="ID", help="The endpoint's id, as configured.")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Your name; else the system's.", show_default=False)
]


@endpoint_commands.command("list")
def list_endpoints(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show every endpoint: its kind, host and desks, whether it takes alerts, and if not since when and why."""
    settings = settings_of(config, state)

    async def work() -> tuple[dict[str, Setting], dict[str, datetime]]:
        return await read_states(await connect(settings))

    off, failing = run(work())
    rows = [_row(each, settings, off.get(each.id), failing.get(each.id)) for each in settings.endpoints]
    if json:
        print_json(rows)
        return
    for row in rows:
        desks = ", ".join(row["desks"]) or "no desk"
        print(
            f"{row['id']:20} {row['kind']:10} {row['host']:30} {desks}: {_state(off.get(row['id']), failing.get(row['id']))}"
        )
    if not rows:
        print("No endpoint is configured")


@endpoint_commands.command("enable")
def enable_one(
    id: EndpointArgument,  # noqa: A002 - as users name it
    *, by: ByOption = None, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Enable an endpoint that was disabled. It holds at once."""
    settings = settings_of(config, state)
    _set(settings, enable(_known(settings, id).id, by=_who(by), at=SystemClock().now()), json=json)


@endpoint_commands.command("disable")
def disable_one(
    id: EndpointArgument,  # noqa: A002 - as users name it
    *, by: ByOption = None, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Disable an endpoint: what it should get is dead. It holds at once."""
    settings = settings_of(config, state)
    _set(
        settings, disable(_known(settings, id).id, "disabled", by=_who(by), at=SystemClock().now()), json=json
    )


@endpoint_commands.command("test")
def try_one(
    id: EndpointArgument,  # noqa: A002 - as users name it
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Send an alert that says it is a test to an endpoint, without Kafka. Exit 1 where it is not taken."""
    settings = settings_of(config, state)
    endpoint = _known(settings, id)
    answer: Answer = run(send_test(settings, endpoint))
    if json:
        print_json(
            {
                "endpoint": id, "reason": answer.reason, "detail": answer.detail, "status": answer.status,
                "seconds": round(answer.seconds, 3),
            }
        )  # fmt: skip
    else:
        print(f"{id}: {answer.reason}: {visible(answer.detail)}, {answer.seconds:.2f} s")
    if answer.reason != "accepted":
        raise typer.Exit(1)


async def send_test(settings: Settings, endpoint: EndpointSettings) -> Answer:
    """Send a test alert to an endpoint, as a worker would, and return its answer."""
    clock = SystemClock()
    guard = Guard(settings.http.allow_networks)
    client = open_client(
        guard,
        user_agent=user_agent(version("wirewatch"), settings.http.contact),
        limits=httpx.Limits(max_connections=1),
        proxy=settings.http.proxy_address,
    )
    async with client:
        alert = _alert(endpoint.id, identify("test", endpoint.id, clock.now().isoformat()))
        return await KINDS[endpoint.kind].send(
            endpoint, Outgoing(alert, clock.now()), Wire(client, clock, guard=guard)
        )


def _alert(endpoint: str, name: str) -> Alert:
    words = "A test of Wirewatch: this endpoint is reached. Nothing has happened."
    body = AlertBody(
        alert=name, revision=1, desk="test", priority="bulletin", kind="record", headline=words, sentence="",
        said_by=None, figure=None, unit=None, qualifier=None, beats=None, figures=(), outlets=1, cluster=name,
        url=None, reason="Test: asked for by `wirewatch endpoints test`", source="Wirewatch",
    )  # fmt: skip
    return Alert(
        id=name, revision=1, endpoint=endpoint, webhook_id=identify("webhook", name, "1"), story=name,
        story_url=None, at=SystemClock().now(), body=body,
    )  # fmt: skip


def _known(settings: Settings, wanted: str) -> EndpointSettings:
    for each in settings.endpoints:
        if each.id == wanted:
            return each
    known = ", ".join(each.id for each in settings.endpoints) or "none"
    raise InputError(f"{wanted!r} is no endpoint of the configuration; there are: {known}")


def _set(settings: Settings, setting: Setting, *, json: bool) -> None:
    async def work() -> int:
        return await send_settings(await connect(settings), [setting])

    run(work())
    if json:
        print_json(setting)
    else:
        print(f"{setting.key}: {setting.value or 'enabled'}")


def _row(
    endpoint: EndpointSettings, settings: Settings, off: Setting | None, failing: datetime | None
) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "kind": endpoint.kind,
        "host": host_of(endpoint.url.reveal()),
        "desks": [desk.id for desk in settings.desks if endpoint.id in desk.endpoints],
        "fallback": endpoint.fallback,
        "enabled": off is None,
        "why": None if off is None else off.value,
        "by": None if off is None else off.by,
        "since": None if off is None else off.at,
        "failing_since": failing if off is None else None,
    }


def _state(off: Setting | None, failing: datetime | None) -> str:
    if off is None and failing is not None:
        return f"enabled, but it takes nothing since {failing:%Y-%m-%d %H:%M} UTC"
    if off is None:
        return "enabled"
    why = _WHY.get(off.value, f"by {visible(off.by)}")
    return f"disabled since {off.at:%Y-%m-%d %H:%M} UTC, {why}"


def _who(by: str | None) -> str:
    if by is not None:
        if not by.strip() or len(by) > 100:
            raise InputError("A name is needed, of at most 100 characters")
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"
