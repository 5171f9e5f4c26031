"""What the documentation says is so: keys, commands, topics, fields, reasons, numbers, links."""

import ast
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer
from msgspec import Struct

import wirewatch.cli
from alerts.attempt import LAGGARD
from connectors.fetch import MOST_REDIRECTS
from connectors.outcome import MOVED_AFTER
from streams.app import SESSION_TIMEOUT
from streams.journal import RING
from streams.outbox import (
    CROWD,
    CROWD_PACE,
    EXIT_INFRASTRUCTURE,
    FLOOD,
    FLOOD_PACE,
    MAX_BATCHES,
    MAX_IN_FLIGHT,
    PACE,
    RUSH,
    RUSH_PACE,
    SEND_TIMEOUT,
)
from streams.rules.clusters import CAPACITY, WINDOW
from streams.rules.holds import HoldReason
from wirewatch import messages
from wirewatch.broker import NEEDED_FREE
from wirewatch.cli.app import cli
from wirewatch.config_file import parse_settings
from wirewatch.config_keys import LISTS, NEEDED, TABLES
from wirewatch.config_values import MistakeError
from wirewatch.console_settings import ConsoleSettings
from wirewatch.kafka import SESSION_TIMEOUT_MS
from wirewatch.messages import FeedHealth
from wirewatch.settings import (
    AlertSettings,
    DeskSettings,
    EndpointSettings,
    FeedSettings,
    HttpSettings,
    KafkaSettings,
    OperationsSettings,
    Settings,
    WebSubSettings,
)
from wirewatch.supervisor import FIRST_PAUSE, LONGEST_PAUSE, MAX_LOG_BYTES, STOP_WITHIN, WELL_AFTER
from wirewatch.topics import TOPICS, Topic

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
PACKAGES = ("connectors", "streams", "alerts", "console", "wirewatch")
CODE = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """Return the cells of each line of a text's tables, the heads of the tables left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    heads = [place - 1 for place, line in enumerate(lines) if re.fullmatch(r"[| -]+", line)]
    return [each for place, each in enumerate(cells) if place not in heads and place - 1 not in heads]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank or higher."""
    level = heading.split(" ", 1)[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, f"no heading {heading!r}"
    return found[1]


# --- links -------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_link_within_the_project_leads_somewhere(file: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", file.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path) if path else file
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for file in PAGES:
        named = re.findall(r"(?:^|`)make ([a-z]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= targets, file.name


# --- configuration -----------------------------------------------------------------------------------------------

KINDS: dict[str, type[Struct]] = {
    "kafka": KafkaSettings,
    "http": HttpSettings,
    "websub": WebSubSettings,
    "alerts": AlertSettings,
    "operations": OperationsSettings,
    "console": ConsoleSettings,
    "feeds": FeedSettings,
    "endpoints": EndpointSettings,
    "desks": DeskSettings,
}
EVERY_TABLE = {**TABLES, **LISTS}
KEYS = [(table, key) for table, readers in EVERY_TABLE.items() for key in readers]


def documented(table: str) -> dict[str, list[str]]:
    heading = f"## `[[{table}]]`" if table in LISTS else f"## `[{table}]`"
    return {cells[0].strip("`"): cells for cells in rows(section(page("configuration.md"), heading))}


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_the_keys_of_each_table_are_documented_and_no_others(table: str) -> None:
    assert list(documented(table)) == list(EVERY_TABLE[table])


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_a_keys_example_is_valid_and_its_default_is_true(
    table: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, default, example, _ = documented(table)[key]
    monkeypatch.setenv("WIREWATCH_KAFKA_PASSWORD", "of this test alone")
    monkeypatch.setenv("WIREWATCH_SECRET", "whsec_c2VjcmV0")
    for name in ("WIRE_KEY", "WIRE_PASSWORD", "WIRE_TOKEN", "WEBSUB_SECRET"):
        monkeypatch.setenv(name, "of this test alone")
    assert CODE.fullmatch(example)
    assert _read(table, key, example) is not None
    holds = _default(table, key)
    if default == "needed":
        assert key in NEEDED[table]
    elif CODE.fullmatch(default):
        assert _read(table, key, default) == holds
    else:
        # A default in words: none, or one that is worked out.
        assert holds is None or (table, key) == ("feeds", "name")


def _read(table: str, key: str, cell: str) -> Any:
    try:
        return EVERY_TABLE[table][key](tomllib.loads(f"value = {cell.strip('`')}")["value"])
    except MistakeError as mistake:
        pytest.fail(f"{table}.{key} = {cell}: {mistake}")


def _default(table: str, key: str) -> Any:
    if table == "state":
        return Settings().state_folder
    field = next(field for field in msgspec.structs.fields(KINDS[table]) if field.encode_name == key)
    return None if field.default is msgspec.NODEFAULT else field.default


@pytest.mark.parametrize("name", ["configuration.md", "webhooks.md"])
def test_every_configuration_that_is_shown_is_valid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", page(name), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        for variable in re.findall(r'"env:(\w+)"', block):
            monkeypatch.setenv(variable, "https://hooks.example.org/of-this-test")
        parse_settings(block)


def test_every_variable_of_the_environment_is_documented() -> None:
    used = {
        name
        for source in _sources()
        for name in re.findall(r'"(WIREWATCH_[A-Z_]+)"', source.read_text(encoding="utf-8"))
    }
    text = section(page("configuration.md"), "## Environment")
    assert used == set(re.findall(r"`(WIREWATCH_[A-Z_]+)`", text))


# --- commands ----------------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, Any]]:
    for module in pkgutil.iter_modules(wirewatch.cli.__path__):
        import_module(f"wirewatch.cli.{module.name}")
    yield from _leaves(typer.main.get_command(cli), "wirewatch")


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield name, command
        return
    for each, inner in command.commands.items():
        yield from _leaves(inner, f"{name} {each}")


COMMANDS = dict(commands())


def described() -> dict[str, str]:
    """Return each documented command with its row."""
    found = {}
    for cells in rows(section(page("operations.md"), "## Commands")):
        if cells[0].startswith("`wirewatch"):
            name = " ".join(word for word in cells[0].strip("`").split() if word.strip("[]").islower())
            found[name] = " ".join(cells)
    return found


def test_every_command_is_documented_and_no_other() -> None:
    assert set(described()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented(name: str) -> None:
    row = described()[name]
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name == "argument":
            assert parameter.name.upper() in row or parameter.name.lower() == "stories"
            continue
        for option in (*parameter.opts, *parameter.secondary_opts):
            common = option in {"--config", "--state", "--help"}
            assert common or option in row, f"{name} {option}"


def test_the_commands_without_configuration_are_named() -> None:
    without = {
        name for name, command in COMMANDS.items() if "config" not in {each.name for each in command.params}
    }
    assert without == {"wirewatch init"}


def test_the_readme_names_every_command() -> None:
    text = section((ROOT / "README.md").read_text(encoding="utf-8"), "## The command line")
    for name in COMMANDS:
        *_, group, last = name.split()
        assert name in text or (f"wirewatch {group} " in text and f"`{last}`" in text), name


@pytest.mark.parametrize("file", [ROOT / "README.md", DOCS / "operations.md"], ids=lambda file: file.name)
def test_every_exit_code_is_documented(file: Path) -> None:
    codes = {int(cells[0]) for cells in rows(file.read_text(encoding="utf-8")) if cells[0].isdecimal()}
    assert codes == {0, 1, 2, EXIT_INFRASTRUCTURE, 130}


# --- topics and messages -----------------------------------------------------------------------------------------


def test_the_table_of_topics_is_that_of_the_code() -> None:
    table = rows(section(page("architecture.md"), "## The topics"))
    assert [[*cells[:3], *cells[4:]] for cells in table] == [
        [
            f"`{topic.name}`", topic.key, str(topic.partitions),
            ", ".join(topic.writers), ", ".join(topic.readers), _kept(topic),
        ]
        for topic in TOPICS
    ]  # fmt: skip


def _kept(topic: Topic) -> str:
    if topic.retention is None:
        return "compacted"
    return f"{topic.retention // 86400} d" if topic.retention >= 86400 else f"{topic.retention // 3600} h"


TYPES = re.findall(r"`([A-Z]\w+)`:\n\n\| field ", page("messages.md"))


def test_the_messages_for_others_are_described() -> None:
    assert {
        "Detection", "ClustersMerged", "StandingRecord", "Cluster", "Alert", "HeldBack", "Delivery", "Setting",
    } <= set(TYPES)  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_the_fields_of_a_message_are_described_and_no_others(name: str) -> None:
    table = page("messages.md").split(f"`{name}`:\n\n", 1)[1].split("\n\n", 1)[0]
    fields = [field.encode_name for field in msgspec.structs.fields(getattr(messages, name))]
    assert [cells[0].strip("`") for cells in rows(table)] == fields


def test_every_reason_to_hold_back_is_explained() -> None:
    text = section(page("messages.md"), "## `alerts.held`").split("| reason |", 1)[1]
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(get_args(HoldReason))


def test_every_health_of_a_feed_is_explained() -> None:
    told = {cells[0].strip("`") for cells in rows(section(page("operations.md"), "### Feeds"))}
    assert told == set(get_args(FeedHealth))


def test_the_examples_in_python_compile() -> None:
    for block in re.findall(r"^```python\n(.*?)^```", page("messages.md"), re.DOTALL | re.MULTILINE):
        compile(block, "messages.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


# --- dependencies ------------------------------------------------------------------------------------------------


def _declared() -> set[str]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        document["project"]["dependencies"],
        *document["project"]["optional-dependencies"].values(),
        *document["dependency-groups"].values(),
    ]
    return {re.split(r"[<>=~! ;]", each, maxsplit=1)[0] for some in lists for each in some}


def test_every_dependency_has_its_reason_and_no_other_is_named() -> None:
    text = section(page("architecture.md"), "## Dependencies, each with its reason")
    named = {cells[0].strip("`") for cells in rows(text)}
    assert named == _declared()


def _sources() -> Iterator[Path]:
    return (source for package in PACKAGES for source in (ROOT / package).rglob("*.py"))


def test_every_file_of_the_map_exists() -> None:
    text = section(page("architecture.md"), "## Where things live")
    folder = ""
    for line in text.split("```")[1].splitlines():
        top = re.match(r"(\w+/)\s", line)
        folder = top[1] if top else folder
        for name in re.findall(r"\b(\w+\.py|(?:rules|lexicons|webhooks|cli|demo|embedded)/)", line):
            assert (ROOT / folder / name).exists(), f"{folder}{name}"


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said", "holds"),
    [
        ("architecture.md", "the last 1,000 days, at most 200,000", WINDOW == 1_000 * 86400 and CAPACITY == 200_000),
        ("architecture.md", "at most 512 events", MAX_IN_FLIGHT == 512),
        ("architecture.md", "The ring holds 8 entries", RING == 8),
        ("architecture.md", "at most 512 events in 4 batches", MAX_BATCHES == 4),
        ("architecture.md", "a batch each 20 ms", PACE == 0.02),
        ("architecture.md", "or each 50 ms while four or more", (CROWD_PACE, CROWD) == (0.05, 4)),
        ("architecture.md", "or each 100 ms while sixteen or more", (RUSH_PACE, RUSH) == (0.1, 16)),
        ("architecture.md", "or each 200 ms while it is a flood of 32 or more", (FLOOD_PACE, FLOOD) == (0.2, 32)),
        ("architecture.md", "not acknowledged within 60 s", SEND_TIMEOUT == 60),
        ("architecture.md", "of the streams after 6 s", SESSION_TIMEOUT == 6),
        ("architecture.md", "of the others after 10 s", SESSION_TIMEOUT_MS == 10_000),
        ("architecture.md", "takes longer than a second", LAGGARD == 1),
        ("architecture.md", "at most five, and never", MOST_REDIRECTS == 5),
        ("operations.md", "waits 0.3 s before it", FIRST_PAUSE == 0.3),
        ("operations.md", "up to 15 s for a stage that keeps ending within 30 s", (LONGEST_PAUSE, WELL_AFTER) == (15, 30)),
        ("operations.md", "above 20 MiB", MAX_LOG_BYTES == 20 * 1024**2),
        ("operations.md", "within two seconds are killed", STOP_WITHIN == 2),
        ("operations.md", "below 200 MiB it does not start", NEEDED_FREE == 200 * 1024**2),
        ("operations.md", "at most 512 stories", MAX_IN_FLIGHT == 512),
        ("operations.md", "after three polls in a row", MOVED_AFTER == 3),
    ],
)  # fmt: skip
def test_a_number_that_is_said_holds(name: str, said: str, holds: bool) -> None:
    assert said in page(name)
    assert holds
