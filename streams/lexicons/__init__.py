"""The words, as data: one TOML file a language and subject, read once a process."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from wirewatch.errors import InputError


@cache
def lexicon(name: str) -> dict[str, Any]:
    """Return the lexicon `name` ("en/figures" is streams/lexicons/en/figures.toml).

    Raises:
        InputError: there is none, or it is no TOML; says where.
    """
    path = files("streams.lexicons").joinpath(f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no lexicon {name!r}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The lexicon {name!r} is no valid TOML: {error}") from error
