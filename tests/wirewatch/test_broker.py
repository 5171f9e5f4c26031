"""The embedded Kafka, started, killed and started again for real."""

import asyncio
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.record.util import calc_crc32c_py

from wirewatch.broker import EmbeddedBroker, find_broker
from wirewatch.clock import SystemClock
from wirewatch.embedded.folder import BrokerFolder, Note
from wirewatch.errors import BrokerError

pytestmark = [pytest.mark.broker, pytest.mark.asyncio(loop_scope="module")]

OWNER = """
import asyncio, sys
from pathlib import Path
from wirewatch.broker import EmbeddedBroker
from wirewatch.clock import SystemClock

async def own():
    async with EmbeddedBroker(Path(sys.argv[1]), clock=SystemClock(), progress=lambda text: None) as broker:
        print(broker.pid, flush=True)
        await broker.wait()

asyncio.run(own())
"""


def _broker(folder: Path, progress: Callable[[str], None] = lambda _: None) -> EmbeddedBroker:
    return EmbeddedBroker(folder, clock=SystemClock(), progress=progress)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder whose name means something to Kafka, to Java and to their property files."""
    return tmp_path_factory.mktemp("state, of: the Nächte #1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker(folder: Path) -> AsyncIterator[EmbeddedBroker]:
    """One broker for the tests that kill it: each leaves it running."""
    async with _broker(folder) as running:
        yield running


async def test_the_broker_that_runs_on_a_folder_is_found(broker: EmbeddedBroker, folder: Path) -> None:
    assert await find_broker(folder) == await broker.start()


async def test_a_folder_without_a_broker_has_none(tmp_path: Path) -> None:
    assert await find_broker(tmp_path) is None


async def test_a_second_owner_is_refused_and_told_who_holds_it(broker: EmbeddedBroker, folder: Path) -> None:
    with pytest.raises(BrokerError, match=f"Process {os.getpid()} holds the embedded Kafka"):
        await _broker(folder).start()
    assert await find_broker(folder) == await broker.start()


async def test_topics_are_never_created_by_asking_for_them(broker: EmbeddedBroker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=await broker.start())
    await admin.start()
    try:
        await admin.describe_topics(["never.made"])
        assert "never.made" not in await admin.list_topics()
    finally:
        await admin.close()


async def test_after_a_kill_9_of_java_its_owner_starts_it_again_with_all_data(
    broker: EmbeddedBroker, folder: Path
) -> None:
    servers = await broker.start()
    await _write(servers, "survives", b"472")
    killed = broker.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert "signal 9" in await broker.wait()
    assert await find_broker(folder) is None

    assert await broker.start() == servers
    assert broker.pid != killed
    assert await _read(servers, "survives") == b"472"


async def test_a_restart_keeps_port_cluster_and_data(broker: EmbeddedBroker, folder: Path) -> None:
    servers, cluster = await broker.start(), BrokerFolder(folder).cluster_id()
    await _write(servers, "stays", b"355")
    await broker.stop()
    assert await find_broker(folder) is None
    assert broker.pid is None

    assert await broker.start() == servers
    assert BrokerFolder(folder).cluster_id() == cluster
    assert await _read(servers, "stays") == b"355"


async def test_a_port_that_somebody_took_meanwhile_is_given_up_aloud(
    broker: EmbeddedBroker, folder: Path
) -> None:
    servers = await broker.start()
    await broker.stop()
    told: list[str] = []
    with socket.create_server(("127.0.0.1", int(servers.partition(":")[2]))):
        async with _broker(folder, told.append) as moved:
            elsewhere = await moved.start()
            assert await find_broker(folder) == elsewhere != servers
            assert await _read(elsewhere, "stays") == b"355"
    assert any("taken by another program" in line for line in told)
    await broker.start()


async def test_a_kill_9_of_the_guard_takes_java_along_and_the_next_start_works(
    broker: EmbeddedBroker,
) -> None:
    await broker.start()
    java = broker.pid
    assert java is not None
    os.kill(_parent(java), signal.SIGKILL)
    assert "signal 9" in await broker.wait()
    await broker.start()
    assert not _runs(java)


async def test_a_data_folder_of_a_newer_kafka_is_refused(tmp_path: Path) -> None:
    folder = BrokerFolder(tmp_path)
    folder.path.mkdir()
    folder.write_note(Note("9.9.0", 20_001, 20_002))
    with pytest.raises(BrokerError, match=r"written by Kafka 9\.9\.0, newer than"):
        await _broker(tmp_path).start()
    assert not folder.is_held()


async def test_data_whose_format_a_newer_kafka_has_raised_is_refused_by_kafka_and_explained(
    tmp_path: Path,
) -> None:
    async with _broker(tmp_path):
        pass
    data = tmp_path / "kafka" / "data"
    _raise_metadata_version(data)
    with pytest.raises(BrokerError, match=r"written by a newer Kafka.*No MetadataVersion with feature level"):
        await _broker(tmp_path).start()


async def test_nothing_is_left_when_the_owner_is_killed_and_the_next_owner_gets_in(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert owner.stdout is not None
    java = int(await owner.stdout.readline())
    assert await find_broker(tmp_path) is not None
    with pytest.raises(BrokerError, match=f"Process {owner.pid} holds"):
        await _broker(tmp_path).start()

    owner.kill()
    await owner.wait()
    async with _broker(tmp_path) as heir:
        assert not _runs(java)
        assert heir.pid != java
        assert await find_broker(tmp_path) == await heir.start()


def _raise_metadata_version(data: Path) -> None:
    """Have a cluster that bootstraps anew begin with a metadata.version that this Kafka has never heard of."""
    shutil.rmtree(data / "__cluster_metadata-0")
    checkpoint = data / "bootstrap.checkpoint"
    content = bytearray(checkpoint.read_bytes())
    level = content.index(b"metadata.version") + len(b"metadata.version")
    content[level : level + 2] = struct.pack(">h", 999)
    batch = 0
    while batch < len(content):
        # offset, length, epoch, magic; then the checksum of all that follows
        end = batch + 12 + int(struct.unpack_from(">i", content, batch + 8)[0])
        struct.pack_into(">I", content, batch + 17, calc_crc32c_py(bytes(content[batch + 21 : end])))
        batch = end
    checkpoint.write_bytes(content)


async def _write(servers: str, topic: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def _read(servers: str, topic: str) -> bytes:
    async with AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest") as consumer:
        async with asyncio.timeout(20):
            message = await consumer.getone()
    value: bytes = message.value
    return value


def _parent(process: int) -> int:
    found = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(process)], capture_output=True, text=True, check=True
    )
    return int(found.stdout)


def _runs(process: int) -> bool:
    """Whether the process lives; one that is dead and only not yet waited for does not."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return bool(found.stdout.strip()) and not found.stdout.strip().startswith("Z")
