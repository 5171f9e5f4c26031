"""What is wrong with a configuration although each of its values is right: names that lead nowhere, things twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wirewatch.config_keys import NEEDED
from wirewatch.config_values import suggest
from wirewatch.desk_values import desk_mistakes
from wirewatch.settings import EndpointSettings, KafkaSettings, Settings

EndpointCheck = Callable[[EndpointSettings], list[str]]
# The entries of each list with their places, whole or not: one mistake hides no other.
Entries = Mapping[str, Sequence[tuple[int, dict[str, Any]]]]
# The key, the place of its table among those of one name, and what is wrong.
Mistake = tuple[str, int, str]


def mistakes_together(
    document: Mapping[str, Any], entries: Entries, settings: Settings, check_endpoint: EndpointCheck
) -> Iterator[Mistake]:
    """Yield what is wrong between the parts of a configuration."""
    known = {read["id"] for _, read in entries["endpoints"] if "id" in read}
    for place, key, mistake in desk_mistakes(entries["desks"], known):
        yield f"desks.{key}", place, mistake
    told = settings.operations.endpoint
    if told is not None and told not in known:
        yield "operations.endpoint", 0, f"{told!r} is no endpoint{suggest(told, known)}"
    for place, each in zip(_whole(entries, "endpoints"), settings.endpoints, strict=True):
        yield from _endpoint(each, document["endpoints"][place], place, check_endpoint)
    yield from _fallbacks(entries)
    for name in ("endpoints", "desks"):
        yield from _twice(name, [(place, read["id"]) for place, read in entries[name] if "id" in read])
    feeds = list(zip(_whole(entries, "feeds"), settings.feeds, strict=True))
    yield from _twice(
        "feeds", [(place, feed.id) for place, feed in feeds], [feed.name for feed in settings.feeds]
    )
    yield from _kafka(document.get("kafka", {}), settings.kafka)


def _endpoint(
    endpoint: EndpointSettings, given: Mapping[str, Any], place: int, check_endpoint: EndpointCheck
) -> Iterator[Mistake]:
    if endpoint.kind == "standard" and endpoint.secret is None:
        # A secret that stands there and cannot be read is told already.
        if "secret" not in given:
            yield "endpoints", place, f"{endpoint.id!r} needs a secret to sign with: whsec_ and base64"
        return
    for mistake in check_endpoint(endpoint):
        yield "endpoints", place, mistake


def _kafka(given: object, kafka: KafkaSettings) -> Iterator[Mistake]:
    if not isinstance(given, dict):
        return
    missing = [key for key in ("sasl_username", "sasl_password") if key not in given]
    if kafka.security_protocol.startswith("SASL") and missing:
        yield "kafka", 0, f"{kafka.security_protocol} needs {' and '.join(missing)}"


def _whole(entries: Entries, name: str) -> list[int]:
    """Return the places of the entries that have all they need."""
    return [place for place, read in entries[name] if all(key in read for key in NEEDED[name])]


def _fallbacks(entries: Entries) -> Iterator[Mistake]:
    known = {read["id"]: read for _, read in entries["endpoints"] if "id" in read}
    for place, read in entries["endpoints"]:
        name = read.get("fallback")
        if name is None:
            continue
        if name == read.get("id"):
            yield "endpoints.fallback", place, f"{name!r} is this endpoint itself; name another"
        elif name not in known:
            yield "endpoints.fallback", place, f"{name!r} is no endpoint{suggest(name, known)}"
        elif known[name].get("fallback") is not None:
            # Two that fail would else pass an alert to and fro.
            yield "endpoints.fallback", place, f"{name!r} has a fallback itself; name one that has none"


def _twice(
    name: str, ids: Sequence[tuple[int, str]], names: Sequence[str] | None = None
) -> Iterator[Mistake]:
    seen: set[str] = set()
    for number, (place, each) in enumerate(ids):
        if each in seen:
            yield name, place, f"{names[number] if names else each!r} stands there twice"
        seen.add(each)
