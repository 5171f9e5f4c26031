"""Signatures as Standard Webhooks 1.0 ask: HMAC-SHA256 of id, time and body, with each secret that is valid.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from wirewatch.errors import SettingsError
from wirewatch.settings import Secret

PREFIX: Final = "whsec_"
# The specification's bounds for a symmetric secret.
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
# One that is new, one that is still believed while receivers change over.
MOST_SECRETS: Final = 2


@lru_cache(maxsize=1024)
def keys(secret: Secret) -> tuple[bytes, ...]:
    """Return the keys in a secret: one, or two with white space between while they rotate.

    Raises:
        SettingsError: it is not of the form `whsec_` and base64 of 24 to 64 bytes. The text does not repeat it.
    """
    parts = secret.reveal().split()
    if not parts:
        raise SettingsError("the secret is empty; it is whsec_ and then base64 of 24 to 64 random bytes")
    if len(parts) > MOST_SECRETS:
        raise SettingsError("more than two secrets; while they rotate, the new and the old one are enough")
    return tuple(_key(part) for part in parts)


def sign(secret: Secret, webhook_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that say who sent `body`, as what, and when: fresh for each attempt."""
    timestamp = str(int(now.timestamp()))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = (b64encode(hmac.digest(key, signed, sha256)).decode() for key in keys(secret))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise SettingsError("the secret does not begin with whsec_, as Standard Webhooks ask")
    try:
        # Some generators leave the padding away.
        encoded = text.removeprefix(PREFIX).rstrip("=")
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        # Not chained: the cause could quote the secret.
        raise SettingsError("the secret is not base64 after whsec_") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise SettingsError(f"the secret has {len(key)} bytes after whsec_; it needs 24 to 64 random ones")
    return key
