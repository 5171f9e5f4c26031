"""What a person can do about a feed in trouble, by how its last error begins. Pure."""

from collections.abc import Mapping
from typing import Final

_ITSELF: Final = "nothing, it is the outlet's trouble: the feed is asked again by itself"
ADVICE: Final[Mapping[str, str]] = {
    "unreadable": "open the address in a browser: it is no feed, or has moved; `wirewatch feeds add` with the outlet's "
    "front page shows the feeds that it names. Of a folder, look at the file in `failed/`",
    "address not allowed": "list the network in `[http] allow_networks` if it is yours, else remove the feed",
    "insecure redirect": "write the http address if you mean it, or ask the outlet for one that stays on https",
    "redirects": "open the address in a browser, and write the one where it ends",
    "too large": "raise `[http] max_bytes` if the feed is really that large",
    "encoding": "tell the outlet that its server packs what nobody asked for, or breaks it",
    "forbidden": "set `[http] contact` and ask the outlet; for a paid wire, check `headers`, `username` or `token`",
    "not found": "look for the feed's new address; `wirewatch feeds add` with the outlet's front page shows what it names",
    "gone": "take it out, or write its new address: the outlet says that it will not come back",
    "limited": "nothing, it is asked more seldom by itself; a longer `interval` for the host's feeds helps",
    "tls": "tell the outlet that its certificate is not accepted, unless this machine's clock is wrong",
    "unexpected status": "open the address in a browser: it answers what no feed does",
    "timeout": _ITSELF,
    "unreachable": _ITSELF + "; if all feeds say so, look at this machine's network and names",
    "unavailable": _ITSELF,
    "server error": _ITSELF,
    "broken": _ITSELF,
}


def advice_on(error: str | None) -> str | None:
    """Return what to do about a feed's last error, None where there is none or it says so itself."""
    return None if error and "`wirewatch " in error else ADVICE.get((error or "").partition(":")[0])
