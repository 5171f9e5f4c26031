"""`reader` from PyPI on the feeds of `benchmarks.polling`, by an interpreter that has it.

    PYTHON polling_reader.py FILE WORKERS < addresses

Prints the seconds that updating all feeds took, and how many of them it has read.
"""

import logging
import sys
import time

from reader import make_reader  # type: ignore[import-not-found] # installed for the benchmark alone


def main() -> None:
    """Update all feeds once."""
    logging.disable(logging.CRITICAL)
    file, workers = sys.argv[1], int(sys.argv[2])
    with make_reader(file) as reader:
        for address in sys.stdin.read().split():
            reader.add_feed(address, exist_ok=True)
        began = time.perf_counter()
        reader.update_feeds(workers=workers, scheduled=False)
        seconds = time.perf_counter() - began
        read = reader.get_feed_counts(broken=False).total
    print(seconds, read)


if __name__ == "__main__":
    main()
