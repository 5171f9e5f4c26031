"""The command line: one file a command.

Exit codes: 0 all is well; 1 it ran and something is wrong (a story lost, a topic that differs, a mistake in the
configuration); 2 it was called wrongly; 70 a stage lost its Kafka and is to be started again.
"""

import sys

from wirewatch.cli.app import cli
from wirewatch.errors import WirewatchError


def main() -> None:
    """Run the command line; an error that a person can act on is a line, not a traceback."""
    # Each module adds its commands to `cli`.
    from wirewatch.cli import (  # noqa: F401
        backtest,
        backup,
        broker,
        config,
        console,
        dead,
        deadlines,
        deliver,
        deliveries,
        desks,
        editorial,
        endpoints,
        explain,
        feeds,
        init,
        lexicon,
        missed,
        pairs,
        poll,
        precision,
        records,
        status,
        stream,
        topics,
        trace,
        up,
        watch,
    )

    try:
        cli()
    except WirewatchError as error:
        print(f"wirewatch: {error}", file=sys.stderr)
        raise SystemExit(1) from error
