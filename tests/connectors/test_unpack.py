"""Unpacking within limits."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from connectors.unpack import EncodingError, TooLargeError, sink_for

BODY = b"<rss/>" * 1_000
BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(BODY) + BARE.flush()


def unpack(encoding: str, packed: bytes, *, limit: int = 10_000, pieces: int = 7) -> bytes:
    sink = sink_for(encoding, limit)
    for start in range(0, len(packed), pieces):
        sink.take(packed[start : start + pieces])
    return sink.body()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", BODY),
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("GZIP", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", DEFLATED),
        ("", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:3000]) + gzip.compress(BODY[3000:])),
        ("gzip", gzip.compress(BODY) + b"\x00\x00"),
        ("gzip", b""),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
        ("ZSTD", zstandard.compress(BODY[:3000]) + zstandard.compress(BODY[3000:])),
        ("br", b""),
        ("zstd", b""),
    ],
)
@pytest.mark.parametrize("pieces", [1, 7, 100_000])
def test_unpacks_what_servers_send(encoding: str, packed: bytes, pieces: int) -> None:
    assert unpack(encoding, packed, pieces=pieces) == (BODY if packed else b"")


def test_a_bomb_goes_off_at_the_limit() -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)
    sink = sink_for("gzip", 100_000)
    with pytest.raises(TooLargeError, match="unpacks to more than 100000 bytes"):
        sink.take(bomb)


def test_a_bomb_without_a_header_goes_off_too() -> None:
    with pytest.raises(TooLargeError, match="unpacks"):
        unpack("", gzip.compress(b"\x00" * 1_000_000), limit=10_000, pieces=100_000)


def test_a_large_body_is_given_up_when_the_limit_is_passed() -> None:
    with pytest.raises(TooLargeError, match="larger than 10000 bytes"):
        unpack("", b"x" * 20_000)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress)]
)
def test_a_long_body_is_whole(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = b"".join(b"<item>%d</item>" % number for number in range(60_000))
    assert unpack(encoding, pack(body), limit=2_000_000, pieces=5_000) == body


@pytest.mark.parametrize(("encoding", "pack"), [("br", brotli.compress), ("zstd", zstandard.compress)])
def test_a_small_bomb_of_a_newer_kind_goes_off_at_the_limit(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(TooLargeError, match="unpacks to more than 100000 bytes"):
        unpack(encoding, pack(b"\x00" * 50_000_000), limit=100_000, pieces=100_000)


@pytest.mark.parametrize("encoding", ["br, zstd", "gzip, gzip", "compress"])
def test_a_packing_that_was_not_asked_for_is_named(encoding: str) -> None:
    with pytest.raises(EncodingError, match="not asked for"):
        sink_for(encoding, 1_000)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", b"not packed at all"),
        ("gzip", gzip.compress(BODY)[:-20]),
        ("gzip", gzip.compress(BODY)[:30]),
        ("br", b"not packed at all, and long enough to be sure"),
        ("br", brotli.compress(BODY)[:-3]),
        ("zstd", b"not packed at all"),
        ("zstd", zstandard.compress(BODY)[:-3]),
    ],
)
def test_a_broken_packing_is_named(encoding: str, packed: bytes) -> None:
    with pytest.raises(EncodingError, match="packing"):
        unpack(encoding, packed)
