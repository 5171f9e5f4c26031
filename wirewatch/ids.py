"""Deterministic ids: doing the same work twice yields the same id."""

from uuid import UUID, uuid5

NAMESPACE = UUID("6f1f0f5e-93a5-5d6c-8b0a-3f6b2a1d7c11")


def identify(kind: str, *parts: str) -> str:
    """Return the id of what `kind` and `parts` name; the same for the same parts, on any machine, for ever."""
    return str(uuid5(NAMESPACE, "\x1f".join((kind, *parts))))
