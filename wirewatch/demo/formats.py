"""The four formats in which outlets publish: RSS 2.0, Atom, RDF (RSS 1.0) and JSON Feed. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final

import msgspec

from wirewatch.demo.script import DemoFeed, DemoStory, FeedFormat

CONTENT_TYPES: Final[dict[FeedFormat, str]] = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_XML: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def render(feed: DemoFeed, stories: Sequence[DemoStory], base_url: str) -> bytes:
    """Return the feed's document with `stories` as they are ordered, newest first."""
    return _RENDERERS[feed.format](feed, stories, base_url).encode()


def render_article(feed: DemoFeed, story: DemoStory) -> bytes:
    """Return the story's own page, a small one."""
    return (
        f'<!doctype html>\n<html lang="{escape(feed.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(story.title)}</title></head>\n<body><article><h1>{escape(story.title)}</h1>\n"
        f"<p>{escape(feed.name)}, <time>{_iso(story.published)}</time></p>\n"
        f"{_paragraphs(story)}\n</article></body></html>\n"
    ).encode()


def identity(story: DemoStory) -> str:
    """Return the item's id in its feed, the same at whichever address it is served; in RDF the address is the id."""
    return f"tag:{story.feed}.example,2025:{story.slug}"


def _rss(feed: DemoFeed, stories: Sequence[DemoStory], base_url: str) -> str:
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(base_url + story.path)}</link>"
        f'<guid isPermaLink="false">{escape(identity(story))}</guid>'
        f"<pubDate>{format_datetime(story.published, usegmt=True)}</pubDate>"
        f"<description>{escape(story.summary)}</description>"
        f"<content:encoded>{escape(_paragraphs(story))}</content:encoded></item>\n"
        for story in stories
    )
    return (
        f'{_XML}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(feed.name)}</title><link>{escape(base_url)}/</link>"
        f"<description>News from {escape(feed.name)}</description><language>{escape(feed.language)}</language>\n"
        f"{items}</channel></rss>\n"
    )


def _atom(feed: DemoFeed, stories: Sequence[DemoStory], base_url: str) -> str:
    entries = "".join(
        f"<entry><title>{escape(story.title)}</title><link href={_quoted(base_url + story.path)}/>"
        f"<id>{escape(identity(story))}</id><published>{_iso(story.published)}</published>"
        f"<updated>{_iso(story.published)}</updated><summary>{escape(story.summary)}</summary>"
        f'<content type="html">{escape(_paragraphs(story))}</content></entry>\n'
        for story in stories
    )
    updated = f"<updated>{_iso(stories[0].published)}</updated>" if stories else ""
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={_quoted(feed.language)}>'
        f"<title>{escape(feed.name)}</title><id>tag:{escape(feed.slug)}.example,2025:feed</id>"
        f"<link href={_quoted(base_url + '/')}/>{updated}<author><name>{escape(feed.name)}</name></author>\n"
        f"{entries}</feed>\n"
    )


def _rdf(feed: DemoFeed, stories: Sequence[DemoStory], base_url: str) -> str:
    listed = "".join(f"<rdf:li rdf:resource={_quoted(base_url + story.path)}/>" for story in stories)
    items = "".join(
        f"<item rdf:about={_quoted(base_url + story.path)}><title>{escape(story.title)}</title>"
        f"<link>{escape(base_url + story.path)}</link><description>{escape(story.summary)}</description>"
        f"<dc:date>{_iso(story.published)}</dc:date>"
        f"<content:encoded>{escape(_paragraphs(story))}</content:encoded></item>\n"
        for story in stories
    )
    return (
        f'{_XML}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel rdf:about={_quoted(base_url + '/')}><title>{escape(feed.name)}</title>"
        f"<link>{escape(base_url)}/</link><description>News from {escape(feed.name)}</description>"
        f"<dc:language>{escape(feed.language)}</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        f"{items}</rdf:RDF>\n"
    )


def _json(feed: DemoFeed, stories: Sequence[DemoStory], base_url: str) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "home_page_url": f"{base_url}/",
        "language": feed.language,
        "items": [
            {
                "id": identity(story),
                "url": base_url + story.path,
                "title": story.title,
                "summary": story.summary,
                "content_html": _paragraphs(story),
                "date_published": _iso(story.published),
            }
            for story in stories
        ],
    }
    return msgspec.json.encode(document).decode()


_RENDERERS: Final[dict[FeedFormat, Callable[[DemoFeed, Sequence[DemoStory], str], str]]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
}


def _paragraphs(story: DemoStory) -> str:
    text = story.text or story.summary
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph)


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
