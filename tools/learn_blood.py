"""Learn when a sentence tells of blood, from our own labelled sentences, and write it to the language's lexicons.

    .venv/bin/python tools/learn_blood.py

No random numbers, so the same sentences give the same file.
"""

import json
import sys
from base64 import b64encode
from typing import Any

import msgspec
import numpy as np
from learn_turns import DATA, ROOT, fitted, measured, others

from streams.lexicons.learned import Learned
from streams.rules.bloodshed import ANSWERS
from streams.rules.grammar_building import grammar
from streams.rules.second_reading import SecondReader

# "events-last" is for tests alone.
FILES = ("events", "events-first", "events-unseen", "events-wide")


def sentences(name: str) -> list[tuple[str, str, int]]:
    """Return the sentences of a file with the number of their answer."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [(row["text"], "", 0 if row["violent"] else 1) for row in rows]


def main() -> None:
    """Learn, and write what was learned."""
    known = grammar("en")
    classes = tuple(sorted(name for name in known.classes if not name.startswith("=")))
    reader = SecondReader(known, classes, None)
    told = [
        *(sentence for name in FILES for sentence in sentences(name)),
        *((title, summary, 1) for title, summary, _ in others()),
    ]
    answers = np.array([answer for _, _, answer in told])
    weights = fitted(measured(reader, told), answers, len(ANSWERS)).astype("<f2")
    learned = Learned(ANSWERS, classes, b64encode(weights.tobytes()).decode())
    path = ROOT / "streams" / "lexicons" / "en" / "blood.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n")
    sys.stdout.write(f"{path.relative_to(ROOT)}: learned from {len(told)} sentences\n")


if __name__ == "__main__":
    main()
