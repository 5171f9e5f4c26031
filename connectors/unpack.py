"""Unpacks an answer while it arrives, within a limit: a bomb is found when it goes off, and costs no more than that."""

import zlib
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import brotli
import zstandard

from wirewatch.errors import WirewatchError

ACCEPTED: Final = "gzip, deflate, br, zstd"
_GZIP: Final = b"\x1f\x8b"
_ANY_HEADER: Final = 32 + zlib.MAX_WBITS
_NO_HEADER: Final = -zlib.MAX_WBITS
_PIECE: Final = 65_536
_ZSTD_STEP: Final = 256


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
    if len(named) == 1 and named[0] in _WHOLE:
        return _UnpackedWhole(limit, _WHOLE[named[0]])
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
        # None before the first two bytes, which tell the kind, and between two files that are joined.
        self._machine: zlib._Decompress | None = None
        self._waiting = b""
        self._ended = False

    def take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._limit:
            raise TooLargeError(f"The answer is larger than {self._limit} bytes")
        rest = self._waiting + chunk
        self._waiting = b""
        try:
            while rest:
                rest = self._unpack(rest)
        except zlib.error as error:
            raise EncodingError(f"The answer's packing is broken: {error}") from error

    def body(self) -> bytes:
        if self._machine is not None or (self._waiting and not self._ended):
            raise EncodingError("The answer's packing ends too early")
        return b"".join(self._chunks)

    def _unpack(self, rest: bytes) -> bytes:
        """Unpack what can be, and return what is left to look at."""
        if self._machine is None:
            if len(rest) < 2:
                self._waiting = rest
                return b""
            if self._ended and not rest.startswith(_GZIP):
                # gzip files may be joined; anything else after the end is padding.
                return b""
            self._machine = zlib.decompressobj(_ANY_HEADER if _has_header(rest) else _NO_HEADER)
        machine = self._machine
        piece = machine.decompress(rest, self._limit - self._size + 1)
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLargeError(f"The answer unpacks to more than {self._limit} bytes")
        self._chunks.append(piece)
        if not machine.eof:
            return machine.unconsumed_tail
        self._machine, self._ended = None, True
        return machine.unused_data


def _has_header(start: bytes) -> bool:
    """Whether the bytes begin as gzip or zlib do, and not as bare deflate."""
    return start.startswith(_GZIP) or (start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0)


class _UnpackedWhole:
    """What is unpacked when all of it is here, in pieces that are counted; a feed is small when it is packed."""

    def __init__(self, limit: int, pieces: Callable[[bytes], Iterator[bytes]]) -> None:
        self._limit = limit
        self._pieces = pieces
        self._chunks: list[bytes] = []
        self._received = 0

    def take(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > self._limit:
            raise TooLargeError(f"The answer is larger than {self._limit} bytes")
        self._chunks.append(chunk)

    def body(self) -> bytes:
        packed = b"".join(self._chunks)
        whole: list[bytes] = []
        size = 0
        for piece in self._pieces(packed) if packed else ():
            size += len(piece)
            if size > self._limit:
                raise TooLargeError(f"The answer unpacks to more than {self._limit} bytes")
            whole.append(piece)
        return b"".join(whole)


def _brotli(packed: bytes) -> Iterator[bytes]:
    machine = brotli.Decompressor()
    rest = packed
    try:
        while piece := machine.process(rest, output_buffer_limit=_PIECE):
            yield piece
            # It keeps what it was given, and goes on with that.
            rest = b""
    except brotli.error as error:
        raise EncodingError("The answer's packing is broken: it is no brotli") from error
    if not machine.is_finished():
        raise EncodingError("The answer's packing ends too early")


def _zstd(packed: bytes) -> Iterator[bytes]:
    # Windows beyond this, RFC 9659 asks nobody on the web to hold.
    opener = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024)
    machine = opener.decompressobj()
    rest = packed
    try:
        while rest:
            # A block of four bytes can stand for 128 KiB: so many at a time are some megabytes at most.
            yield machine.decompress(rest[:_ZSTD_STEP])
            rest = machine.unused_data + rest[_ZSTD_STEP:]
            if machine.eof and rest:
                machine = opener.decompressobj()
    except zstandard.ZstdError as error:
        raise EncodingError(f"The answer's packing is broken: {error}") from error
    if not machine.eof:
        raise EncodingError("The answer's packing ends too early")


_WHOLE: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {"br": _brotli, "zstd": _zstd}
