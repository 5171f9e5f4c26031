"""How many stories a second are signed, and clustered by the one writer with a full window behind it.

    python -m benchmarks.clustering [--window 50000] [--stories 3000] [--profile]

The stories are made up: events of invented names, told by one to six outlets each in words drawn as unevenly as a
language's, so that indexes meet both rare and common ones.
"""

import argparse
import cProfile
import pstats
import random
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

from streams.rules.clusters import Clusters
from streams.rules.reading import read
from streams.rules.signature import HeadlineVectors, sign
from wirewatch.messages import AnalysedStory, Story

START = datetime(2025, 6, 1, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "be",
    "do",
    "ka",
    "ki",
    "la",
    "lo",
    "ma",
    "mo",
    "na",
    "ni",
    "or",
    "pa",
    "ra",
    "ri",
    "sa",
    "so",
    "ta",
    "ti",
    "to",
    "va",
    "ve",
    "za",
    "ul",
    "en",
    "ar",
    "is",
    "on",
]
KINDS = ("dead", "injured", "houses", "drones", "cases", "people", "tonnes", "votes", "arrests", "flights")


def made_up_stories(seed: int) -> Iterator[Story]:
    """Yield stories without end, in time order; events overlap in time as news do."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    common = ["".join(draw.choices(SYLLABLES, k=draw.choice((2, 2, 3)))) for _ in range(6_000)]
    weights = [1 / (place + 10) for place in range(len(common))]
    open_events: list[tuple[list[str], list[str], int]] = []
    number = 0
    while True:
        if len(open_events) < 40 or draw.random() < 0.35:
            names = ["".join(draw.choices(SYLLABLES, k=4)).capitalize() for _ in range(3)]
            open_events.append((names, draw.choices(common, weights, k=24), draw.randrange(3, 900)))
        names, subject, figure = draw.choice(open_events)
        if draw.random() < 0.3:
            open_events.remove((names, subject, figure))
        words = draw.sample(subject, 14) + draw.choices(common, weights, k=22)
        draw.shuffle(words)
        at = START + timedelta(seconds=7 * number)
        title = f"{names[0]} {' '.join(words[:5])}, {figure} {draw.choice(KINDS)} in {names[1]}"
        text = f"{' '.join(words[5:20])} {names[1]} {figure} {' '.join(words[20:])} {names[2]}. On {at:%A} {names[0]}."
        number += 1
        yield Story(
            id=f"s{number}",
            version="1",
            feed="f",
            source=f"outlet-{draw.randrange(300)}",
            title=title,
            text=text,
            published=at,
            fetched=at,
        )


def analysed(count: int, seed: int = 1) -> tuple[list[AnalysedStory], float]:
    """Return signed stories and how many were signed a second."""
    vectors = HeadlineVectors()
    source = made_up_stories(seed)
    stories = [next(source) for _ in range(count)]
    begun = process_time()
    signed = [AnalysedStory(story=story, signature=sign(read(story), (), vectors)) for story in stories]
    return signed, count / (process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--window", type=int, default=50_000, help="stories in the window before measuring")
    parser.add_argument("--stories", type=int, default=3_000, help="stories measured")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    messages, signed = analysed(args.window + args.stories)
    print(f"signed         {signed:8,.0f} stories/s")
    clusters = Clusters()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table: dict[str, bytes] = {}
    begun = process_time()
    for message in messages[: args.window]:
        for key, value in clusters.handle(message).puts.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
    print(
        f"filled         {args.window / (process_time() - begun):8,.0f} stories/s of processor time, on the way to a full window"
    )
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"memory         {used / args.window * 1024:8,.0f} bytes a story; stored {sum(map(len, table.values())) / args.window:,.0f} bytes a story"
    )
    begun = process_time()
    Clusters().restore(table.items())
    print(f"restored       {args.window / (process_time() - begun):8,.0f} stories/s")
    times: list[float] = []
    profile = cProfile.Profile()
    if args.profile:
        profile.enable()
    for message in messages[args.window :]:
        begun = process_time()
        clusters.handle(message)
        times.append(process_time() - begun)
    profile.disable()
    times.sort()
    print(f"clustered      {len(times) / sum(times):8,.0f} stories/s with {args.window:,} in the window")
    print(
        f"a decision     p50 {1e3 * times[len(times) // 2]:.2f} ms, p99 {1e3 * times[int(len(times) * 0.99)]:.2f} ms"
    )
    if args.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
