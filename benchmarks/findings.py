"""Stories a second through figures, record claims and escalation, on one core: headlines with summaries, and articles.

The stories are our own labelled ones, so that every third claims a record or an escalation, far more than on any wire;
"plain" are those of the clusters, which is what a wire is like. An article is several of them in one.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from streams.rules.escalation import find_escalations
from streams.rules.figures import find_figures
from streams.rules.reading import read
from streams.rules.record_claims import find_record_claims
from wirewatch.messages import Story

DATA = Path(__file__).parent.parent / "tests" / "streams" / "rules" / "data"
ARTICLE = 4_000
ROUNDS = 5
AT = datetime(2025, 6, 2, tzinfo=UTC)


def items(name: str) -> Iterator[tuple[str, str, str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        yield item["title"], item.get("summary") or "", item.get("text") or ""


def story(number: int, title: str, summary: str, text: str = "") -> Story:
    return Story(
        id=str(number),
        version="1",
        feed="f",
        source="s",
        title=title,
        summary=summary,
        text=text,
        fetched=AT,
        lang="en",
    )


def short(names: Sequence[str]) -> list[Story]:
    told = [entry for name in names for entry in items(name)]
    return [story(number, title, summary) for number, (title, summary, _) in enumerate(told)]


def articles(name: str) -> list[Story]:
    found: list[Story] = []
    body = ""
    for title, summary, text in items(name):
        body += f"{summary} {text}\n"
        if len(body) >= ARTICLE:
            found.append(story(len(found), title, "", body))
            body = ""
    return found


def measure(label: str, stories: Sequence[Story]) -> float:
    best, found = 0.0, 0
    for _ in range(ROUNDS):
        start = process_time()
        found = 0
        for each in stories:
            reading = read(each)
            figures = find_figures(reading)
            found += len(find_record_claims(reading, figures)) + len(find_escalations(reading, figures))
        best = max(best, len(stories) / (process_time() - start))
    letters = sum(len(each.title) + len(each.summary) + len(each.text) for each in stories) // len(stories)
    print(
        f"{label:10} {best:8.0f} stories/s  ({len(stories)} of {letters} letters, {found / len(stories):.2f} findings each)"
    )
    return best


def main() -> int:
    reached = [
        measure("plain", short(["clusters-own.jsonl"])) >= 5_000,
        measure("articles", articles("clusters-own.jsonl")) >= 300,
    ]
    measure("labelled", short(["records-dev.jsonl", "records-own.jsonl"]))
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
