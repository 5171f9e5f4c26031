"""The ends that were set and are still to come: each told once, however many outlets tell it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.rules.step import Output
from wirewatch.ids import identify
from wirewatch.messages import ClusteredStory, Deadline, DeadlineNotice

# A span that is counted from two days is one deadline.
SLACK: Final = timedelta(days=2)
# What is over for so long is forgotten here; it stays on the topic.
KEPT: Final = timedelta(days=7)
MOST: Final = 5_000
_decoder = msgspec.json.Decoder(DeadlineNotice)


class DeadlineBook:
    """The deadlines by id, and what one message changed of them."""

    def __init__(self) -> None:
        self._known: dict[str, DeadlineNotice] = {}
        self._puts: dict[str, bytes | None] = {}

    def restore(self, value: bytes) -> None:
        """Take up a stored deadline."""
        notice = _decoder.decode(value)
        self._known[notice.id] = notice

    def begin(self) -> None:
        """Forget what the last message changed."""
        self._puts = {}

    def puts(self) -> dict[str, bytes | None]:
        """Return the state entries that the message changed."""
        return self._puts

    def hear(self, message: ClusteredStory) -> tuple[Output, ...]:
        """Return the deadlines that a story is the first to tell."""
        return tuple(Output("deadlines", notice.id, notice) for notice in self._new(message))

    def _new(self, message: ClusteredStory) -> Iterator[DeadlineNotice]:
        story = message.story
        # An old story's deadline is over or known.
        told = min(story.at, story.fetched)
        for one in message.deadlines:
            if one.until <= told or any(
                _is_same(known, one, message.cluster) for known in self._known.values()
            ):
                continue
            notice = DeadlineNotice(
                identify("deadline", message.cluster, one.kind, one.due), message.cluster, one.kind, one.due,
                one.until, one.phrase, story.quoted(one.sentence), story.title, story.source, story.id, told,
                one.set_by if story.redistribute else None, story.url,
            )  # fmt: skip
            self._forget(told)
            self._known[notice.id] = notice
            self._puts[f"deadline/{notice.id}"] = msgspec.json.encode(notice)
            yield notice

    def _forget(self, now: datetime) -> None:
        over = [name for name, one in self._known.items() if one.until < now - KEPT]
        if len(self._known) - len(over) >= MOST:
            over.append(min(self._known, key=lambda name: (self._known[name].told, name)))
        for name in dict.fromkeys(over):
            del self._known[name]
            self._puts[f"deadline/{name}"] = None


def _is_same(known: DeadlineNotice, one: Deadline, cluster: str) -> bool:
    """Whether a deadline is one that was told: of the same event, or by the same setter for the same day."""
    if known.kind != one.kind or abs(known.until - one.until) > SLACK:
        return False
    if known.cluster == cluster:
        return True
    setters = _last(known.set_by) and _last(known.set_by) == _last(one.set_by)
    return bool(setters) and known.due == one.due


def _last(name: str | None) -> str:
    """Return the name that a person goes by: "US President Donald Trump" is "Trump"."""
    return name.rsplit(" ", 1)[-1].casefold() if name else ""
