"""Messages to bytes and headers, and back: JSON with CloudEvents 1.0 headers in Kafka's binary mode.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md, section 3.2.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union

import msgspec
from msgspec import Struct

from wirewatch.errors import MessageError
from wirewatch.topics import Topic

Headers = list[tuple[str, bytes]]
M = TypeVar("M", bound=Struct)

_encoder = msgspec.json.Encoder()


@cache
def _decoder(types: tuple[type[Struct], ...]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Union[types])  # noqa: UP007 - built from a tuple


def encode(message: Struct) -> bytes:
    """Return the message as JSON."""
    return _encoder.encode(message)


def decode(topic: Topic, value: bytes | None) -> Any:
    """Return the message that `value` is on `topic`: one of the topic's types.

    Raises:
        MessageError: no JSON, or not of the topic's form; says where in the message.
    """
    if value is None:
        raise MessageError(f"An empty message on {topic.name}, which knows no tombstones")
    try:
        return _decoder(topic.types).decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(f"No valid message of {topic.name}: {error}") from error


def decode_as(kind: type[M], value: bytes) -> M:
    """Return `value` as one message of type `kind`.

    Raises:
        MessageError: no JSON, or not of that form.
    """
    try:
        decoded: M = _decoder((kind,)).decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(f"No valid {kind.__name__}: {error}") from error
    return decoded


def type_name(kind: type[Struct]) -> str:
    """Return the CloudEvents type of a message type: "wirewatch.AnalysedStory.v1"."""
    return f"wirewatch.{kind.__name__}.v1"


def schema_name(kind: type[Struct]) -> str:
    """Return the name of a message type's schema, as the contract publishes it."""
    return f"urn:wirewatch:schema:{kind.__name__}:1"


def headers(message: Struct, *, id: str, source: str, time: datetime) -> Headers:  # noqa: A002 - CloudEvents' own word
    """Return the CloudEvents headers of a message: who says it, when it was true, and where its schema stands."""
    kind = type(message)
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", id.encode()),
        ("ce_source", f"/wirewatch/{source}".encode()),
        ("ce_type", type_name(kind).encode()),
        ("ce_time", time.isoformat().encode()),
        ("ce_dataschema", schema_name(kind).encode()),
        ("content-type", b"application/json"),
    ]


def dead_headers(source: str, *, partition: int, offset: int, cause: BaseException, at: datetime) -> Headers:
    """Return the headers that say why bytes stand on `dead` and where they came from."""
    return [
        ("dead_topic", source.encode()),
        ("dead_partition", str(partition).encode()),
        ("dead_offset", str(offset).encode()),
        ("dead_cause", type(cause).__name__.encode()),
        ("dead_reason", str(cause)[:2000].encode()),
        ("dead_at", at.isoformat().encode()),
    ]


def header(found: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """Return the text of the first header called `name`."""
    return next((value.decode("utf-8", "replace") for key, value in found if key == name), None)
