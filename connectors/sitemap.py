"""News sitemaps: what an outlet tells search engines of its last two days. Pure.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from xml.etree.ElementTree import Element

from connectors.dates import read_date
from connectors.elements import read_elements, text_of
from connectors.items import FeedError, RawItem


def read_sitemap(text: str) -> tuple[list[RawItem], str | None]:
    """Return the news of a sitemap, and what was wrong with it.

    Raises:
        FeedError: it lists pages and no news.
    """
    pages, fault = read_elements(text, "url")
    items = [_item(page, news) for page in pages for news in page.iter("news")]
    if pages and not items:
        raise FeedError(
            "This is a sitemap without news: it begins with <urlset>, and no page has a <news:news>"
        )
    return items, fault


def no_index(text: str) -> FeedError:
    """Return what to say of a list of sitemaps."""
    maps, _ = read_elements(text, "sitemap")
    newest = next((loc for one in maps if "news" in (loc := text_of(one, "loc"))), "")
    first = newest or text_of(maps[0], "loc") if maps else ""
    return FeedError(
        "This is a list of sitemaps and no feed: add the address of its news sitemap"
        + (f", for example {first[:300]}" if first else "")
    )


def _item(page: Element, news: Element) -> RawItem:
    written = text_of(news, "publication_date")
    published = read_date(written)
    return RawItem(
        title=text_of(news, "title"),
        link=text_of(page, "loc") or None,
        lang=text_of(news, "publication", "language") or None,
        published=published,
        unread_dates=(written,) if written and published is None else (),
    )
