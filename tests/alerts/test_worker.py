"""The worker on a real Kafka, delivering to a real receiver."""

import pytest

from tests.alerts.examples import an_alert, an_endpoint
from tests.alerts.receiver import Say, receiving
from tests.alerts.running import bench
from wirewatch.clock import SystemClock

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="session")]


async def test_an_alert_arrives_once_signed_and_is_committed(kafka: str, topic_prefix: str) -> None:
    async with bench(kafka, topic_prefix) as wire, receiving(SystemClock()) as receiver:
        url = receiver.script("/a", [Say()])
        alert = an_alert()
        async with wire.working([an_endpoint(url)]):
            await wire.put([alert])
            got = await receiver.next()
            await wire.until(lambda found: len(found) == 1)
        assert got.webhook_id == alert.webhook_id
        assert [found.outcome for found in await wire.deliveries()] == ["delivered"]
        assert await wire.committed() == 1
        assert await wire.pending() == []
