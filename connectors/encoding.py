"""Bytes of a feed to text: which encoding it is in, whatever it says. Pure.

feedparser can decode too; but its search for the encoding and the document type takes for ever on bytes that are made
to that end, so it gets text whose encoding is settled and whose preamble is short.
"""

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes
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
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
# Names that only browsers and old systems know.
_ALIASES: Final = {
    "sjis": "cp932", "eucjp": "euc_jp", "gbk": "gb18030", "gb231280": "gb18030", "big5hkscs": "big5hkscs",
    "windows31j": "cp932", "cswindows31j": "cp932", "msgb": "gb18030", "win1250": "cp1250", "win1251": "cp1251",
    "win1252": "cp1252", "win1254": "cp1254", "win1256": "cp1256", "cp1251windows": "cp1251", "utf8mb4": "utf-8",
    "unicode11utf8": "utf-8", "maccyrillic": "mac_cyrillic", "windows874": "tis_620",
    "iso88598i": "iso8859_8", "iso88598e": "iso8859_8", "iso88596i": "iso8859_6", "koi8": "koi8_r",
}  # fmt: skip
# What is looked for where nothing is said: other scripts, in what outlets wrote them in before UTF-8.
_CANDIDATES: Final = [
    "cp1251", "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1253", "cp1255", "cp1256", "tis_620",
]  # fmt: skip
_BETWEEN_TAGS: Final = re.compile(rb"[^<>]{2,}")
_STRAY: Final = "wirewatch.stray"
_ENOUGH: Final = 8_000
_FEWEST: Final = 12
# What is not in the encoding that a text names is less than one of so many parts of what is not ASCII.
_FEW: Final = 10
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
    named = f"is not in the encoding that it names ({', '.join(said)})"
    problem = named if said else None
    for name in said:
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        # Anything can be read as Latin: a server says it of what is full of another script, too.
        likely = _likely(body) if name == "cp1252" else name
        return Decoded(text, name) if likely == name else _as(body, likely, f"{named}; read as {likely}")
    if _nearly_utf8(body, 2 if "utf-8" in said else 10):
        return Decoded(body.decode("utf-8", _STRAY), "utf-8", problem or "holds bytes that are no UTF-8")
    for name in said:
        if name != "utf-8" and _nearly(body.decode(name, "replace"), _FEW):
            return _as(body, name)
    likely = _likely(body)
    return _as(body, likely, f"{named if said else 'names no encoding'}; read as {likely}")


def _likely(body: bytes) -> str:
    """Return the encoding that the texts look like: of another script where they are full of it, else windows-1252."""
    texts = b" ".join(text for text in _BETWEEN_TAGS.findall(body[:500_000]) if not text.isascii())[:_ENOUGH]
    high = sum(byte > 127 for byte in texts)
    # Latin scripts have an accent here and there.
    if high < _FEWEST or high * 3 < len(texts):
        return "cp1252"
    found = from_bytes(texts, cp_isolation=_CANDIDATES).best()
    return found.encoding if found is not None else "cp1252"


def _nearly_utf8(body: bytes, parts: int) -> bool:
    """Whether what is not UTF-8 is less than one of so many parts of what is not ASCII."""
    return _nearly(body.decode("utf-8", "replace"), parts)


def _nearly(text: str, parts: int) -> bool:
    wrong = text.count("\ufffd")
    return wrong * parts <= sum(1 for character in text[:200_000] if character > "\x7f")


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that stand in a UTF-8 text and are none: quotes and dashes of windows-1252 that somebody pasted."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    pasted = len(stray) == 1 and 0x80 <= stray[0] <= 0xA0
    return stray.decode("cp1252", "replace") if pasted else "\ufffd", error.end


codecs.register_error(_STRAY, _stray)


def _codec(name: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("x-"))
    try:
        found = codecs.lookup(_ALIASES.get(plain, name)).name
    except (LookupError, ValueError):
        return None
    if found in _UNFIT or not getattr(codecs.lookup(found), "_is_text_encoding", True):
        return None
    return _MEANT.get(found, found)


def _as(body: bytes, name: str, problem: str | None = None) -> Decoded:
    try:
        return Decoded(body.decode(name), name, problem)
    except UnicodeDecodeError:
        return Decoded(body.decode(name, "replace"), name, problem or f"holds bytes that are no {name}")
