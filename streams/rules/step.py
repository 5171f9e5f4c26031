"""The form of a single writer's rule: state, and what one message changes.

A step's rule is a class with two methods, deterministic and without a clock:

    restore(entries)          rebuilds the state from what earlier changes put
    handle(message) -> Change changes the state and says what must be stored and sent

`streams.journal` stores and sends it so that a message handled twice has the effect of one.
"""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from msgspec import Struct


class Output(Struct, frozen=True):
    """A message for a topic: the topic's name without prefix, the key, an id that is the same each time, the time."""

    topic: str
    key: str
    message: Struct


class Change(Struct, frozen=True):
    """What one message changes: outputs in order, and state entries to store (None deletes one)."""

    outputs: tuple[Output, ...] = ()
    puts: dict[str, bytes | None] = {}


@runtime_checkable
class Following(Protocol):
    """A rule whose state can keep up with what another worker stores, and need not be made anew for it."""

    def update(self, entries: Iterable[tuple[str, bytes | None]]) -> None:
        """Take over entries that changed; None was deleted."""
        ...


class StepRule(Protocol):
    """What a single writer decides."""

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Rebuild the state from stored entries, in any order."""
        ...

    def handle(self, message: Struct) -> Change:
        """Change the state by one message and return what follows; nothing for a message seen before."""
        ...
