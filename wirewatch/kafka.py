"""How every stage speaks to Kafka: where it is, by which names, and with which assurances.

Producers wait for all replicas and are idempotent: what was acknowledged is there once. Consumers start at the
beginning where they never committed, commit by hand alone, and see a member's death after ten seconds.
"""

import ssl
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.helpers import create_ssl_context

from wirewatch.errors import BrokerError
from wirewatch.settings import KafkaSettings
from wirewatch.topics import DEAD, Topic

SESSION_TIMEOUT_MS: Final = 10_000
HEARTBEAT_MS: Final = 2_000


class KafkaConnection:
    """The servers, the prefix of the topics' names, and the credentials."""

    def __init__(
        self, bootstrap_servers: str, settings: KafkaSettings | None = None, *, instance: str | None = None
    ) -> None:
        self.bootstrap_servers = bootstrap_servers
        # A stage that is started again under the same name takes its dead predecessor's place in its group at once,
        # instead of when Kafka has missed that one's heartbeats.
        self.instance = instance
        self.settings = settings or KafkaSettings()
        self.prefix = self.settings.topic_prefix

    def topic(self, topic: Topic) -> str:
        """Return the topic's full name on this Kafka."""
        return self.prefix + topic.name

    def group(self, step: str) -> str:
        """Return the consumer group of a step."""
        return f"{self.prefix}{step}"

    def ssl_context(self) -> ssl.SSLContext | None:
        """Return the TLS context, or None where the connection is not encrypted.

        Raises:
            BrokerError: a certificate file cannot be read.
        """
        if self.settings.security_protocol not in {"SSL", "SASL_SSL"}:
            return None
        try:
            context: ssl.SSLContext = create_ssl_context(
                cafile=_path(self.settings.ca_file),
                certfile=_path(self.settings.cert_file),
                keyfile=_path(self.settings.key_file),
            )
        except (OSError, ssl.SSLError) as error:
            raise BrokerError(f"The TLS files under [kafka] cannot be used: {error}") from error
        return context

    def client_arguments(self) -> dict[str, Any]:
        """Return what every aiokafka client needs to connect."""
        arguments: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": self.settings.security_protocol,
            "ssl_context": self.ssl_context(),
        }
        if self.settings.security_protocol.startswith("SASL"):
            password = self.settings.sasl_password
            arguments |= {
                "sasl_mechanism": self.settings.sasl_mechanism,
                "sasl_plain_username": self.settings.sasl_username,
                "sasl_plain_password": password.reveal() if password else None,
            }
        return arguments

    def producer(self, **extra: Any) -> AIOKafkaProducer:
        """Return a producer, not yet started; `extra` goes to aiokafka as it is."""
        assured = {
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 0,
            "max_request_size": DEAD.max_message_bytes,
        }
        return AIOKafkaProducer(**(self.client_arguments() | assured | extra))

    def consumer(self, *topics: Topic, **extra: Any) -> AIOKafkaConsumer:
        """Return a consumer of these topics, not yet started; without topics, one to be assigned by hand."""
        assured: dict[str, Any] = {
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "session_timeout_ms": SESSION_TIMEOUT_MS,
            "heartbeat_interval_ms": HEARTBEAT_MS,
            "max_partition_fetch_bytes": DEAD.max_message_bytes,
        }
        if self.instance and "group_id" in extra:
            assured["group_instance_id"] = f"{extra['group_id']}.{self.instance}"
        names = [self.topic(topic) for topic in topics]
        return AIOKafkaConsumer(*names, **(self.client_arguments() | assured | extra))

    def admin(self) -> AIOKafkaAdminClient:
        """Return an admin client, not yet started."""
        return AIOKafkaAdminClient(**self.client_arguments())


def _path(path: object) -> str | None:
    return None if path is None else str(path)
