"""Makes a message that is handled twice have the effect of one.

A table's changelog is not tied to the commit of offsets: a worker may die after it wrote its state and before it
sent what follows, and the message comes again. So each message's whole effect, the entries that it puts and the
messages that it emits, is written first and in one piece: an entry in a short ring beside the state. A message that
comes again finds its entry, and the same outputs are sent again; nothing is decided twice.

The ring need only be as long as events may be unacknowledged (`outbox.MAX_IN_FLIGHT`): what was acknowledged was
sent. State entries that a crash cut off are completed from the ring when the state is restored.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Final

import msgspec
from msgspec import Struct

from streams.outbox import MAX_IN_FLIGHT, Sending
from streams.rules.step import Change, StepRule

RING: Final = 2 * MAX_IN_FLIGHT
_RING_KEY: Final = b"journal/"

Place = tuple[str, int]  # topic and partition


class Entry(Struct, frozen=True, array_like=True):
    """One message's whole effect. `timestamp` (ms) is the message's own, as Kafka has it."""

    sequence: int
    topic: str
    partition: int
    offset: int
    timestamp: int
    puts: dict[str, bytes | None]
    outputs: tuple[Sending, ...]


class Last(Struct, frozen=True):
    """The newest message handled of a partition."""

    offset: int
    timestamp: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


class Journal:
    """A rule's state in a table, with the ring of its last effects.

    The table holds bytes by bytes and is what Faust recovers; the caller writes what `record` returns to it and to its
    changelog.
    """

    def __init__(self, make_rule: Callable[[], StepRule]) -> None:
        self._make_rule = make_rule
        self.rule = make_rule()
        self._sequence = 0
        self._entries: dict[tuple[str, int, int], Entry] = {}
        self._last: dict[Place, Last] = {}

    def restore(self, table: MutableMapping[bytes, bytes]) -> None:
        """Begin again from what the table holds."""
        ring = sorted(
            (_decoder.decode(value) for key, value in table.items() if key.startswith(_RING_KEY)),
            key=lambda entry: entry.sequence,
        )
        self._entries = {(entry.topic, entry.partition, entry.offset): entry for entry in ring}
        self._last = {}
        for entry in ring:
            for key, value in entry.puts.items():
                put(table, key.encode(), value)
            self._last[entry.topic, entry.partition] = Last(entry.offset, entry.timestamp)
        self._sequence = ring[-1].sequence + 1 if ring else 0
        self.rule = self._make_rule()
        self.rule.restore(
            (key.decode(), value) for key, value in table.items() if not key.startswith(_RING_KEY)
        )

    def handled(self, topic: str, partition: int, offset: int, timestamp: int) -> tuple[Sending, ...] | None:
        """Return what the message emitted when it was handled before, or None where it never was."""
        entry = self._entries.get((topic, partition, offset))
        if entry is not None:
            return entry.outputs if entry.timestamp == timestamp else None
        last = self._last.get((topic, partition))
        if last is None or offset > last.offset:
            return None
        # Older than the ring: acknowledged, so all that it emitted was sent. But an older offset with a newer time
        # is another message, in a topic that was made anew.
        return None if timestamp > last.timestamp else ()

    def record(
        self, place: tuple[str, int, int, int], change: Change, outputs: Iterable[Sending]
    ) -> Mapping[bytes, bytes | None]:
        """Keep a message's effect; return the table entries to write, the ring's first, in this order."""
        topic, partition, offset, timestamp = place
        entry = Entry(self._sequence, topic, partition, offset, timestamp, change.puts, tuple(outputs))
        self._sequence += 1
        self._entries[topic, partition, offset] = entry
        while len(self._entries) > RING:
            del self._entries[next(iter(self._entries))]
        self._last[topic, partition] = Last(offset, timestamp)
        ring_key = _RING_KEY + str(entry.sequence % RING).encode()
        return {
            ring_key: _encoder.encode(entry),
            **{key.encode(): value for key, value in change.puts.items()},
        }


def put(table: MutableMapping[bytes, bytes], key: bytes, value: bytes | None) -> None:
    """Set a table's entry; None removes it."""
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
