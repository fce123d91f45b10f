"""Secrets that open a door: of an exchange at the gateway, and of this bot's own parts at Rasa and its actions."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress

from bot.errors import VoicebotError
from bot.settings import Settings

SHORTEST = 16
"""Characters of a secret: nobody types it, so it can be long."""

FEWEST = 5
"""Different characters of a secret. Of sixteen hexadecimal digits by chance fewer are seen once in two million."""

EXAMPLE = "change-me"
"""How the secrets in deploy/ begin that are to be changed."""

ANOTHER = "take what `openssl rand -hex 24` writes"


class Credentials:
    """The secrets of a setting, with commas between them while one is changed: each of them opens.

    Compares in constant time."""

    def __init__(self, setting: str) -> None:
        secrets = _parts(setting)
        self._digests = [hashlib.sha256(each.encode()).digest() for each in secrets]
        self.headers = {"Authorization": f"Bearer {secrets[0]}"} if secrets else {}
        """What a client of this bot sends: the first of the secrets."""

    def __bool__(self) -> bool:
        return bool(self._digests)

    def admit(self, authorization: str | None) -> bool:
        """Whether an Authorization header, Basic with any user name or Bearer, holds one of the secrets."""
        given = hashlib.sha256(_password(authorization or "")).digest()
        return sum(hmac.compare_digest(given, each) for each in self._digests) > 0  # all are compared

    def admit_here(self, authorization: str | None, address: str) -> bool:
        """The same; where there is no secret, whether the request came from this machine."""
        return self.admit(authorization) if self else is_loopback(address)


def checked(name: str, setting: str, *, sent: bool = False) -> Credentials:
    """The secrets of the setting `name`. Raises VoicebotError where one is too weak, or where this bot itself must send
    it and no header can hold it."""
    for secret in _parts(setting):
        if len(secret) < SHORTEST:
            raise VoicebotError(f"{name} is shorter than {SHORTEST} characters; {ANOTHER}")
        if len(set(secret)) < FEWEST:
            raise VoicebotError(f"{name} is one that anybody could guess; {ANOTHER}")
        if secret.startswith(EXAMPLE):
            raise VoicebotError(f"{name} is the one of the example, which everybody knows; {ANOTHER}")
        if sent and not (secret.isascii() and secret.isprintable()):
            raise VoicebotError(f"{name} has characters that an HTTP header cannot hold; {ANOTHER}")
    return Credentials(setting)


def of_rasa(settings: Settings) -> Credentials:
    """What opens a served Rasa and its actions, for who asks and for who answers. Raises VoicebotError as `checked`."""
    return checked("rasa_secret", settings.rasa_secret, sent=True)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parts(setting: str) -> list[str]:
    return [part.strip() for part in setting.split(",") if part.strip()]


def _password(authorization: str) -> bytes:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip().encode(errors="surrogateescape")  # aiohttp's way to keep what is no UTF-8
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
