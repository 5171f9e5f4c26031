"""`wirewatch status`: how far behind each step is, which feeds fail, what is undelivered, what is dead."""

from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

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
from wirewatch.codec import decode_as
from wirewatch.errors import BrokerError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedState, PendingDelivery
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import (
    ALERTS,
    ALERTS_PENDING,
    ANALYSED,
    CLUSTERED,
    DEAD,
    DETECTIONS,
    FEEDS,
    STORIES,
    TOPICS,
    Topic,
)

READS: Final = {
    "analyse": STORIES,
    "cluster": ANALYSED,
    "ledger": CLUSTERED,
    "desks": DETECTIONS,
    "deliver": ALERTS,
}


@cli.command()
def status(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show how far behind each step is, which feeds fail, what is still to be delivered, and what is dead."""
    settings = settings_of(config, state)
    found = run(_status(settings))
    if json:
        print_json(found)
    else:
        _print(found)


async def _status(settings: Settings) -> dict[str, Any]:
    kafka = await connect(settings)
    try:
        ends, lags = await _offsets(kafka)
    except (KafkaError, OSError) as error:
        raise BrokerError(f"Kafka on {kafka.bootstrap_servers} does not answer: {error}") from error
    feeds, pending = await _compacted(kafka)
    return {
        "kafka": kafka.bootstrap_servers,
        "topics": ends,
        "lag": lags,
        "feeds": {
            "configured": len(settings.feeds),
            "polled": sum(feed.known for feed in feeds.values()),
            "failing": [
                {
                    "feed": _feed_name(settings, feed),
                    "failures": feed.failures,
                    "error": feed.last_error,
                    "due": feed.due,
                }
                for feed in feeds.values()
                if feed.failures
            ],
        },
        "pending": [
            {
                "alert": each.alert.id,
                "endpoint": each.alert.endpoint,
                "attempts": each.attempts,
                "due": each.due,
                "reason": each.last_reason,
            }
            for each in pending.values()
        ],
        "dead": ends[DEAD.name],
    }


async def _offsets(kafka: KafkaConnection) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many messages stand on each topic, and how many each step has still to read."""
    consumer, admin = kafka.consumer(), kafka.admin()
    try:
        await consumer.start()
        await admin.start()
        ends = {topic: await consumer.end_offsets(_places(kafka, topic)) for topic in TOPICS}
        lags = {}
        for step, topic in READS.items():
            committed = await admin.list_consumer_group_offsets(
                kafka.group(step), partitions=list(ends[topic])
            )
            lags[step] = sum(
                max(0, end - max(0, committed[place].offset)) for place, end in ends[topic].items()
            )
    finally:
        await admin.close()
        await consumer.stop()
    return {topic.name: sum(found.values()) for topic, found in ends.items()}, lags


def _places(kafka: KafkaConnection, topic: Topic) -> list[TopicPartition]:
    return [TopicPartition(kafka.topic(topic), partition) for partition in range(topic.partitions)]


async def _compacted(kafka: KafkaConnection) -> tuple[dict[bytes, FeedState], dict[bytes, PendingDelivery]]:
    feeds: dict[bytes, FeedState] = {}
    pending: dict[bytes, PendingDelivery] = {}
    async for topic, message in read_topics(kafka, (FEEDS, ALERTS_PENDING)):
        try:
            if topic is FEEDS and message.value is not None:
                feeds[message.key] = decode_as(FeedState, message.value)
            elif message.value is not None:
                pending[message.key] = decode_as(PendingDelivery, message.value)
            else:
                (feeds if topic is FEEDS else pending).pop(message.key, None)
        except MessageError:
            continue
    return feeds, pending


def _feed_name(settings: Settings, feed: FeedState) -> str:
    return next((each.name for each in settings.feeds if each.id == feed.feed), feed.feed)


def _print(found: dict[str, Any]) -> None:
    print(f"Kafka on {found['kafka']}")
    print("Behind by: " + ", ".join(f"{step} {lag}" for step, lag in found["lag"].items()))
    print(
        "On the topics: " + ", ".join(f"{topic} {count}" for topic, count in found["topics"].items() if count)
    )
    feeds = found["feeds"]
    print(
        f"Feeds: {feeds['configured']} configured, {feeds['polled']} polled, {len(feeds['failing'])} failing"
    )
    for each in feeds["failing"]:
        print(f"  {each['feed']}: {each['failures']} time(s), {each['error']}; again at {each['due']}")
    print(f"Still to be delivered: {len(found['pending'])}")
    for each in found["pending"]:
        print(
            f"  {each['endpoint']}: {each['attempts']} attempt(s), {each['reason']}; again at {each['due']}"
        )
    print(
        f"Dead letters: {found['dead']}"
        + (" (`wirewatch topics tail dead` shows them)" if found["dead"] else "")
    )
