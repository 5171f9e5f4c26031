"""ninjs, the agencies' JSON, 1 to 3: single items and lists of them to items. Pure. https://iptc.org/std/ninjs/."""

from collections.abc import Iterator
from typing import Any, Final

from connectors.dates import read_date
from connectors.items import RawItem
from connectors.markup import literal
from connectors.wire import NO_STORIES, Wired, correction, left_out, newest, withdrawal

# Where the programming interfaces of agencies put their lists.
_LISTS: Final = ("_items", "items", "results", "data", "associations")
_DEEPEST: Final = 8
_SIGNS: Final = frozenset(
    ["versioncreated", "pubstatus", "headline", "headlines", "body_html", "body_xhtml", "body_text", "bodies"]
)


def ninjs_items(document: Any) -> list[dict[str, Any]] | None:
    """Return the items of a document that is ninjs, None where it is something else."""
    items = list(_listed(document, 0))
    own = [item for item in items if "uri" in item or "_id" in item or "altids" in item]
    own = [item for item in own if _SIGNS & item.keys()]
    return own if own and len(own) * 2 >= len(items) else None


def read_ninjs(items: list[dict[str, Any]]) -> tuple[list[RawItem], tuple[str, ...]]:
    """Return the texts, newest version each, and what was left out."""
    stories = [item for item in items if _text(item, "type") not in NO_STORIES]
    left = len(items) - len(stories)
    return newest(map(_item, stories)), (left_out(left),) if left else ()


def _listed(document: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(document, list):
        for one in document:
            yield from _listed(one, depth + 1)
        return
    if not isinstance(document, dict):
        return
    if not (_SIGNS & document.keys()):
        inner = [document[name] for name in _LISTS if isinstance(document.get(name), list | dict)]
        # One interface wraps each item once more, beside what it knows of its delivery.
        inner += [document["item"]] if isinstance(document.get("item"), dict) else []
        if inner:
            for one in inner:
                yield from _listed(one, depth + 1)
            return
    yield document


def _item(item: dict[str, Any]) -> Wired:
    note = _text(item, "ednote") or _text(item, "edNote")
    signals = [_text(one, "code") or _text(one, "name") for one in _dicts(item.get("signals"))]
    signals.append(_text(item, "signal"))
    written = _text(item, "versioncreated") or _text(item, "firstcreated")
    published = read_date(written)
    version = _text(item, "version")[:9]
    return Wired(
        RawItem(
            title=literal(
                _text(item, "headline") or _role(item, "headlines", "main") or _text(item, "title")
            ),
            summary=_summary(item),
            text=_body(item),
            guid=_text(item, "uri") or _text(item, "_id") or None,
            link=_link(item),
            lang=_text(item, "language") or None,
            published=published,
            unread_dates=(written,) if written and published is None else (),
            embargoed=read_date(_text(item, "embargoed")),
            withdrawn=withdrawal(_text(item, "pubstatus"), note),
            correction=correction(signals, note),
        ),
        int(version) if version.isdecimal() else 0,
    )


def _summary(item: dict[str, Any]) -> str:
    html = _text(item, "description_html")
    return html or literal(_text(item, "description_text") or _role(item, "descriptions", "summary"))


def _body(item: dict[str, Any]) -> str:
    markup = _text(item, "body_html") or _text(item, "body_xhtml")
    if markup or _text(item, "body_text"):
        return markup or literal(_text(item, "body_text"))
    bodies = _dicts(item.get("bodies"))
    texts = [
        _text(one, "value") if "html" in _text(one, "contenttype") else literal(_text(one, "value"))
        for one in bodies
    ]
    return max(texts, key=len, default="")


def _role(item: dict[str, Any], key: str, role: str) -> str:
    """Return the text with a role from a list of texts, else the first of them."""
    texts = _dicts(item.get(key))
    chosen = [one for one in texts if _text(one, "role").rpartition(":")[2] == role]
    return next((value for one in (*chosen, *texts) if (value := _text(one, "value"))), "")


def _link(item: dict[str, Any]) -> str | None:
    named = (_text(item, key) for key in ("canonicalurl", "canonicalUrl", "url", "link"))
    return next((link for link in named if link.startswith("http")), None)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
