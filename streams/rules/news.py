"""Is a story still news? By the newest tick, and by nothing else."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streams.rules.holds import Hold
from wirewatch.messages import Story

# What a feed is polled at and a story takes to be written: later than this is said.
USUAL_DELAY: Final = timedelta(minutes=15)


class NewsVerdict(Struct, frozen=True):
    """Why a story may not ring, or by how much it is late if that is worth saying."""

    hold: Hold | None = None
    late_by: float | None = None


def is_news(story: Story, now: datetime, max_age: timedelta | None) -> NewsVerdict:
    """Say whether a story is still news at `now`, and by how much it is late."""
    if story.first_poll and story.published is None:
        return NewsVerdict(Hold("undated", f"no date, on the first poll of {story.source}"))
    if story.first_poll:
        return NewsVerdict(
            Hold("first_poll", f"stood in {story.source} when that was polled for the first time")
        )
    age = now - min(story.at, story.fetched)
    if max_age is not None and age > max_age:
        return NewsVerdict(
            Hold("too_old", f"published {say_time(age)} ago; {say_time(max_age)} is the limit")
        )
    return NewsVerdict(late_by=age.total_seconds() if age > USUAL_DELAY else None)


def say_time(span: timedelta) -> str:
    """Return a span in the words of a newsroom: "30 s", "25 min", "3 h 10 min", "4 days"."""
    minutes = int(span.total_seconds() // 60)
    if 0 < span.total_seconds() < 60:
        return f"{int(span.total_seconds())} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes // 1440} days"
