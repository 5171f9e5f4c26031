"""Which story an item is: the same one over new addresses, new guids and new texts. Pure.

An item is known by its link where that is an article's, by its guid, and by its words where it has neither, or where
both are new and it says what was said before. A feed that changes its guids (a new system, http to https, places on a
page) is known by the links, one that renames its pages by the guids.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from connectors.items import Item
from wirewatch.ids import identify
from wirewatch.messages import Field, Identity, SeenItem

KnownBy = Literal["guid", "link", "words", "content", "new"]
# What is kept of a feed beyond what it still shows: items come back after a paper's front page was rearranged.
KEPT_FOR: Final = timedelta(days=30)
KEPT_BEYOND: Final = 1_000
# The same of a wire that comes in pieces, which show nothing of what was before.
KEPT_OF_PIECES: Final = 5_000
_TRACKING: Final = re.compile(
    r"(?:utm_.*|at_(?:medium|campaign|custom\d|format|link.*|bbc.*|ptr.*)|f?bclid|gclid|dclid|msclkid|yclid|igshid"
    r"|mc_[ce]id|ncid|ocid|cmpid?|cmp|ref|referrer|ref_src|ref_url|source|src|rss|feed|partner|smid|smtyp|ns_.*"
    r"|xtor|wt_?mc.*|wtrid|taid|spm|share|sr_share|__twitter_impression|guccounter|traffic_source|ftag|fbclid)",
    re.IGNORECASE,
)
# An article's address has a number of some length or a name of several words; a section's has neither.
_ARTICLE: Final = re.compile(r"\d{4}|[a-z]\d{2}|\d[a-z0-9]{5}|[^/-]{1,60}-[^/-]{1,60}-[^/-]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SIGNS: Final = 3
_SIGNS_OF: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
_PART: Final = 4
_GIST_TEXT: Final = 400
_GIST_WORDS: Final = 16
# Fewer words than these tell nothing; what share of the words goes on in one story.
_FEWEST: Final = 3
_SAME_GUID: Final = 0.12
_SAME_PAGE: Final = 0.34
KINDS: Final[tuple[KnownBy, ...]] = ("link", "guid", "words", "content", "new")


class _Said(Struct, frozen=True):
    """An item with what it is known by; each digest is made once."""

    item: Item
    names: tuple[str, ...]
    words: str
    version: str
    parts: str


class Known(Struct, frozen=True):
    """An item with its story: which one, in which version, how it was recognised, and what changed."""

    item: Item
    story: str
    version: str
    by: KnownBy
    # The names under which it is to be remembered.
    names: tuple[str, ...]
    change: Literal["new", "changed", "none"]
    changed: tuple[Field, ...] = ()
    # The digests of its title, summary and text.
    parts: str = ""
    # By what it is the story that it is: how it was known again, or of a new one, what its id is made of.
    identity: Identity = "content"


def recognise(feed: str, items: Iterable[Item], seen: Mapping[str, SeenItem]) -> list[Known]:
    """Return each item with its story, in the items' order; an item that stands twice is left out."""
    listed = _named(list(items))
    versions = {before.version: before for before in seen.values()}
    taken: set[str] = set()
    found: dict[int, Known] = {}
    # First those whose link is known, so that nothing else may claim their stories by a guid.
    for kind in KINDS:
        for place, said in enumerate(listed):
            if place in found:
                continue
            known = _known(kind, feed, said, seen, versions)
            if known is not None and known.story not in taken:
                found[place] = known
                taken.add(known.story)
    return [known for _, known in sorted(found.items())]


def remember(
    seen: Mapping[str, SeenItem],
    known: Iterable[Known],
    now: datetime,
    *,
    most: int = 12_000,
    beyond: int = KEPT_BEYOND,
) -> dict[str, SeenItem]:
    """Return what to keep of a feed: all that it shows now, and some of what it showed before."""
    shown: dict[str, SeenItem] = {}
    for one in known:
        # One for all names: thousands of feeds are held in memory.
        before = next((seen[name] for name in one.names if name in seen), None)
        same = before is not None and before.version == one.version and before.gist
        gist = before.gist if before is not None and same else gist_of(one.item)
        item = SeenItem(one.story, one.version, now, gist, one.parts)
        shown |= dict.fromkeys(one.names, item)
    older = [(name, item) for name, item in seen.items() if name not in shown and now - item.at < KEPT_FOR]
    older.sort(key=lambda entry: entry[1].at, reverse=True)
    kept = older[: max(0, min(beyond + len(shown), most - len(shown)))]
    return shown | dict(kept)


def seen_again(seen: Mapping[str, SeenItem], now: datetime) -> dict[str, SeenItem]:
    """Return what is kept of a feed whose document came again unchanged: what it showed last it shows now."""
    last = max((item.at for item in seen.values()), default=now)
    return {name: replace(item, at=now) if item.at == last else item for name, item in seen.items()}


def version_of(item: Item) -> str:
    """Return the digest of what an item says; dates, links and spaces are not part of it."""
    texts = (item.title, item.summary, item.text, *filter(None, (item.withdrawn, item.correction)))
    return _digest("\x1f".join(" ".join(text.split()) for text in texts))


@lru_cache(maxsize=8_192)
def canonical(link: str) -> str:
    """Return what a link means: without scheme, www, fragment and what tells the outlet where the reader came from."""
    try:
        parts = urlsplit(link)
    except ValueError:
        # An address that is none names all the same.
        return link
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(key))
    path = unquote(parts.path).rstrip("/").removesuffix("/amp").removesuffix("/index.html")
    return f"{host}{path}{'?' + urlencode(query) if query else ''}"


def _named(items: list[Item]) -> list[_Said]:
    """Return the items under the names that are theirs alone; of those that are the same, the first."""
    listed = [
        _Said(item, tuple(_names(item)), _words(item), version_of(item), _parts(item)) for item in items
    ]
    # One that stands twice shares its names with itself alone.
    different = {(*said.names, said.words): said.names for said in listed}
    shared = Counter(name for names in different.values() for name in names)
    texts = Counter(words for words, _ in {(said.words, said.version) for said in listed})
    named: dict[tuple[str, ...], _Said] = {}
    for said in listed:
        own = tuple(name for name in said.names if shared[name] == 1)
        # Where two have nothing but the same title, all that they say tells them apart.
        names = own or (said.words if texts[said.words] == 1 else f"words:{said.version}",)
        named.setdefault(names, replace(said, names=names))
    return list(named.values())


def _names(item: Item) -> list[str]:
    names = []
    if item.guid:
        # A guid that is an address changes as addresses do.
        guid = canonical(item.guid) if item.guid.startswith(("http://", "https://")) else item.guid
        names.append("guid:" + _digest(guid))
    if item.link:
        link = canonical(item.link)
        if _ARTICLE.search(link.partition("/")[2]):
            names.append("link:" + _digest(link))
    return names


def _words(item: Item) -> str:
    """Return the name of an item that has neither guid nor link of its own: its title, and its text without one."""
    named = item.title if "no title" not in item.problems else f"{item.summary}\x1f{item.text}"
    return "words:" + _digest(f"{item.link or ''}\x1f{' '.join(named.casefold().split())}")


def _known(
    kind: KnownBy, feed: str, said: _Said, seen: Mapping[str, SeenItem], versions: Mapping[str, SeenItem]
) -> Known | None:
    if kind == "new":
        return _new(feed, said, seen)
    return _said_before(said, versions) if kind == "content" else _seen(kind, said, seen)


def _said_before(said: _Said, versions: Mapping[str, SeenItem]) -> Known | None:
    """Return the item as a story that said the same, word for word, under other names: a new system gives new ones.

    One that is dated later than that was seen is news that is told in the same words: a forecast, a quake.
    """
    before, published = versions.get(said.version), said.item.published
    if before is None or len(before.gist) < _SIGNS * _FEWEST:
        return None
    if published is not None and published > before.at:
        return None
    return Known(
        said.item, before.story, said.version, "content", said.names, "none", (), said.parts, "content"
    )


def _seen(kind: KnownBy, said: _Said, seen: Mapping[str, SeenItem]) -> Known | None:
    """Return the item as a story that was seen under one of its names of that kind."""
    for name in said.names:
        before = seen.get(name) if name.startswith(kind) else None
        if before is None:
            continue
        same = before.version == said.version
        if not same and _is_another(kind, said, before, seen):
            continue
        changed = () if same else _changed(before, said.parts)
        return Known(
            said.item,
            before.story,
            said.version,
            kind,
            said.names,
            "none" if same else "changed",
            changed,
            said.parts,
            _identity(name),
        )
    return None


def _is_another(kind: KnownBy, said: _Said, before: SeenItem, seen: Mapping[str, SeenItem]) -> bool:
    """Whether a known name has become another event: outlets use guids again, and pages show one piece after another.

    A text that changed a lot is still the same story as long as its words go on: the gists must have next to nothing
    in common, and the item must be newer than what was seen, or stand at another address.
    """
    item = said.item
    if item.withdrawn or item.correction:
        return False
    newer = item.published is not None and item.published > before.at
    moved = any(name.startswith("link:") and name not in seen for name in said.names)
    if kind == "link" and newer and item.guid:
        return True
    if not newer and not (kind == "guid" and moved):
        return False
    return not _alike(before.gist, gist_of(item), _SAME_PAGE if kind == "link" else _SAME_GUID)


def gist_of(item: Item) -> str:
    """Return digests of the item's words, in their order: of the title, and of the summary's beginning."""
    text = f"{item.title} {item.summary or item.text}"[:_GIST_TEXT].casefold()
    # A checksum is enough: two words that share one are rare, and do no harm.
    digests: dict[int, None] = {}
    for match in _WORD.finditer(text):
        for part in _parts_of_word(match[0]):
            digests[crc32(part.encode())] = None
            if len(digests) == _GIST_WORDS:
                return "".join(map(_short, digests))
    return "".join(map(_short, digests))


def _parts_of_word(word: str) -> Iterable[str]:
    """Return a word that tells something; scripts without spaces have pairs of signs for words."""
    if word < "\u2e80":
        return (word,) if len(word) > 2 else ()
    return (word[at : at + 2] for at in range(len(word) - 1))


def _short(digest: int) -> str:
    return f"{_SIGNS_OF[digest & 63]}{_SIGNS_OF[digest >> 6 & 63]}{_SIGNS_OF[digest >> 12 & 63]}"


def _alike(old: str, new: str, least: float) -> bool:
    """Whether two gists share words enough; what says too little to tell is taken for the same."""
    one, other = ({gist[at : at + _SIGNS] for at in range(0, len(gist), _SIGNS)} for gist in (old, new))
    few = min(len(one), len(other))
    return few < _FEWEST or len(one & other) >= least * few


def _parts(item: Item) -> str:
    """Return the digests of title, summary and text."""
    return "".join(_digest(" ".join(text.split()))[:_PART] for text in (item.title, item.summary, item.text))


def _changed(before: SeenItem, now: str) -> tuple[Field, ...]:
    """Return which texts changed, where that is remembered."""
    if len(before.parts) != len(now):
        return ()
    fields: tuple[Field, ...] = ("title", "summary", "text")
    return tuple(
        field
        for place, field in enumerate(fields)
        if before.parts[place * _PART :][:_PART] != now[place * _PART :][:_PART]
    )


def _new(feed: str, said: _Said, seen: Mapping[str, SeenItem]) -> Known:
    """Return the item as a story of its own."""
    free = [name for name in said.names if name not in seen]
    # The link first: it outlives a change of the outlet's system more often than the guid.
    name = min(free, key=lambda candidate: not candidate.startswith("link:"), default=None)
    parts = (name,) if name else (said.names[0], said.words)
    story = identify("story", feed, *parts)
    return Known(
        said.item, story, said.version, "new", said.names, "new", (), said.parts, _identity(parts[0])
    )


def _identity(name: str) -> Identity:
    kind = name.partition(":")[0]
    return "link" if kind == "link" else "guid" if kind == "guid" else "content"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
