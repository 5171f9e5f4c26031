"""Topics are created once, and one that exists with other settings is reported, never silently used."""

import pytest
from aiokafka.admin import NewTopic

from wirewatch.errors import TopicError
from wirewatch.kafka import KafkaConnection
from wirewatch.settings import KafkaSettings
from wirewatch.tail import read_topics, tail_topic
from wirewatch.topic_admin import create_topics, inspect_topics
from wirewatch.topics import ALERTS, STORIES, TOPICS

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="session")]


def connection(servers: str, prefix: str) -> KafkaConnection:
    return KafkaConnection(servers, KafkaSettings(topic_prefix=prefix))


async def test_what_is_missing_is_created_and_the_second_time_nothing_is(
    kafka: str, topic_prefix: str
) -> None:
    there = connection(kafka, topic_prefix)
    assert {state.state for state in await inspect_topics(there)} == {"missing"}
    assert {state.state for state in await create_topics(there)} == {"created"}
    assert {state.state for state in await create_topics(there)} == {"as it should be"}


async def test_a_topic_with_other_partitions_is_named_with_what_it_needs(
    kafka: str, topic_prefix: str
) -> None:
    there = connection(kafka, topic_prefix)
    admin = there.admin()
    await admin.start()
    await admin.create_topics([NewTopic(there.topic(ALERTS), 3, 1)])
    await admin.close()
    with pytest.raises(TopicError, match="has 3 partitions, needs 8"):
        await create_topics(there)


async def test_a_topic_with_another_limit_is_given_its_own_when_asked_to(
    kafka: str, topic_prefix: str
) -> None:
    there = connection(kafka, topic_prefix)
    admin = there.admin()
    await admin.start()
    await admin.create_topics(
        [NewTopic(there.topic(ALERTS), 8, 1, topic_configs={"max.message.bytes": "1000"})]
    )
    await admin.close()
    with pytest.raises(TopicError, match=r"max\.message\.bytes is 1000"):
        await create_topics(there)
    states = await create_topics(there, alter=True)
    assert {state.state for state in states} <= {"created", "as it should be"}


async def test_a_broker_that_is_not_there_is_said_with_its_address() -> None:
    with pytest.raises(TopicError, match=r"127\.0\.0\.1:9"):
        await inspect_topics(KafkaConnection("127.0.0.1:9"))


async def test_the_tail_of_a_topic_is_shown_oldest_first_and_of_an_empty_one_nothing(
    kafka: str, topic_prefix: str
) -> None:
    there = connection(kafka, topic_prefix)
    await create_topics(there)
    assert [line async for line in tail_topic(there, STORIES, last=5, follow=False)] == []
    producer = there.producer()
    await producer.start()
    for number in range(4):
        await producer.send_and_wait(there.topic(STORIES), b'{"n": %d}' % number, timestamp_ms=1000 + number)
    await producer.send_and_wait(there.topic(STORIES), b"no json", timestamp_ms=2000)
    await producer.stop()
    lines = [line async for line in tail_topic(there, STORIES, last=2, follow=False)]
    assert '"n":3' in lines[0].replace(" ", "")
    assert "no json" in lines[1]
    assert len([message async for _, message in read_topics(there, (STORIES,))]) == 5
    assert len(TOPICS) == len({topic.name for topic in TOPICS})
