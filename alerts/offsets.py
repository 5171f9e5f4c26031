"""How far a partition may be committed, although its messages are settled in any order."""

from typing import Final

# More unsettled messages than this are not taken on.
MOST_UNSETTLED: Final = 2_000


class Offsets:
    """The messages of one partition that were taken and are not settled yet."""

    def __init__(self) -> None:
        # In the order of their offsets, as they were taken.
        self._unsettled: dict[int, None] = {}
        self._next: int | None = None
        self._committed: int | None = None

    def take(self, offset: int) -> None:
        """Enter a message that was read."""
        self._unsettled[offset] = None
        self._next = offset + 1

    def settle(self, offset: int) -> None:
        """Enter that a message is delivered, dead, or durably elsewhere."""
        self._unsettled.pop(offset, None)

    @property
    def is_full(self) -> bool:
        """Return whether no further message is to be taken for now."""
        return len(self._unsettled) >= MOST_UNSETTLED

    def to_commit(self) -> int | None:
        """Return the offset to commit: of the first message that is not settled; None where that is committed."""
        position = next(iter(self._unsettled), self._next)
        return None if position == self._committed else position

    def committed(self, offset: int) -> None:
        """Enter that Kafka has the commit."""
        self._committed = offset

    def position(self, otherwise: int) -> int:
        """Return how far everything is settled; `otherwise` where nothing was read yet."""
        return next(iter(self._unsettled), otherwise if self._next is None else self._next)
