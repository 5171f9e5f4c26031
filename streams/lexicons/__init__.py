"""The words, as data: one TOML file a language and subject, read once a process."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from wirewatch.errors import InputError

# The language whose lexicons the others are held to.
MODEL: Final = "en"


@cache
def lexicon(name: str) -> dict[str, Any]:
    """Return the lexicon `name` ("en/figures" is streams/lexicons/en/figures.toml).

    Raises:
        InputError: there is none, or it is no TOML; says where.
    """
    data = _read(name)
    language, _, subject = name.partition("/")
    model = files("streams.lexicons").joinpath(MODEL, f"{subject}.toml")
    if not subject or language == MODEL or not model.is_file():
        return data
    return _with_empty(data, _read(f"{MODEL}/{subject}"))


def _with_empty(data: dict[str, Any], model: dict[str, Any]) -> dict[str, Any]:
    """Return a language's lexicon with the lists that it lacks: what a rule asks of them, it asks in vain."""
    whole = dict(data)
    for key, value in model.items():
        if isinstance(value, list):
            whole.setdefault(key, [])
        elif isinstance(value, dict) and isinstance(whole.get(key, {}), dict):
            whole[key] = _with_empty(whole.get(key, {}), value)
    return whole


@cache
def _read(name: str) -> dict[str, Any]:
    path = files("streams.lexicons").joinpath(f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"There is no lexicon {name!r}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The lexicon {name!r} is no valid TOML: {error}") from error
