"""The published contract says what is sent, and docs/asyncapi.json is it."""

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wirewatch.codec import dead_headers, headers
from wirewatch.contract import DEAD_LETTER, contract
from wirewatch.messages import Story, Tick
from wirewatch.topics import BY_NAME, TOPICS, Topic

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 6, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    written: dict[str, Any] = json.loads(json.dumps(contract("wirewatch.", project["version"])))
    return written


def test_the_committed_contract_is_up_to_date(document: dict[str, Any]) -> None:
    committed = json.loads((ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8"))
    assert committed == document, "run: .venv/bin/wirewatch topics contract > docs/asyncapi.json"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_is_a_channel_with_its_messages(document: dict[str, Any], topic: Topic) -> None:
    channel = document["channels"][topic.name]
    assert channel["address"] == f"wirewatch.{topic.name}"
    assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
    assert set(channel["messages"]) == ({kind.__name__ for kind in topic.types} or {DEAD_LETTER})


def test_topics_are_named_with_the_prefix_in_use() -> None:
    document = contract("news.", "0")
    assert document["channels"]["stories"]["address"] == "news.stories"
    assert "wirewatch.stories" not in json.dumps(document)


def test_what_is_kept_is_said_as_kafka_is_told(document: dict[str, Any]) -> None:
    told = {
        name: each["bindings"]["kafka"]["topicConfiguration"] for name, each in document["channels"].items()
    }
    assert told["records"]["cleanup.policy"] == ["compact"]
    assert told["stories"] == {
        "cleanup.policy": ["delete"], "retention.ms": 7 * 86_400_000, "max.message.bytes": 2 * 1024 * 1024,
    }  # fmt: skip


def test_stages_send_and_people_are_heard(document: dict[str, Any]) -> None:
    received = {
        each["channel"]["$ref"] for each in document["operations"].values() if each["action"] == "receive"
    }
    assert received == {"#/channels/commands", "#/channels/settings", "#/channels/feeds"}
    assert len(document["operations"]) == len(TOPICS)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in _references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_the_headers_are_those_that_messages_carry(document: dict[str, Any]) -> None:
    sent = {
        name: value.decode() for name, value in headers(Tick(NOW, "demo"), id="1", source="desks", time=NOW)
    }
    said = document["components"]["messages"]["Tick"]["headers"]
    assert set(said["properties"]) == set(said["required"]) == set(sent)
    fixed = {name: each["const"] for name, each in said["properties"].items() if "const" in each}
    assert fixed == {name: sent[name] for name in fixed}
    assert "ce_type" in fixed


def test_the_headers_of_dead_letters_are_those_that_they_carry(document: dict[str, Any]) -> None:
    sent = dead_headers("stories", partition=0, offset=7, cause=ValueError("no"), at=NOW)
    said = document["components"]["messages"][DEAD_LETTER]["headers"]
    assert list(said["properties"]) == [name for name, _ in sent]


def test_a_schema_has_every_field_of_its_message(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for topic in BY_NAME.values():
        for kind in topic.types:
            fields = {field.encode_name for field in msgspec.structs.fields(kind)}
            tag = {kind.__struct_config__.tag_field} - {None}
            assert set(schemas[kind.__name__]["properties"]) == fields | tag


def test_a_message_has_what_its_schema_requires(document: dict[str, Any]) -> None:
    story = Story(id="a", version="1", feed="f", source="Harbour Wire", title="Storm", fetched=NOW)
    written = msgspec.to_builtins(story)
    schema = document["components"]["schemas"]["Story"]
    assert set(schema["required"]) <= set(written) <= set(schema["properties"])


def test_times_are_marked_as_times(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Story"]["properties"]["fetched"] == {"type": "string", "format": "date-time"}
    published = schemas["Story"]["properties"]["published"]["anyOf"]
    assert {"type": "string", "format": "date-time"} in published
    assert "format" not in schemas["Story"]["properties"]["title"]


def test_only_words_of_draft_7_are_used(document: dict[str, Any]) -> None:
    """AsyncAPI reads that draft; what stands beside a $ref is passed over in it."""
    for node in _nodes(document["components"]["schemas"]):
        assert not {"prefixItems", "$defs", "unevaluatedProperties"} & set(node)
        assert "$ref" not in node or set(node) == {"$ref"}
    counts = document["components"]["schemas"]["Signature"]["properties"]["counts"]["items"]
    assert counts["items"] == [{"type": "string"}, {"type": "number"}]
    assert counts["additionalItems"] is False


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(each)


def _references(value: Any) -> Iterator[str]:
    return (node["$ref"] for node in _nodes(value) if "$ref" in node)
