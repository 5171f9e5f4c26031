"""The table of word vectors, from inside the wordllama wheel: no download, and none of what its import pulls in."""

import struct
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from wirewatch.errors import InputError


@cache
def word_table() -> tuple[NDArray[np.float16], Callable[[str], Sequence[int]]]:
    """Return the word vectors and what finds a word's rows in them, loaded once a process.

    Raises:
        InputError: the wordllama package is missing or its files are not as they should be.
    """
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("The package wordllama is not installed: run `make install`")
    folder = Path(next(iter(spec.submodule_search_locations)))
    try:
        raw = (folder / "weights" / "l2_supercat_256.safetensors").read_bytes()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
        (length,) = struct.unpack_from("<Q", raw)
        entry = msgspec.json.decode(raw[8 : 8 + length])["embedding.weight"]
        table = np.frombuffer(raw, dtype="<f2", offset=8 + length).reshape(entry["shape"])
    except Exception as error:  # tokenizers raises bare Exceptions
        raise InputError(f"The word vectors in {folder} cannot be read: install wordllama again") from error
    return table, lambda word: tokenizer.encode(word, add_special_tokens=False).ids
