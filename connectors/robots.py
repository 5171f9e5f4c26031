"""robots.txt, as RFC 9309 says it: may this page be asked for? Pure, and linear in the length of paths and rules."""

from typing import Final
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

LONGEST: Final = 500 * 1024
_RULES: Final = frozenset(["allow", "disallow", "crawl-delay"])


class Rule(Struct, frozen=True):
    """A pattern of paths, and whether they may be asked for."""

    pattern: str
    allowed: bool


class Robots(Struct, frozen=True):
    """What a host asks of one program: rules, and the seconds from one page to the next."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allows(self, address: str) -> bool:
        """Whether the page may be asked for: the longest rule that fits decides, and of two the friendlier."""
        parts = urlsplit(address)
        path = _normal(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        fitting = [rule for rule in self.rules if _fits(rule.pattern, path)]
        return max(((len(rule.pattern), rule.allowed) for rule in fitting), default=(0, True))[1]


NOTHING: Final = Robots((Rule("/", False),))


def read_robots(body: bytes, agent: str) -> Robots:
    """Return what a robots.txt asks of a program by its name; groups for everybody count where none names it."""
    own: list[tuple[str, str]] = []
    for_all: list[tuple[str, str]] = []
    named: set[str] = set()
    in_rules = found = False
    for line in body[:LONGEST].decode("utf-8", "replace").removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent" and colon:
            named = {value.lower()} if in_rules else named | {value.lower()}
            in_rules = False
        elif key in _RULES:
            in_rules = True
            if agent.lower() in named:
                found = True
                own.append((key, value))
            elif "*" in named:
                for_all.append((key, value))
    return _robots(own if found else for_all)


def _robots(lines: list[tuple[str, str]]) -> Robots:
    rules = tuple(
        Rule(_normal(value), key == "allow") for key, value in lines if key != "crawl-delay" and value
    )
    delays = [float(value[:8]) for key, value in lines if key == "crawl-delay" and _is_number(value[:8])]
    return Robots(rules, max(delays, default=0.0))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _normal(path: str) -> str:
    """Return a path with every sign written in one way."""
    return quote(unquote(path, errors="replace"), safe="/*$?=&;:@!,+'()~._-")


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern with `*` and a closing `$` fits the path's beginning."""
    ends = pattern.endswith("$")
    first, *rest = (pattern[:-1] if ends else pattern).split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not ends or path == first
    at = len(first)
    for piece in rest[:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    last = rest[-1]
    return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0
