"""What other services may build on, as an AsyncAPI 3.0 document: every topic, its messages and their JSON Schemas.

Generated from `wirewatch.topics` and `wirewatch.messages`, so that it says what is sent. `wirewatch topics contract`
prints it; docs/asyncapi.json is it under the default names. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from datetime import datetime
from inspect import cleandoc
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct

from wirewatch import messages
from wirewatch.codec import schema_name, type_name
from wirewatch.topic_admin import wanted_config
from wirewatch.topics import TOPICS, Topic

Document = dict[str, Any]

# Bindings of Kafka: https://github.com/asyncapi/bindings/tree/master/kafka.
_BINDING: Final = "0.5.0"
# Where people have their say: those topics are for others to send to as well, and for Wirewatch to read.
_PEOPLE: Final = "console"
_SCHEMAS: Final = "#/components/schemas/{name}"
DEAD_LETTER: Final = "DeadLetter"
_HEADERS: Final = {
    "ce_specversion": "CloudEvents' version: 1.0.",
    "ce_id": "A message that is sent again has the id of the first time.",
    "ce_source": "Who says it: /wirewatch/ and the stage.",
    "ce_type": "The type of the message, with the version of its schema.",
    "ce_time": "When it was said, RFC 3339.",
    "ce_dataschema": "The name of its schema.",
    "content-type": "JSON, always.",
}
_DEAD_HEADERS: Final = {
    "dead_topic": "The topic that the bytes stood on, with its prefix.",
    "dead_partition": "And its partition.",
    "dead_offset": "And their offset.",
    "dead_cause": "The kind of fault.",
    "dead_reason": "The fault in words.",
    "dead_at": "When they were set aside, RFC 3339.",
}


def contract(prefix: str, version: str) -> Document:
    """Return the contract of all topics, named with `prefix`, as this version of Wirewatch keeps it."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:wirewatch",
        "info": {
            "title": "Wirewatch",
            "version": version,
            "description": (
                "Stories, clusters, records, detections and alerts on Kafka: JSON with CloudEvents 1.0 headers in "
                "Kafka's binary mode. Readers pass over fields that they do not know."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, prefix) for topic in TOPICS},
        "operations": {f"{_action(topic)}-{topic.name}": _operation(topic) for topic in TOPICS},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _names(topic: Topic) -> tuple[str, ...]:
    return tuple(kind.__name__ for kind in topic.types) or (DEAD_LETTER,)


def _channel(topic: Topic, prefix: str) -> Document:
    return {
        "address": prefix + topic.name,
        "description": topic.about + ".",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(topic)},
        "bindings": {
            "kafka": {
                "topic": prefix + topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": _BINDING,
            }
        },
        "x-key": topic.key,
    }


def _configuration(topic: Topic) -> Document:
    wanted = wanted_config(topic)
    whole = {name: int(value) for name, value in wanted.items() if name.endswith((".ms", ".bytes"))}
    return {"cleanup.policy": [wanted["cleanup.policy"]], **whole}


def _action(topic: Topic) -> str:
    return "receive" if _PEOPLE in topic.writers else "send"


def _operation(topic: Topic) -> Document:
    return {
        "action": _action(topic),
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"Written by: {', '.join(topic.writers)}. Read by: {', '.join(topic.readers)}.",
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _names(topic)],
    }


def _messages() -> Document:
    found = {kind.__name__: _message(kind) for topic in TOPICS for kind in topic.types}
    return found | {
        DEAD_LETTER: {
            "name": DEAD_LETTER,
            "summary": "What could not be processed: the bytes as they were, whatever they are.",
            "contentType": "application/octet-stream",
            "headers": _object({name: _text(about) for name, about in _DEAD_HEADERS.items()}),
        }
    }


def _message(kind: type[Struct]) -> Document:
    fixed = {
        "ce_specversion": "1.0",
        "ce_type": type_name(kind),
        "ce_dataschema": schema_name(kind),
        "content-type": "application/json",
    }
    headers = {
        name: _text(about) | ({"const": fixed[name]} if name in fixed else {})
        for name, about in _HEADERS.items()
    }
    return {
        "name": type_name(kind),
        "summary": cleandoc(kind.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "headers": _object(headers),
        "payload": {"$ref": _SCHEMAS.format(name=kind.__name__)},
    }


def _text(about: str) -> Document:
    return {"type": "string", "description": about}


def _object(properties: Document) -> Document:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _schemas() -> Document:
    kinds = [kind for topic in TOPICS for kind in topic.types]
    _, found = msgspec.json.schema_components(kinds, ref_template=_SCHEMAS)
    return {name: _schema(name, schema) for name, schema in sorted(found.items())}


def _schema(name: str, schema: Document) -> Document:
    """Return a type's schema as JSON Schema draft 7, which is what AsyncAPI reads, with its times marked as such."""
    plain: Document = _draft_7(schema)
    if "description" in plain:
        plain["description"] = cleandoc(plain["description"])
    for field in msgspec.structs.fields(getattr(messages, name)):
        if datetime in (field.type, *get_args(field.type)):
            _mark_time(plain["properties"][field.encode_name])
    return plain


def _mark_time(schema: Document) -> None:
    for one in schema.get("anyOf", [schema]):
        if one.get("type") == "string":
            one["format"] = "date-time"


def _draft_7(schema: Any) -> Any:
    """Return a schema of JSON Schema 2020-12 in the words of draft 7, as far as the message types use what differs."""
    if isinstance(schema, list):
        return [_draft_7(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _draft_7(one) for name, one in schema.items()}
    if "prefixItems" in plain:
        plain["items"] = plain.pop("prefixItems")
        plain["additionalItems"] = False
    if "$ref" in plain and len(plain) > 1:
        # What stands beside a $ref is passed over.
        return {"allOf": [{"$ref": plain.pop("$ref")}], **plain}
    return plain
