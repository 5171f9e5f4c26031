"""Every kind of source besides the web, by the scheme of its address. A new kind is a file and a line here.

http and https are the poller's own: politeness needs its clock, its places and what it learned of hosts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from connectors.connector import Connector
from connectors.drop_folder import DropFolder
from wirewatch.settings import FeedSettings

CONNECTORS: Final[Mapping[str, Connector]] = MappingProxyType({"folder": DropFolder()})


def connector_of(feed: FeedSettings) -> Connector | None:
    """Return the connector of a feed, None for one on the web."""
    return CONNECTORS.get(urlsplit(feed.address).scheme)


def check_feed(address: str) -> str | None:
    """Return what is wrong with an address that is none of the web."""
    scheme = urlsplit(address).scheme
    connector = CONNECTORS.get(scheme)
    if connector is None:
        known = ", ".join(f"{name}:" for name in ("http", "https", *CONNECTORS))
        return f"is no address that begins with one of {known}"
    return connector.check(address)
