"""Other readers of figures on the texts of `benchmarks.findings`, by an interpreter that has them.

    PYTHON findings_others.py quantulum3|recognizers-text SECONDS < TEXTS

Reads JSON strings, one a line; prints how many texts it read in about so many seconds of processor time, how many
seconds those were, and how many figures it found.
"""

import json
import sys
import warnings
from collections.abc import Callable, Iterable
from time import process_time

# The first texts pay for what a reader loads when it is first used.
WARM_UP = 3


def quantulum3() -> Callable[[str], int]:
    """Return a way to read quantities with quantulum3, without its classifier."""
    from quantulum3 import parser  # type: ignore[import-not-found] # installed for the benchmark alone

    return lambda text: len(parser.parse(text))


def recognizers_text() -> Callable[[str], int]:
    """Return a way to read numbers, percentages, currencies, measures, degrees and ages, as ours does in one go."""
    from recognizers_number import (  # type: ignore[import-not-found] # installed for the benchmark alone
        Culture,
        recognize_number,
        recognize_percentage,
    )
    from recognizers_number_with_unit import (  # type: ignore[import-not-found] # installed for the benchmark alone
        recognize_age,
        recognize_currency,
        recognize_dimension,
        recognize_temperature,
    )

    recognize = (
        recognize_number,
        recognize_percentage,
        recognize_currency,
        recognize_dimension,
        recognize_temperature,
        recognize_age,
    )
    return lambda text: sum(len(each(text, Culture.English)) for each in recognize)


READERS = {"quantulum3": quantulum3, "recognizers-text": recognizers_text}


def read(reader: Callable[[str], int], texts: Iterable[str], seconds: float) -> tuple[int, float, int]:
    """Read until the texts or the time are over."""
    count, found = 0, 0
    begun = process_time()
    for text in texts:
        found += reader(text)
        count += 1
        if process_time() - begun > seconds:
            break
    return count, process_time() - begun, found


def main() -> None:
    """Read the texts."""
    warnings.simplefilter("ignore")
    texts = [json.loads(line) for line in sys.stdin]
    reader = READERS[sys.argv[1]]()
    read(reader, texts[:WARM_UP], 60.0)
    print(*read(reader, texts[WARM_UP:], float(sys.argv[2])))


if __name__ == "__main__":
    main()
