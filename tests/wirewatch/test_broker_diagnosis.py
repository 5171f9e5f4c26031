"""What is said of a Kafka that ended, by what it left behind."""

from pathlib import Path

import pytest

from wirewatch.broker import refuse_full
from wirewatch.embedded.diagnosis import cause_of_death
from wirewatch.errors import BrokerError

FOLDER = Path("/srv/wirewatch/kafka")
QUIET = "2025-06-01T06:00:00.000 INFO kafka.server.KafkaRaftServer Starting controller\n"


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("java.io.IOException: No space left on device", "the disk that holds /srv/wirewatch/kafka is full"),
        ("java.io.IOException: Disk quota exceeded", "is full"),
        ("java.nio.file.AccessDeniedException: data/stories-0", "Give this user the right to write"),
        (
            "KafkaException: Socket server failed to bind to 127.0.0.1:21092: Address already in use.",
            "another port",
        ),
        ("KafkaException: Failed to acquire lock on file .lock in data.", "another Kafka that is not ours"),
        ("Terminating due to java.lang.OutOfMemoryError: Java heap space", "no memory left"),
        ("# There is insufficient memory for the Java Runtime Environment to continue.", "no memory left"),
        ("IllegalArgumentException: No MetadataVersion with feature level 40.", "written by a newer Kafka"),
    ],
)
@pytest.mark.parametrize("where", ["log", "console"])
def test_a_known_cause_says_what_to_do_and_quotes_its_line(line: str, advice: str, where: str) -> None:
    log, console = (QUIET + line, "") if where == "log" else (QUIET, line)
    said = cause_of_death(log, console, 1, FOLDER)
    assert advice in said
    assert line in said


def test_of_an_unknown_cause_the_first_severe_entry_is_quoted_with_its_exception() -> None:
    log = (
        f"{QUIET}2025-06-01T06:00:01.000 SEVERE kafka.server.Broker Something never seen\n"
        "java.lang.IllegalStateException: out of joint\n\tat kafka.server.Broker.start(Broker.java:1)\n"
        "2025-06-01T06:00:02.000 SEVERE kafka.Kafka Exiting\njava.lang.RuntimeException: what followed\n"
    )
    said = cause_of_death(log, "", 1, FOLDER)
    assert "Something never seen: java.lang.IllegalStateException: out of joint" in said
    assert "what followed" not in said


def test_a_java_that_does_not_come_up_is_quoted_from_its_console() -> None:
    said = cause_of_death("", "Error: Could not find or load main class kafka.Kafka\n", 1, FOLDER)
    assert "exit code 1" in said
    assert "Could not find or load main class" in said


def test_a_killed_kafka_is_named_by_its_signal() -> None:
    assert cause_of_death(QUIET, "", 137, FOLDER) == "signal 9 ended it"


def test_a_quote_is_never_longer_than_a_person_reads() -> None:
    assert len(cause_of_death(f"2025-06-01T06:00:01 SEVERE x {'y' * 100_000}", "", 1, FOLDER)) < 500


def test_a_full_disk_is_refused_before_kafka_meets_it() -> None:
    refuse_full(free=300 * 2**20, folder=FOLDER)
    with pytest.raises(BrokerError, match="12 MiB are free, the embedded Kafka wants 200"):
        refuse_full(free=12 * 2**20, folder=FOLDER)
