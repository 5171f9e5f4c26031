"""Weights that were learned, as data: one JSON file a language, read once a process."""

from base64 import b64decode
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from wirewatch.errors import InputError


class Learned(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of weights: a row each for what a vector and the classes of words say, a column for each answer."""

    answers: tuple[str, ...]
    # The classes of words that have a row, in order.
    classes: tuple[str, ...]
    # Half floats, row by row.
    weights: str
    # What was learned of neighbouring words, half floats in a row; none where nothing was.
    neighbours: str = ""

    def table(self) -> NDArray[np.float32]:
        """Return the weights."""
        return _numbers(self.weights).reshape(-1, len(self.answers))

    def of_neighbours(self) -> NDArray[np.float32]:
        """Return the weights of neighbouring words, in a row."""
        return _numbers(self.neighbours)


def _numbers(text: str) -> NDArray[np.float32]:
    return np.frombuffer(b64decode(text), dtype="<f2").astype(np.float32)


@cache
def learned(name: str) -> Learned | None:
    """Return what was learned under `name` ("en/turns"), or None where nothing was.

    Raises:
        InputError: the file is not as it should be.
    """
    path = files("streams.lexicons").joinpath(f"{name}.json")
    try:
        return msgspec.json.decode(path.read_bytes(), type=Learned)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise InputError(f"The weights {name!r} cannot be read: {error}") from error
