"""What the Faust apps of all four steps have in common: each setting is chosen here, with its reason."""

from pathlib import Path
from typing import Any, Final, Literal

import faust

from streams.batches import Sending
from streams.consumer import take_over_without_loss
from streams.outbox import SEND_TIMEOUT
from streams.rules.step import Output
from wirewatch.clock import Clock
from wirewatch.codec import dead_headers, encode, headers
from wirewatch.errors import MessageError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.operations import metrics
from wirewatch.topics import BY_NAME, DEAD, Topic

# What a message's headers, key and framing take at most beside its value.
_HEADROOM: Final = 16 * 1024

# What goes to a partition in one request: less than any topic takes as one batch.
_REQUEST_BYTES: Final = 256 * 1024

# Seconds without a heartbeat after which a worker counts as dead, and from one heartbeat to the next.
SESSION_TIMEOUT: Final = 6.0
HEARTBEAT: Final = 1.0

StepName = Literal["analyse", "cluster", "ledger", "desks"]
STEPS: Final[tuple[StepName, ...]] = ("analyse", "cluster", "ledger", "desks")


class _App(faust.App):
    """Without the sensor that counts and times every event for a web page that is not served."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # It warns at each rebalance that nothing was timed.
        self.log.logger.addFilter(lambda record: "Missing sensor state" not in str(record.msg))

    def on_init_dependencies(self) -> Any:
        """Return the app's services."""
        services = super().on_init_dependencies()
        self.sensors.remove(self.monitor)
        return services


def build_app(step: StepName, kafka: KafkaConnection, folder: Path) -> faust.App:
    """Return a fresh app for a step, connected to nothing yet. `folder` takes what Faust keeps on disk."""
    # Faust makes the last folder of the path alone.
    folder.mkdir(parents=True, exist_ok=True)
    app = _App(
        kafka.group(step),
        broker=[f"kafka://{server}" for server in kafka.bootstrap_servers.split(",")],
        broker_credentials=_credentials(kafka),
        datadir=str(folder / step),
        # Agents are wired by hand: a module that fails to import must be an error, not a warning.
        autodiscover=False,
        # Bytes in, bytes out: what does not decode is dead-lettered by the agent, not thrown away by Faust.
        key_serializer="raw",
        value_serializer="raw",
        # The whole state is in memory anyway, as the rule's own; the changelog brings it back.
        store="memory://",
        # An event is acknowledged when what follows from it stands; a short interval means little is repeated.
        broker_commit_interval=0.3,
        # A standby takes over when the dead one has been silent for so long: as short as Kafka allows. Nothing that takes
        # longer is done in the loop that sends the heartbeats.
        broker_session_timeout=SESSION_TIMEOUT,
        broker_heartbeat_interval=HEARTBEAT,
        # The default of 60 s is how long the first member waits for others.
        broker_rebalance_timeout=10.0,
        # 5 minutes is the default; a long recovery must not look like a dead worker.
        broker_max_poll_interval=600.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=f"{kafka.group(step)}.{kafka.instance}" if kafka.instance else None,
        consumer_max_fetch_size=DEAD.max_message_bytes,
        producer_acks=-1,
        # Latency before batches: the producer batches by itself what arrives while a request is under way.
        producer_linger=0.0,
        # A request carries one batch a partition: of 16 kB, the default, a crowd needs many, one after the other.
        producer_max_batch_size=_REQUEST_BYTES,
        # The default of 20 minutes is how long a stalled step would look healthy.
        producer_request_timeout=SEND_TIMEOUT,
        producer_max_request_size=DEAD.max_message_bytes,
        # Read ahead no more than is handled in a second or so.
        stream_buffer_maxsize=1024,
        # A rebalance need not wait for events in work: they come again, and the journal knows them.
        stream_wait_empty=False,
        topic_replication_factor=kafka.settings.replication_factor,
        # The leader's own assignor topic is for agents with replies, of which there are none.
        topic_disable_leader=True,
        # It shows table data to anyone who asks.
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    take_over_without_loss(app)
    return app


def _credentials(kafka: KafkaConnection) -> Any:
    context = kafka.ssl_context()
    if kafka.settings.security_protocol.startswith("SASL"):
        password = kafka.settings.sasl_password
        return faust.SASLCredentials(
            mechanism=kafka.settings.sasl_mechanism,
            username=kafka.settings.sasl_username,
            password=password.reveal() if password else None,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def source(app: faust.App, kafka: KafkaConnection, *topics: Topic) -> Any:
    """Return the topics as one Faust channel of raw bytes."""
    return app.topic(
        *(kafka.topic(topic) for topic in topics),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )


def sending(kafka: KafkaConnection, output: Output, *, step: str, clock: Clock) -> Sending:
    """Return a rule's output as it goes to Kafka, under an id that is the same for the same content.

    Raises:
        MessageError: it is larger than its topic takes.
    """
    topic = BY_NAME[output.topic]
    value = encode(output.message)
    if len(value) > topic.max_message_bytes - _HEADROOM:
        raise MessageError(
            f"A message of {len(value)} bytes for {topic.name}, which takes {topic.max_message_bytes}"
        )
    event_id = identify("message", output.topic, output.key, value.decode())
    about = headers(output.message, id=event_id, source=step, time=clock.now())
    partition = 0 if topic.partitions == 1 else None
    return Sending(kafka.topic(topic), output.key.encode(), value, about, partition)


def dead_letter(kafka: KafkaConnection, message: Any, *, cause: BaseException, clock: Clock) -> Sending:
    """Return an event that cannot be processed as it goes to `dead`: its bytes untouched, the cause in the headers."""
    metrics.DEAD.labels(message.topic, type(cause).__name__).inc()
    about = dead_headers(
        message.topic, partition=message.partition, offset=message.offset, cause=cause, at=clock.now()
    )
    value = message.value if isinstance(message.value, bytes) else b""
    return Sending(kafka.topic(DEAD), message.topic.encode(), value, about)
