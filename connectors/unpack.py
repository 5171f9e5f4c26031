"""Unpacks an answer while it arrives, within a limit: a bomb is found when it goes off, and costs no more than that."""

import zlib
from typing import Final, Protocol

from wirewatch.errors import WirewatchError

# What the stack can unpack. brotli and zstd would need libraries of their own and are not asked for.
ACCEPTED: Final = "gzip, deflate"
_GZIP: Final = b"\x1f\x8b"
_ANY_HEADER: Final = 32 + zlib.MAX_WBITS
_NO_HEADER: Final = -zlib.MAX_WBITS


class TooLargeError(WirewatchError):
    """An answer beyond the limit, as received or as unpacked."""


class EncodingError(WirewatchError):
    """An answer that cannot be unpacked."""


class Sink(Protocol):
    """Takes the bytes as they arrive and gives the body."""

    def take(self, chunk: bytes) -> None:
        """Take the next bytes."""
        ...

    def body(self) -> bytes:
        """Return the whole body."""
        ...


def sink_for(encoding: str, limit: int) -> Sink:
    """Return what unpacks a Content-Encoding.

    Raises:
        EncodingError: it is one that was not asked for.
    """
    named = [
        part.strip().lower() for part in encoding.split(",") if part.strip().lower() not in {"", "identity"}
    ]
    if not named:
        return _Plain(limit)
    if len(named) == 1 and named[0] in {"gzip", "x-gzip", "deflate"}:
        return _Unpacked(limit)
    raise EncodingError(f"The answer is packed as {encoding[:40]!r}, which was not asked for")


class _Plain:
    """Bytes as they are; a file that is itself gzip is unpacked when it is whole."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLargeError(f"The answer is larger than {self._limit} bytes")
        self._chunks.append(chunk)

    def body(self) -> bytes:
        whole = b"".join(self._chunks)
        if not whole.startswith(_GZIP):
            return whole
        unpacked = _Unpacked(self._limit)
        unpacked.take(whole)
        return unpacked.body()


class _Unpacked:
    """gzip, zlib or bare deflate, which some servers call the same."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._received = 0
        self._chunks: list[bytes] = []
        self._size = 0
        self._machine = zlib.decompressobj(_ANY_HEADER)
        self._first = b""

    def take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._limit:
            raise TooLargeError(f"The answer is larger than {self._limit} bytes")
        try:
            self._unpack(chunk)
        except zlib.error as error:
            if self._size or self._first:
                raise EncodingError(f"The answer's packing is broken: {error}") from error
            self._first = chunk
            self._machine = zlib.decompressobj(_NO_HEADER)
            self._again(chunk)

    def body(self) -> bytes:
        if self._received and not self._machine.eof:
            raise EncodingError("The answer's packing ends too early")
        return b"".join(self._chunks)

    def _again(self, chunk: bytes) -> None:
        try:
            self._unpack(chunk)
        except zlib.error as error:
            raise EncodingError(f"The answer's packing is broken: {error}") from error

    def _unpack(self, chunk: bytes) -> None:
        rest = chunk
        while rest:
            if self._machine.eof:
                # gzip files may be joined; anything else after the end is padding.
                if not rest.startswith(_GZIP):
                    return
                self._machine = zlib.decompressobj(_ANY_HEADER)
            piece = self._machine.decompress(rest, self._limit - self._size + 1)
            self._size += len(piece)
            if self._size > self._limit:
                raise TooLargeError(f"The answer unpacks to more than {self._limit} bytes")
            self._chunks.append(piece)
            rest = self._machine.unused_data if self._machine.eof else self._machine.unconsumed_tail
