"""Which languages are read: those that have lexicons. A story in any other is said to be unread, never guessed at."""

from typing import Final

from wirewatch.messages import StoryLanguage

# Each is a folder of streams/lexicons.
LANGUAGES: Final = ("de", "en")


def primary(tag: str | None) -> str | None:
    """Return the language of a tag: "en" for "en-GB"; None for no tag."""
    return (tag or "").strip().lower().replace("_", "-").partition("-")[0] or None


def said(language: StoryLanguage) -> str:
    """Return how a story's language was found, in words."""
    match language.reason:
        case "missing":
            spoken = "its language" if language.spoken is None else f"its language, {language.spoken},"
            return (
                f"{spoken} has no lexicons; these have: {', '.join(LANGUAGES)}. Nothing of its text is read"
            )
        case "declared":
            return f"{language.read}, as it is declared"
        case "detected":
            return f"{language.read}, by its words: nobody declares it"
        case "contradicted":
            return f"{language.read}, by its words, although another is declared"
        case "assumed":
            return f"{language.read}, assumed: nobody declares it, and its words are too few to tell"


def not_read(tag: str | None) -> str | None:
    """Return what to say of a declared language without lexicons; None of one that is read, or of none."""
    language = primary(tag)
    if language is None or language in LANGUAGES:
        return None
    return f"its language, {language}, has no lexicons; these have: {', '.join(LANGUAGES)}"
