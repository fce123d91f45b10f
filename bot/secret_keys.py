"""Keys as they are written: urlsafe base64 of 32 bytes."""

from __future__ import annotations

import base64

from bot.errors import VoicebotError

FEWEST_BYTES = 8
"""Different ones in a key. Of 32 random bytes nearly all differ; a key of zeros, or of one word repeated, has few."""


def decode_keys(keys: bytes, name: str) -> list[bytes]:
    """The 32 bytes of each key, one a line. Raises VoicebotError, as `decode_key`."""
    return [decode_key(key, name) for key in keys.split() or [b""]]


def decode_key(key: bytes, name: str) -> bytes:
    """The 32 bytes of a key. Raises VoicebotError, which calls it `name`, if the text is not a key."""
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise VoicebotError(
            f"{name} holds no key (urlsafe base64 of 32 bytes): put the right one back, or remove it for a new one"
        )
    if len(set(raw)) < FEWEST_BYTES:
        raise VoicebotError(f"{name} holds a key that anybody could guess: remove it for a new one")
    return raw


def given_keys(setting: str) -> list[bytes]:
    """The keys in a setting, with commas between them."""
    return [part.strip().encode() for part in setting.split(",") if part.strip()]
