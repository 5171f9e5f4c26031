"""What a paid wire is asked with: the headers, the name and password, or the token that its contract gave."""

from base64 import b64encode
from urllib.parse import urlsplit

from wirewatch.settings import FeedSettings


def credentials_of(feed: FeedSettings, address: str) -> dict[str, str]:
    """Return the headers that go with a request for a feed; none where it has moved to another host."""
    if not same_site(feed.address, address):
        return {}
    headers = {name: value.reveal() for name, value in feed.headers}
    if feed.token is not None:
        headers["Authorization"] = f"Bearer {feed.token.reveal()}"
    elif feed.password is not None:
        pair = f"{feed.username or ''}:{feed.password.reveal()}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
    return headers


def same_site(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    try:
        first, second = urlsplit(one), urlsplit(other)
        sites = [(parts.scheme, parts.hostname, parts.port) for parts in (first, second)]
    except ValueError:
        return False
    return sites[0] == sites[1]
