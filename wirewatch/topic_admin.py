"""Creates the topics, and tells where one that exists is not as the contract says."""

from typing import Final, Literal

from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Struct

from wirewatch.clock import Clock, SystemClock
from wirewatch.errors import TopicError
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import TOPICS, Topic

# Seconds that a broker may take to tell of a topic that it has.
METADATA_PATIENCE: Final = 10.0


class TopicState(Struct, frozen=True):
    """A topic as it was found: missing, as the contract says, or how it differs."""

    topic: str
    state: Literal["created", "as it should be", "differs", "missing"]
    differences: tuple[str, ...] = ()


def wanted_config(topic: Topic) -> dict[str, str]:
    """Return the broker's settings for a topic."""
    config = {"max.message.bytes": str(topic.max_message_bytes), "compression.type": "producer"}
    if topic.retention is None:
        # Tombstones stay for a day, so that a reader that was away hears of what is gone.
        return config | {"cleanup.policy": "compact", "delete.retention.ms": "86400000"}
    return config | {"cleanup.policy": "delete", "retention.ms": str(topic.retention * 1000)}


async def inspect_topics(kafka: KafkaConnection) -> list[TopicState]:
    """Return how each topic stands.

    Raises:
        TopicError: the broker cannot be asked.
    """
    admin = kafka.admin()
    try:
        await admin.start()
        found = {entry["topic"]: len(entry["partitions"]) for entry in await admin.describe_topics()}
        present = [topic for topic in TOPICS if kafka.topic(topic) in found]
        configs = await _configs(admin, [kafka.topic(topic) for topic in present])
    except (KafkaError, OSError) as error:
        raise TopicError(f"The topics on {kafka.bootstrap_servers} cannot be read: {error}") from error
    finally:
        await admin.close()
    states = []
    for topic in TOPICS:
        name = kafka.topic(topic)
        if name not in found:
            states.append(TopicState(name, "missing"))
            continue
        differences = _differences(topic, found[name], configs.get(name, {}))
        states.append(TopicState(name, "differs" if differences else "as it should be", differences))
    return states


async def create_topics(
    kafka: KafkaConnection, *, alter: bool = False, clock: Clock | None = None
) -> list[TopicState]:
    """Create the topics that are missing, and return how each stands.

    Args:
        kafka: Where.
        alter: Give those that exist the settings that they should have; a number of partitions stays as it is.
        clock: Waits for a broker that knows a topic and does not tell of it yet.

    Raises:
        TopicError: a topic exists with other settings, or cannot be created; names all of them at once.
    """
    states = await inspect_topics(kafka)
    missing = {state.topic for state in states if state.state == "missing"}
    created: set[str] = set()
    if missing:
        created = await _create(kafka, [topic for topic in TOPICS if kafka.topic(topic) in missing])
        # Somebody was first: another stage that starts now, or somebody with other settings.
        if missing - created:
            states = await _inspect_until_seen(kafka, missing - created, clock or SystemClock())
    differing = [topic for topic, state in zip(TOPICS, states, strict=True) if state.state == "differs"]
    if alter and differing:
        await _alter(kafka, differing)
        states = await _inspect_until_altered(kafka, clock or SystemClock())
    wrong = [
        f"  {state.topic}: {'; '.join(state.differences)}" for state in states if state.state == "differs"
    ]
    if wrong:
        raise TopicError(
            "These topics exist with other settings than Wirewatch needs. `wirewatch topics create --alter` gives them "
            "theirs, all but the number of partitions; or choose another [kafka] topic_prefix:\n"
            + "\n".join(wrong)
        )
    return [TopicState(state.topic, "created") if state.topic in created else state for state in states]


async def _alter(kafka: KafkaConnection, topics: list[Topic]) -> None:
    admin = kafka.admin()
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, kafka.topic(topic), wanted_config(topic)) for topic in topics
    ]
    try:
        await admin.start()
        await admin.alter_configs(resources)
    except (KafkaError, OSError) as error:
        raise TopicError(f"The topics on {kafka.bootstrap_servers} cannot be altered: {error}") from error
    finally:
        await admin.close()


async def _inspect_until_altered(kafka: KafkaConnection, clock: Clock) -> list[TopicState]:
    """Return how the topics stand when what was altered shows, which takes a broker a moment, or never will."""
    give_up = clock.monotonic() + METADATA_PATIENCE
    while True:
        states = await inspect_topics(kafka)
        settings_differ = any("partitions" not in each for state in states for each in state.differences)
        if not settings_differ or clock.monotonic() > give_up:
            return states
        await clock.sleep(0.05)


async def _inspect_until_seen(kafka: KafkaConnection, names: set[str], clock: Clock) -> list[TopicState]:
    """Return how the topics stand when the broker tells of these, which it knows but may not yet tell of."""
    give_up = clock.monotonic() + METADATA_PATIENCE
    while True:
        states = await inspect_topics(kafka)
        unseen = names & {state.topic for state in states if state.state == "missing"}
        if not unseen:
            return states
        if clock.monotonic() > give_up:
            raise TopicError(
                f"The broker says that {', '.join(sorted(unseen))} exist, and does not show them"
            )
        await clock.sleep(0.05)


async def _create(kafka: KafkaConnection, topics: list[Topic]) -> set[str]:
    """Create these topics; return the names of those that were not there already."""
    copies = kafka.settings.replication_factor
    new = [
        NewTopic(kafka.topic(topic), topic.partitions, copies, topic_configs=wanted_config(topic))
        for topic in topics
    ]
    admin = kafka.admin()
    try:
        await admin.start()
        answer = await admin.create_topics(new)
    except (KafkaError, OSError) as error:
        raise TopicError(f"The topics on {kafka.bootstrap_servers} cannot be created: {error}") from error
    finally:
        await admin.close()
    created = set()
    for name, code, *rest in answer.topic_errors:
        if not code:
            created.add(name)
        elif for_code(code) is not TopicAlreadyExistsError:
            kind = for_code(code).__name__
            raise TopicError(f"The topic {name} cannot be created: {kind} {rest[0] if rest else ''}".strip())
    return created


async def _configs(admin: object, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(resources):  # type: ignore[attr-defined] # aiokafka ships no types
        for _code, _message, _kind, name, entries in answer.resources:
            configs[name] = {entry[0]: entry[1] for entry in entries}
    return configs


def _differences(topic: Topic, partitions: int, config: dict[str, str]) -> tuple[str, ...]:
    differences = []
    if partitions != topic.partitions:
        differences.append(f"has {partitions} partitions, needs {topic.partitions}")
    for key, value in wanted_config(topic).items():
        if key in config and config[key] != value and key in {"cleanup.policy", "max.message.bytes"}:
            differences.append(f"{key} is {config[key]}, needs {value}")
    return tuple(differences)
