"""One embedded Kafka for all tests marked `broker`, started when the first of them asks for it."""

import sys
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

# Read before any test runs: pytest rewrites what it imports, and CPython 3.11 may refuse to do so deep in a test.
from hypothesis.internal import observability  # noqa: F401

from wirewatch.broker import EmbeddedBroker
from wirewatch.clock import SystemClock


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Bootstrap servers of a Kafka that lives as long as the test session; its data goes with it."""
    folder = tmp_path_factory.mktemp("broker")
    async with EmbeddedBroker(folder, clock=SystemClock(), progress=_say) as broker:
        yield await broker.start()


@pytest.fixture
def topic_prefix() -> str:
    """A prefix for topics and groups that no other test uses."""
    return f"t{uuid.uuid4().hex[:12]}."


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
