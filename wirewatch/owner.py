"""Ends a stage when its owner is gone, from the stage's first moment on. Imports nothing but the standard library."""

import os
import threading
from collections.abc import Mapping
from typing import Final

# The reading end of a pipe that only the owner holds open.
OWNER_FD: Final = "WIREWATCH_OWNER_FD"


def end_with_owner(environment: Mapping[str, str] = os.environ) -> None:
    """Have this process end as soon as its owner does, however that ends; nothing where it has no owner."""
    descriptor = environment.get(OWNER_FD)
    if descriptor:
        threading.Thread(target=_wait, args=(int(descriptor),), daemon=True).start()


def _wait(descriptor: int) -> None:
    try:
        os.read(descriptor, 1)
    finally:
        # Nobody is left to stop for in order: what is unacknowledged comes again.
        os._exit(1)
