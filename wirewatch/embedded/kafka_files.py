"""The files that Kafka is started with, and the flags of its Java: what is set, and why.

All paths in them are relative to the folder that Kafka runs in, so that no comma, colon, blank or umlaut in the name
of a state folder means anything to Kafka or Java, and the folder may be moved.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

DATA: Final = "data"
LOGS: Final = "logs"
TEMPORARY: Final = "tmp"
LIBRARY: Final = "lib"
PROPERTIES: Final = "server.properties"
LOGGING: Final = "logging.properties"
SERVER_LOG: Final = f"{LOGS}/kafka.0.log"
CONSOLE_LOG: Final = f"{LOGS}/console.log"

MEBIBYTE: Final = 1024 * 1024
PARTITION_BYTES: Final = 256 * MEBIBYTE
SEGMENT_BYTES: Final = 16 * MEBIBYTE
LOG_FILE_BYTES: Final = 5_000_000
LOG_FILES: Final = 3

_SERVER: Final = """\
# Written by Wirewatch at every start; changes are lost. docs/broker.md says why each is what it is.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=BROKER://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=BROKER://127.0.0.1:{port}
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}

# One node: every internal topic has one copy, and the few partitions that a handful of groups need.
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=5
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# The disk: a partition keeps {partition_mebibytes} MiB at most, whatever its topic says about time.
log.retention.bytes={partition_bytes}
log.segment.bytes={segment_bytes}
log.index.size.max.bytes=1048576
log.retention.check.interval.ms=60000
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=2097152
metadata.log.segment.bytes=8388608
metadata.max.retention.bytes=33554432
metadata.max.idle.interval.ms=5000

# After Java was killed, its successor is let in when the predecessor's session has run out: soon.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000

# A power cut costs a second of messages at most; the page cache survives everything else.
log.flush.interval.ms=1000
log.flush.scheduler.interval.ms=1000

# Groups: the first member does not wait for others, and a dead one is noticed as soon as its member asks for.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=3000
# Where a step stands is remembered as long as the longest topic is kept, twice over.
offsets.retention.minutes=86400

# Two cores, a handful of clients.
num.network.threads=2
num.io.threads=4
background.threads=4
num.recovery.threads.per.data.dir=2
"""

_LOGGING: Final = """\
# Written by Wirewatch at every start; changes are lost.
handlers=java.util.logging.FileHandler
.level=WARNING
java.util.logging.FileHandler.pattern={logs}/kafka.%g.log
java.util.logging.FileHandler.limit={limit}
java.util.logging.FileHandler.count={count}
java.util.logging.FileHandler.append=true
java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
java.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n
# Beside what is wrong, only the way of the server: Kafka writes a thousand lines at each start otherwise.
kafka.server.level=INFO
org.apache.kafka.server.level=INFO
kafka.server.KafkaConfig.level=WARNING
"""

_JAVA_FLAGS: Final = (
    "-Xmx256m",
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-CreateCoredumpOnCrash",
    f"-XX:ErrorFile={LOGS}/java-crash.log",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Djava.awt.headless=true",
    f"-Djava.io.tmpdir={TEMPORARY}",
    f"-Djava.util.logging.config.file={LOGGING}",
)


_OF_JAVA: Final = re.compile(r"_?JAVA_|JDK_|CLASSPATH$|KAFKA_|LOG4J_|LC_")


def server_properties(port: int, controller_port: int) -> str:
    """Return Kafka's configuration."""
    return _SERVER.format(
        port=port,
        controller_port=controller_port,
        data=DATA,
        partition_bytes=PARTITION_BYTES,
        partition_mebibytes=PARTITION_BYTES // MEBIBYTE,
        segment_bytes=SEGMENT_BYTES,
    )


def logging_properties() -> str:
    """Return the configuration of Kafka's log: a few files of bounded size, the newest `kafka.0.log`."""
    return _LOGGING.format(logs=LOGS, limit=LOG_FILE_BYTES, count=LOG_FILES)


def server_command(java: Path, jars: tuple[str, ...]) -> list[str]:
    """Return the command that runs the broker."""
    return [*_java(java, jars), "kafka.Kafka", PROPERTIES]


def format_command(java: Path, jars: tuple[str, ...], cluster_id: str) -> list[str]:
    """Return the command that lays out an empty data folder."""
    return [*_java(java, jars), "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", PROPERTIES]


def _java(java: Path, jars: tuple[str, ...]) -> list[str]:
    class_path = ":".join(f"{LIBRARY}/{jar}" for jar in jars)
    return [str(java), *_JAVA_FLAGS, "-cp", class_path]


def java_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that Kafka gets: the given one without what would change Java or Kafka behind our back."""
    kept = {name: value for name, value in given.items() if not _OF_JAVA.match(name)}
    return kept | {"LC_ALL": "C.UTF-8"}
