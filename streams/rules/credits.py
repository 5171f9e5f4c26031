"""Whose report is it? The agency that a text credits: "(AP) -" before the first sentence, "Reuters reported" in it.

Of an agency that Wirewatch does not know, a dateline's brackets or "the news agency NAME" say as much.
"""

import re
from itertools import chain
from typing import Final

import ahocorasick

from streams.lexicons import lexicon
from wirewatch.messages import Story

_NAMES: Final[dict[str, list[str]]] = lexicon("en/agencies")["names"]
_BY_ALIAS: Final = {alias: name for name, aliases in _NAMES.items() for alias in aliases}
_FOLDED: Final = {alias.casefold(): name for alias, name in _BY_ALIAS.items()}
_ANY: Final = "|".join(re.escape(alias) for alias in sorted(_BY_ALIAS, key=len, reverse=True))
_SAYS: Final = "reported|reports|said|says|quoted|cited|wrote|writes|learned|has learned|news agency|agency"
_NEWS_AGENCY: Final = "news agency"
_ALIASES: Final = ahocorasick.Automaton()
for _alias in _BY_ALIAS:
    _ALIASES.add_word(_alias, _alias)
_ALIASES.make_automaton()
# A dateline stands before the first sentence, a credit in the lead or under the text.
_DATELINE_READ: Final = 160
_LEAD_READ: Final = 1_500
_END_READ: Final = 200
_DATELINE: Final = re.compile(
    rf"\((?P<known>{_ANY})\)"
    r"|^[^()\n]{0,80}\((?P<name>[^\W\d_][\w.&’'-]{1,20}(?: [^\W\d_][\w.&’'-]{1,20}){0,3})\)\s{0,2}(?:--|[–—-])\s"
)
_LEAD: Final = re.compile(
    rf"\b(?:(?:the )?(?P<who>{_ANY}),? (?:{_SAYS})\b"
    rf"|(?:[Aa]ccording to|[Rr]eports?|[Rr]eported by|cited by|told|[Ss]ource:|[Vv]ia) (?:the )?(?P<by>{_ANY})\b"
    r"|news agency (?P<one>[A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20}){0,2})"
    r"|(?P<other>[A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20}){0,2}) news agency\b)"
)
_END: Final = re.compile(rf"(?:\(|©\s{{0,2}}|[Ss]ource: |with |— )(?P<end>{_ANY})\)?[\s.]{{0,3}}$")
_NOBODY: Final = frozenset(
    {"a", "an", "any", "another", "every", "foreign", "local", "one", "state", "that", "the", "this"}
)


def credited(story: Story) -> str:
    """Return the agency whose report a story is or credits; empty where it names none."""
    own = _FOLDED.get(story.source.casefold())
    if own is not None:
        return own
    for body in (story.text, story.summary):
        found = _of_text(body) if body else ""
        if found:
            return found
    return ""


def _of_text(body: str) -> str:
    head, lead = body[:_DATELINE_READ], body[:_LEAD_READ]
    # A pattern that is dear is only tried where what it cannot do without stands.
    found = chain(
        _DATELINE.finditer(head) if "(" in head else (),
        _END.finditer(body[-_END_READ:]),
        _LEAD.finditer(lead) if _NEWS_AGENCY in lead or _names_one(lead) else (),
    )
    return next((name for name in map(_name, found) if name), "")


def _names_one(text: str) -> bool:
    return next(_ALIASES.iter(text), None) is not None


def _name(match: re.Match[str]) -> str:
    words = next((found for found in match.groups() if found), "").split()
    while words and words[0].casefold() in _NOBODY:
        words = words[1:]
    name = " ".join(words)
    return _BY_ALIAS.get(name, name)
