"""A message as it came, and what laying one into the read model always takes."""

import sqlite3

from msgspec import Struct

from wirewatch.topics import Topic


class Incoming(Struct, frozen=True):
    """A message as it came from Kafka."""

    topic: Topic
    partition: int
    offset: int
    # Milliseconds since 1970, by Kafka's clock.
    timestamp: int
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def name(self) -> str:
        """Return its key as text."""
        return self.key.decode("utf-8", "replace")


def ensure(store: sqlite3.Connection, cluster: str, message: Incoming) -> None:
    """Have a line for a cluster: a finding may be read before its cluster is."""
    store.execute("INSERT OR IGNORE INTO clusters (id, changed) VALUES (?, ?)", (cluster, message.timestamp))


def tag(store: sqlite3.Connection, cluster: str, column: str, tag: str) -> None:
    """Add a word to a column of words, each with a space on both sides."""
    word = " ".join(tag.split())
    store.execute(
        f"UPDATE clusters SET {column} = {column} || ? || ' ' WHERE id = ? AND instr({column}, ' ' || ? || ' ') = 0",  # noqa: S608
        (word, cluster, word),
    )


def changed(store: sqlite3.Connection, kind: str, subject: str) -> None:
    """Note that open pages must hear of something."""
    store.execute("INSERT INTO changes (kind, subject) VALUES (?, ?)", (kind, subject))
