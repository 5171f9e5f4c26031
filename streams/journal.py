"""Makes a message that is handled twice have the effect of one.

A table's changelog is not tied to the commit of offsets: a worker may die after it wrote its state and before it
sent what follows, and the message comes again. So the whole effect of a batch of messages, the entries that they put
and the messages that they emit, is written first and in one piece: an entry in a short ring beside the state. Nothing
else of the batch goes out, and no later entry is written, before it stands. A message that comes again finds its
entry, and the same outputs are sent again; nothing is decided twice.

The ring need only be as long as batches may be unacknowledged (`outbox.MAX_BATCHES`): what was acknowledged was
sent. State entries that a crash cut off are completed from the ring when the state is restored.
"""

import logging
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct

from streams.batches import Sending
from streams.outbox import MAX_BATCHES, Effect
from streams.rules.step import Following, StepRule

RING: Final = 2 * MAX_BATCHES
_RING_KEY: Final = b"journal/"


class Handled(Struct, frozen=True, array_like=True):
    """A message and what it emitted. `timestamp` (ms) is the message's own, as Kafka has it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    outputs: tuple[Sending, ...] = ()


class Entry(Struct, frozen=True, array_like=True):
    """The whole effect of a batch, and the newest message handled of each partition up to it."""

    sequence: int
    handled: tuple[Handled, ...]
    puts: dict[str, bytes | None]
    last: tuple[Handled, ...]


logger = logging.getLogger(__name__)

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


class Journal:
    """A rule's state in a table, with the ring of its last effects.

    The table holds bytes by bytes and is what Faust recovers; the caller writes what is put there to its changelog.
    """

    def __init__(self, make_rule: Callable[[], StepRule]) -> None:
        self._make_rule = make_rule
        self.rule = make_rule()
        self._sequence = 0
        self._ring: list[Entry] = []
        self._handled: dict[tuple[str, int, int], Handled] = {}
        self._last: dict[tuple[str, int], Handled] = {}

    def restore(self, table: MutableMapping[bytes, bytes], changed: Iterable[bytes] | None = None) -> None:
        """Begin again from what the table holds; of which no more than `changed` is new to the rule, where that is said."""
        self.begin(table, changed)()

    def begin(
        self, table: MutableMapping[bytes, bytes], changed: Iterable[bytes] | None = None
    ) -> Callable[[], None]:
        """Do what is quick of `restore`, and return the rest, which looks at the table no more."""
        kept = (table.get(_ring_key(place)) for place in range(RING))
        self._ring = sorted(
            (entry for value in kept if value is not None and (entry := _decoded(value)) is not None),
            key=lambda entry: entry.sequence,
        )
        self._handled, self._last, self._sequence = {}, {}, 0
        completed: dict[bytes, bytes | None] = {}
        for entry in self._ring:
            completed |= {key.encode(): value for key, value in entry.puts.items()}
            self._remember(entry.handled)
        new = {key for key, value in completed.items() if table.get(key) != value}
        for key in new:
            put(table, key, completed[key])
        if self._ring:
            self._sequence = self._ring[-1].sequence + 1
            self._last = {(last.topic, last.partition): last for last in self._ring[-1].last}
        if changed is None or not isinstance(self.rule, Following):
            return partial(self._make_again, list(table.items()))
        followed = [
            (key.decode(), table.get(key)) for key in new.union(changed) if not key.startswith(_RING_KEY)
        ]
        return partial(self.rule.update, followed)

    def begin_again(self, table: MutableMapping[bytes, bytes]) -> None:
        """Make the rule anew from what the table holds: it stopped half-way through a message."""
        self._make_again(table.items())

    def _make_again(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        rule = self._make_rule()
        rule.restore((key.decode(), value) for key, value in pairs if not key.startswith(_RING_KEY))
        self.rule = rule

    def handled(self, topic: str, partition: int, offset: int, timestamp: int) -> Sequence[Sending] | None:
        """Return what the message emitted when it was handled before, or None where it is to be decided."""
        entry = self._handled.get((topic, partition, offset))
        if entry is not None:
            return entry.outputs if entry.timestamp == timestamp else None
        last = self._last.get((topic, partition))
        # An older offset with a newer time is another message, in a topic that was made anew.
        if last is None or offset > last.offset or timestamp > last.timestamp:
            return None
        remembered = [at for name, number, at in self._handled if (name, number) == (topic, partition)]
        # Older than the ring: acknowledged, so all that it emitted was sent. What lies between the ring's messages and
        # is none of them had no effect; deciding it again has none either.
        return () if offset < min(remembered, default=last.offset + 1) else None

    def record(self, effects: Iterable[Effect]) -> tuple[bytes, bytes] | None:
        """Keep the effects of a batch; return the ring's entry, to be put and written before all else."""
        handled = tuple(Handled(*effect.place, tuple(effect.outputs)) for effect in effects if effect.place)
        if not handled:
            return None
        self._remember(handled)
        self._last |= {
            (one.topic, one.partition): msgspec.structs.replace(one, outputs=()) for one in handled
        }
        puts = {key: value for effect in effects for key, value in effect.puts.items()}
        entry = Entry(self._sequence, handled, puts, tuple(self._last.values()))
        self._ring.append(entry)
        self._sequence += 1
        while len(self._ring) > RING:
            for one in self._ring.pop(0).handled:
                self._handled.pop((one.topic, one.partition, one.offset), None)
        return _ring_key(entry.sequence % RING), _encoder.encode(entry)

    def _remember(self, handled: Iterable[Handled]) -> None:
        self._handled |= {(one.topic, one.partition, one.offset): one for one in handled}


def _decoded(value: bytes) -> Entry | None:
    try:
        return _decoder.decode(value)
    except msgspec.MsgspecError as error:
        # Of another version: what it said was done or is done anew.
        logger.warning("An entry of the journal is not read: %s", error)
        return None


def _ring_key(place: int) -> bytes:
    return _RING_KEY + str(place).encode()


def put(table: MutableMapping[bytes, bytes], key: bytes, value: bytes | None) -> None:
    """Set a table's entry; None removes it."""
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
