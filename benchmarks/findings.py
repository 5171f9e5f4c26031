"""Stories a second through figures, record claims and escalation together, on one core, beside other readers of figures.

    python -m benchmarks.findings [FILE...] [--others PYTHON | --no-others]

Three sets of our own stories, none told twice in a round, and what was remembered of their sentences is forgotten
between the rounds:

    news        headline and summary of short reports of many kinds, which is what a wire is like
    dense       headline and summary of the demo's stories and of those labelled for records: nearly all of them count,
                claim or escalate
    articles    full articles, of several reports each

and of each FILE of stories, a JSON object a line as `wirewatch backtest` reads them, headline and summary, and the
articles where it has a text. quantulum3 and recognizers-text only look for figures, and read the same texts until
their time is over. They are no dependencies: unless `--others` names an interpreter that has them, they are installed
into an environment that is thrown away afterwards; where that fails it says so, and goes on without.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from streams.rules.escalation import find_escalations
from streams.rules.figures import find_figures
from streams.rules.reading import read
from streams.rules.record_claims import find_record_claims
from streams.rules.signature import HeadlineVectors
from streams.rules.tokens import tokenise, words_of
from wirewatch.demo.script import load_script
from wirewatch.messages import Story

DATA: Final = Path(__file__).parent.parent / "tests" / "streams" / "rules" / "data"
NEWS: Final = ("clusters-hard.jsonl", "clusters-own.jsonl")
RECORDS: Final = ("records-dev.jsonl", "records-own.jsonl")
# Letters of an article, and words of a summary that a story has none of.
ARTICLE: Final = 4_000
SUMMARY: Final = 30
ROUNDS: Final = 5
SHORT_AIM: Final = 5_000
LONG_AIM: Final = 300
AT: Final = datetime(2025, 6, 2, tzinfo=UTC)
OTHERS: Final = ("quantulum3", "recognizers-text")
# recognizers-text wants emoji before its version 2, and does not say so.
PACKAGES: Final = ("quantulum3==0.10.0", "recognizers-text-suite==1.0.2a2", "emoji<2")
# Seconds of processor time that another reader has for a set.
PATIENCE: Final = 10.0

Texts = tuple[str, str, str]


def items(file: Path) -> list[Texts]:
    """Return title, summary and text of each story of a file."""
    told = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(each["title"], each.get("summary") or "", each.get("text") or "") for each in told]


def demo() -> list[Texts]:
    """Return the demo's stories but for the copies."""
    return [(each.title, each.summary, each.text) for each in load_script().stories if each.copy_of is None]


def short(told: Iterable[Texts]) -> list[Story]:
    """Return headline and summary of each; where it has none, the beginning of its text."""
    once = dict.fromkeys(
        (title, summary or " ".join(text.split()[:SUMMARY])) for title, summary, text in told
    )
    return [story(number, title, summary) for number, (title, summary) in enumerate(once)]


def articles(told: Iterable[Texts]) -> list[Story]:
    """Return articles of about so many letters, of several reports where those are shorter."""
    found: list[Story] = []
    first, body = "", ""
    for title, summary, text in told:
        first = first or title
        body += f"{summary} {text}\n"
        if len(body) >= ARTICLE:
            found.append(story(len(found), first, "", body))
            first, body = "", ""
    return found


def story(number: int, title: str, summary: str, text: str = "") -> Story:
    """Return a story of these texts."""
    return Story(
        id=str(number), version="1", feed="f", source="s", title=title, summary=summary, text=text,
        fetched=AT, lang="en",
    )  # fmt: skip


def measure(label: str, stories: Sequence[Story], vectors: HeadlineVectors) -> float:
    """Return and print the stories a second of the best round."""
    best, figures, claims, turns = 0.0, 0, 0, 0
    for _ in range(ROUNDS):
        tokenise.cache_clear()
        words_of.cache_clear()
        figures, claims, turns = 0, 0, 0
        begun = process_time()
        for each in stories:
            reading = read(each)
            counted = find_figures(reading)
            figures += len(counted)
            claims += len(find_record_claims(reading, counted))
            turns += len(find_escalations(reading, counted, vectors))
        best = max(best, len(stories) / (process_time() - begun))
    letters = sum(len(each.title) + len(each.summary) + len(each.text) for each in stories) // len(stories)
    per = f"{figures / len(stories):.1f} figures, {claims / len(stories):.2f} claims, {turns / len(stories):.2f} turns"
    print(f"{label}: {best:,.0f} stories/s ({len(stories)} of {letters} letters; {per} each)", flush=True)
    return best


def beside(python: Path, stories: Sequence[Story], ours: float) -> None:
    """Print what the other readers do on the same texts."""
    texts = "\n".join(json.dumps(f"{each.title}. {each.summary} {each.text}") for each in stories)
    for name in OTHERS:
        command = [str(python), str(Path(__file__).with_name("findings_others.py")), name, str(PATIENCE)]
        done = subprocess.run(command, input=texts, text=True, capture_output=True, check=False)
        if done.returncode:
            print(f"  {name} does not run here: {done.stderr.strip().splitlines()[-1:]}")
            continue
        count, seconds, figures = done.stdout.split()
        rate = int(count) / float(seconds)
        per = int(figures) / int(count)
        print(
            f"  {name}, figures alone: {rate:,.1f} stories/s ({count} of them; {per:.1f} figures each); ours ratio {ours / rate:,.0f}",
            flush=True,
        )


def environment(folder: Path) -> Path | None:
    """Return an interpreter that has the others, in an environment made for it; None where that cannot be had."""
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run(install, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"without {' and '.join(OTHERS)}: they could not be installed ({error})")
        print(
            f"  where they can: pip install {' '.join(PACKAGES)}, and --others PYTHON".replace("<2", "'<2'")
        )
        return None
    return python


def sets(files: Sequence[Path]) -> Iterable[tuple[str, list[Story], float]]:
    """Yield each set of stories with its name and the rate that it is to reach; 0 where none is asked for."""
    news = [each for name in NEWS for each in items(DATA / name)]
    dense = [*demo(), *(each for name in RECORDS for each in items(DATA / name))]
    yield "news", short(news), SHORT_AIM
    yield "dense", short(dense), 0
    yield "articles", articles(news), LONG_AIM
    for file in files:
        told = items(file)
        yield file.stem, short(told), SHORT_AIM
        if full := articles(each for each in told if each[2]):
            yield f"{file.stem}, articles", full, LONG_AIM


def main() -> int:
    """Measure all sets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.findings")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--others", type=Path, help="an interpreter that has quantulum3 and recognizers-text")
    parser.add_argument("--no-others", action="store_true")
    chosen = parser.parse_args()
    vectors = HeadlineVectors()
    missed = []
    with TemporaryDirectory(prefix="wirewatch-findings-") as folder:
        others = None if chosen.no_others else chosen.others or environment(Path(folder) / "env")
        for name, stories, aim in sets(chosen.files):
            rate = measure(name, stories, vectors)
            if rate < aim:
                missed.append(f"{name}: {rate:,.0f} of {aim:,} stories/s")
            if others is not None:
                beside(others, stories, rate)
    for each in missed:
        print(f"slower than it should be: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
