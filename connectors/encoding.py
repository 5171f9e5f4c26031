"""Bytes of a feed to text: which encoding it is in, whatever it says. Pure.

feedparser can decode too; but its search for the encoding and the document type takes for ever on bytes that are made
to that end, so it gets text whose encoding is settled and whose preamble is short.
"""

import codecs
import re
from typing import Final

from msgspec import Struct

_DECLARED: Final = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']", re.IGNORECASE
)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"<\?xml[^>]{0,1000}>", re.IGNORECASE)
# What XML may not hold, and outlets send: control characters, and references to them or to halves of characters.
_NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_FIRST_ELEMENT: Final = re.compile(r"<\w")
_SPACE: Final = re.compile(r"\s+")
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: Final = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# What outlets call it, and what they send.
_MEANT: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
}
# Not encodings of texts, or such that take quadratic time.
_UNFIT: Final = frozenset(["punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"])
_LONGEST_PREAMBLE: Final = 16_384


class Decoded(Struct, frozen=True):
    """A text, the encoding that it was read in, and what was wrong with it."""

    text: str
    encoding: str
    problem: str | None = None


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Return the body's text: by its byte order mark, as UTF-8 where it is that, else as it says."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _as(body[len(mark) :], name)
    for start, name in _UNMARKED:
        if body.lstrip(b" \t\r\n").startswith(start) if name == "cp037" else body.startswith(start):
            return _as(body, name)
    charset = _CHARSET.search(content_type)
    declared = _DECLARED.match(body.lstrip()[:400])
    said = [charset[1]] if charset else []
    said += [declared[1].decode("ascii")] if declared else []
    names = [name for name in map(_codec, said) if name]
    # Many servers say latin-1 of whatever they send; who wrote the declaration knew the text.
    names.sort(key=lambda name: name == "cp1252")
    return _by_what_it_says(body, names)


def characters_kept(text: str) -> str:
    """Return the text without the characters that make XML unreadable."""
    kept = _NO_CHARACTER.sub("", text)
    return _REFERENCE.sub(_kept_reference, kept) if "&#" in kept else kept


def preamble_cut(text: str) -> str:
    """Return the text without XML declaration, its preamble short and on few lines: what feedparser can bear."""
    bare = _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)
    first = _FIRST_ELEMENT.search(bare)
    if first is None:
        return bare
    preamble = _SPACE.sub(lambda space: "\n" if "\n" in space[0] else " ", bare[: first.start()])
    if len(preamble) > _LONGEST_PREAMBLE:
        preamble = ""
    return preamble + bare[first.start() :]


def _kept_reference(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    allowed = code <= 0x10FFFF and not _NO_CHARACTER.match(chr(code))
    return reference[0] if allowed else ""


def _by_what_it_says(body: bytes, said: list[str]) -> Decoded:
    # Bytes that are UTF-8 by chance are rarer than headers that are wrong; 7-bit ones may be an Asian encoding.
    if not any(name.startswith(("iso2022", "hz")) for name in said):
        try:
            return Decoded(body.decode(), "utf-8")
        except UnicodeDecodeError:
            pass
    for name in said:
        try:
            return Decoded(body.decode(name), name)
        except UnicodeDecodeError:
            continue
    problem = f"is not in the encoding that it names ({', '.join(said)})" if said else None
    if _nearly_utf8(body):
        return Decoded(body.decode("utf-8", "replace"), "utf-8", problem or "holds bytes that are no UTF-8")
    return Decoded(body.decode("cp1252", "replace"), "cp1252", problem or "names no encoding")


def _nearly_utf8(body: bytes) -> bool:
    """Whether what is not UTF-8 is a small part of what is not ASCII."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong * 10 < sum(1 for character in text[:200_000] if character > "\x7f")


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if found in _UNFIT or not getattr(codecs.lookup(found), "_is_text_encoding", True):
        return None
    return _MEANT.get(found, found)


def _as(body: bytes, name: str) -> Decoded:
    try:
        return Decoded(body.decode(name), name)
    except UnicodeDecodeError:
        return Decoded(body.decode(name, "replace"), name, f"holds bytes that are no {name}")
