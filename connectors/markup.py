"""Markup to text as a person reads it. Pure, and linear in the length of what outlets send."""

import html
import re
from typing import Final


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*)")
_QUOTE_OR_END: Final = re.compile(r"[\"'>]")
_LEFTOVER: Final = re.compile(
    r"</?(?:p|br|div|span|b|i|u|a|em|strong|img|ul|ol|li|h[1-6]|figure|blockquote)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
# So are those that turn the direction of writing, which words have without them, and by which others are disguised.
# A sign that keeps letters apart belongs to the spelling of Persian, Urdu and the languages of India.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
    "|(?<![\u0600-\u0dff])\u200c|\u200c(?![\u0600-\u0dff])"
)
_C1: Final = re.compile("[\x80-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_BLOCKS: Final = _names(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol optgroup option p pre section summary table tbody "
    "tfoot thead tr ul"
)
_CELLS: Final = _names("td th img")
_DROPPED: Final = _names(
    "audio button canvas embed head iframe map math noembed noframes noscript object script select style svg "
    "template textarea title video"
)
# Nothing of these is text, even where they do not end.
_CODE: Final = _names("script style")
_ENDS: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _DROPPED}
# What feeds put under every text, on a line of its own or at the end of the last one.
_BOILERPLATE: Final = re.compile(
    r"(?:^|(?<=[.!?…\]»”\"]) )"
    # One content system's line in the languages that it speaks.
    r"(?:(?:The post|Der Beitrag|L[’']article|La entrada|L[’']articolo|O post|O artigo|Het bericht|Wpis|Inlägget|Indlægget"
    r"|Innlegget|Сообщение|Запис|Příspěvek|Articolul|Yazı|Artikkeli|Postingan|The article) .{1,300}? "
    r"(?:appeared|first appeared|erschien|est apparu|se publicó|apareció|proviene|apareceu|verscheen|pojawił|dök upp|blev først"
    r"|dukket|появил|з['’]явив|byl nejdříve|apare|yazısı|julkaistiin|pertama kali|was first published)\w{0,8} .{1,200}"
    r"|\[?(?:Read more|Read the full (?:story|article)|Read full (?:story|article)|Continue reading|Keep reading|Full story"
    r"|Click here to (?:read|continue)|More…|Weiterlesen|Mehr lesen|Mehr dazu|Lesen Sie mehr|Lire la suite|Lire plus"
    r"|En savoir plus|Leer más|Seguir leyendo|Sigue leyendo|Leggi tutto|Continua a leggere|Lees meer|Lees verder|Leia mais"
    r"|Continue a ler|Czytaj (?:więcej|dalej)|Läs mer|Les mer|Læs mere|Lue lisää|Читать далее|Подробнее|Читати далі"
    r"|Devamını oku|Číst dále|Citește mai mult|Διαβάστε περισσότερα|اقرأ المزيد|続きを読む|阅读全文|閱讀全文|더 보기|Baca selengkapnya)"
    r"(?: (?:about|on|at|here|in|auf|bei|über|sur|en)?[^.!?]{0,120})?[\s.…»>→\]]*)$",
    re.IGNORECASE,
)
_STOP: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)")
_FEWEST: Final = 20
_TITLE: Final = 200


def plain(source: str) -> str:
    """Return the text that a browser would show: blocks on lines of their own, scripts and comments gone."""
    text = source
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(text)
        # Some outlets escape twice; what still looks like their markup is.
        if _LEFTOVER.search(text):
            text = html.unescape(_without_tags(text))
    return tidy(text)


def literal(text: str) -> str:
    """Return a plain text in such a way that reading it as markup gives it back."""
    # Plain by the standard, and yet often sent with entities: an ampersand is left to be understood as either.
    return text.replace("<", "&lt;").replace("\n", "<br>")


def tidy(text: str) -> str:
    """Return the text with one space between words, no empty lines and nothing invisible."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    clean = _INVISIBLE.sub("", _C1.sub(_as_windows, text))
    clean = _SURROGATE.sub("\ufffd", clean)
    lines = (" ".join(line.split()) for line in clean.splitlines())
    return "\n".join(line for line in lines if line)


def without_boilerplate(text: str) -> str:
    """Return the text without the "Read more" and "The post … appeared first on …" under it."""
    for _ in range(3):
        body, newline, last = text.rpartition("\n")
        # Boilerplate is short; a paragraph of a book's length is not searched for it.
        kept = last[:-1000] + _BOILERPLATE.sub("", last[-1000:])
        if kept == last:
            break
        text = body + newline + kept.rstrip() if kept.strip() else body
    return text


def first_sentence(text: str) -> str:
    """Return the first sentence, cut at a word where it is longer than a headline."""
    line = text.split("\n", 1)[0][: 2 * _TITLE]
    for stop in _STOP.finditer(line):
        if stop.end() >= _FEWEST:
            line = line[: stop.end()]
            break
    return shorten(line, _TITLE)


def shorten(text: str, length: int) -> str:
    """Return the text, cut at a word and marked with "…" where it is longer than `length`."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut).rstrip() + "…"


def _as_windows(match: re.Match[str]) -> str:
    """Read a control character as what the outlet meant: it says latin-1 and sends windows-1252."""
    return match.group().encode("latin-1").decode("windows-1252", "ignore")


def _without_tags(source: str) -> str:
    scanner = _Scanner(source)
    return "".join(scanner.pieces())


class _Scanner:
    """Walks once over the source: what was looked for in vain to the end is not looked for again."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._quotes = True
        self._unclosed: set[str] = set()

    def pieces(self) -> list[str]:
        source = self._source
        found: list[str] = []
        at = 0
        while (mark := source.find("<", at)) >= 0:
            found.append(source[at:mark])
            at, shown = self._markup(mark)
            if at < 0:
                return found
            found.append(shown)
        found.append(source[at:])
        return found

    def _markup(self, mark: int) -> tuple[int, str]:
        """Return where the markup at `mark` ends, -1 where it takes all that is left, and what it shows."""
        source = self._source
        if source.startswith("<!--", mark):
            return _after(source.find("-->", mark + 4), 3), ""
        if source.startswith("<![CDATA[", mark):
            return self._cdata(mark + 9)
        tag = _TAG.match(source, mark)
        declaration = source[mark + 1 : mark + 2] in {"!", "?"}
        if tag is None and not declaration:
            return mark + 1, "<"
        end = self._end(tag.end()) if tag else _after(source.find(">", mark), 1)
        if end < 0:
            return len(source), source[mark:]
        return self._element(tag[2].lower(), closing=bool(tag[1]), end=end) if tag else (end, "")

    def _cdata(self, start: int) -> tuple[int, str]:
        end = -1 if "]]>" in self._unclosed else self._source.find("]]>", start)
        if end < 0:
            self._unclosed.add("]]>")
            return start, ""
        return end + 3, self._source[start:end]

    def _element(self, name: str, *, closing: bool, end: int) -> tuple[int, str]:
        if (
            name in _ENDS
            and not closing
            and self._source[end - 2 : end] != "/>"
            and name not in self._unclosed
        ):
            close = _ENDS[name].search(self._source, end)
            if close is not None:
                return _after(self._source.find(">", close.end()), 1), " "
            if name in _CODE:
                return -1, ""
            self._unclosed.add(name)
        if name in _BLOCKS:
            return end, "\n"
        return end, " " if name in _CELLS else ""

    def _end(self, at: int) -> int:
        """Return the place after the tag's end, -1 where there is none."""
        source = self._source
        place = at
        while self._quotes:
            found = _QUOTE_OR_END.search(source, place)
            if found is None:
                self._quotes = False
            elif found.group() == ">":
                return found.end()
            else:
                close = source.find(found.group(), found.end())
                if close < 0:
                    self._quotes = False
                place = close + 1
        return _after(source.find(">", at), 1)


def _after(found: int, length: int) -> int:
    return found + length if found >= 0 else -1
