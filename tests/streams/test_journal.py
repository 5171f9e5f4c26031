"""A message that is handled twice has the effect of one."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from streams.batches import Sending
from streams.journal import RING, Journal, put
from streams.outbox import Effect
from streams.rules.step import Change

TOPIC = "wirewatch.ticks"


class Count(Struct):
    """A message for the counting rule."""

    name: str


class Counting:
    """A rule that counts names: its state and its output tell how often it was asked."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        self.counts = {key: int(value) for key, value in entries}

    def handle(self, message: Struct) -> Change:
        assert isinstance(message, Count)
        count = self.counts.get(message.name, 0) + 1
        self.counts[message.name] = count
        return Change(puts={message.name: str(count).encode()})


class Worker:
    """A journal with a table, as a single writer uses it; its writes are kept, so that a crash can lose the last."""

    def __init__(self, table: dict[bytes, bytes]) -> None:
        self.table = dict(table)
        self.journal = Journal(Counting)
        self.journal.restore(self.table)
        self.writes: list[tuple[bytes, bytes | None]] = []

    def handle(self, name: str, offset: int, timestamp: int = 0) -> Sequence[Sending]:
        [outputs] = self.handle_batch([(name, offset)], timestamp)
        return outputs

    def handle_batch(
        self, messages: Iterable[tuple[str, int]], timestamp: int = 0
    ) -> list[Sequence[Sending]]:
        effects = [self._effect(name, offset, timestamp) for name, offset in messages]
        entry = self.journal.record(effects)
        puts = {key.encode(): value for effect in effects for key, value in effect.puts.items()}
        for key, value in (({entry[0]: entry[1]} if entry else {}) | puts).items():
            put(self.table, key, value)
            self.writes.append((key, value))
        return [effect.outputs for effect in effects]

    def _effect(self, name: str, offset: int, timestamp: int) -> Effect:
        again = self.journal.handled(TOPIC, 0, offset, timestamp)
        if again is not None:
            return Effect(None, again)
        change = self.journal.rule.handle(Count(name))
        outputs = (Sending("out", name.encode(), str(change.puts[name]).encode()),)
        return Effect(None, outputs, change.puts, (TOPIC, 0, offset, timestamp))


def test_a_message_that_comes_again_gets_the_same_outputs() -> None:
    worker = Worker({})
    first = worker.handle("drones", 0)
    worker.handle("drones", 1)
    assert worker.handle("drones", 0) == first


def test_the_outputs_survive_the_worker() -> None:
    worker = Worker({})
    first = worker.handle("drones", 0)
    assert Worker(worker.table).handle("drones", 0) == first


def test_a_message_older_than_the_ring_is_done() -> None:
    worker = Worker({})
    for offset in range(RING + 10):
        worker.handle("drones", offset)
    assert worker.handle("drones", 3) == ()
    assert worker.journal.rule.handle(Count("drones")).puts == {"drones": str(RING + 11).encode()}


def test_a_topic_that_was_made_anew_is_read_from_its_start() -> None:
    worker = Worker({})
    worker.handle("drones", 0, timestamp=100)
    worker.handle("drones", 1, timestamp=200)
    assert worker.journal.handled(TOPIC, 0, 0, 300) is None


def test_the_ring_stays_short() -> None:
    worker = Worker({})
    for offset in range(3 * RING):
        worker.handle("drones", offset)
    assert len(worker.table) == RING + 1


def test_what_the_ring_lost_is_decided_and_what_is_older_is_done() -> None:
    worker = Worker({})
    for offset in range(0, 40, 2):
        worker.handle("drones", offset)
    assert worker.journal.handled(TOPIC, 0, 37, 0) is None
    assert worker.journal.handled(TOPIC, 0, 3, 0) == ()


def test_a_partition_that_others_pushed_out_of_the_ring_is_remembered() -> None:
    worker = Worker({})
    worker.handle("drones", 5)
    for offset in range(2 * RING):
        effect = Effect(None, (), {"ticks": b"1"}, ("wirewatch.other", 0, offset, 0))
        entry = worker.journal.record([effect])
        assert entry is not None
        put(worker.table, *entry)
    successor = Worker(worker.table)
    assert successor.handle("drones", 5) == ()
    assert successor.journal.handled(TOPIC, 0, 6, 0) is None


def test_each_message_of_a_batch_gets_its_own_outputs_again() -> None:
    worker = Worker({})
    first = worker.handle_batch([("drones", 0), ("votes", 1), ("drones", 2)])
    successor = Worker(worker.table)
    assert [successor.handle(name, at) for name, at in (("drones", 0), ("votes", 1), ("drones", 2))] == first


@given(
    names=st.lists(st.sampled_from(["drones", "missiles", "votes"]), min_size=1, max_size=30),
    data=st.data(),
)
def test_whatever_a_crash_cuts_off_the_state_is_as_if_there_had_been_none(
    names: list[str], data: st.DataObject
) -> None:
    crash_at = data.draw(st.integers(0, len(names) - 1))
    worker = Worker({})
    told = list(enumerate(names))
    done = 0
    while done <= crash_at:
        size = data.draw(st.integers(1, 5))
        worker.handle_batch([(name, offset) for offset, name in told[done : done + size]])
        done += size
    survived = data.draw(st.integers(0, len(worker.writes)))
    table: dict[bytes, bytes] = {}
    for key, value in worker.writes[:survived]:
        put(table, key, value)
    successor = Worker(table)
    for offset, name in told:
        successor.handle(name, offset)
    counted = {key: value for key, value in successor.table.items() if not key.startswith(b"journal/")}
    assert counted == {name.encode(): str(names.count(name)).encode() for name in set(names)}
