"""Who may bring calls: an exchange that knows the secret or has a certificate. A caller's number is believed only from
one of them, and it is what a citizen is known by."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re

from bot.errors import VoicebotError
from bot.settings import Settings

SHORTEST = 16
"""Characters of a secret: nobody types it, so it can be long."""

EXAMPLE = "change-me"
"""How the secrets in deploy/ begin that are to be changed."""

ANOTHER = "take what `openssl rand -hex 24` writes"


class Guard:
    """Compares in constant time. Without a secret and without certificates everybody may, which `open_guard` allows on
    a loopback address alone."""

    def __init__(self, secret: str, certificates: bool) -> None:
        """`secret`: of several, with commas between them, each opens."""
        self._secrets = [hashlib.sha256(each.encode()).digest() for each in secrets_of(secret)]
        self._certificates = certificates
        self.guarded = bool(self._secrets) or certificates

    def admits(self, authorization: str | None, certificate: object) -> bool:
        """Whether a request with this Authorization header (Basic with any user name, or Bearer) over a connection
        with this client certificate (verified by TLS; empty or None where there is none) may pass."""
        if self._certificates and not certificate:
            return False
        if not self._secrets:
            return True
        given = hashlib.sha256(_password(authorization or "")).digest()
        return sum(hmac.compare_digest(given, each) for each in self._secrets) > 0  # all are compared

    def is_own(self, origin: str, scheme: str, host: str) -> bool:
        """Whether a page of `origin` is one of this gateway's own, which was asked with this `scheme` and `Host`.

        Without a guard the host must be a loopback one: anybody can let a name of theirs resolve to this machine."""
        return origin == f"{scheme}://{host}" and (self.guarded or is_loopback(_without_port(host)))


def secrets_of(setting: str) -> list[str]:
    """The secrets in the setting `line_secret`."""
    return [part.strip() for part in setting.split(",") if part.strip()]


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]*$", "", host).strip("[]")


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


def open_guard(settings: Settings) -> Guard:
    """The guard of these settings. Raises VoicebotError where strangers could bring calls with made-up numbers."""
    for secret in secrets_of(settings.line_secret):
        if len(secret) < SHORTEST:
            raise VoicebotError(f"line_secret is shorter than {SHORTEST} characters; {ANOTHER}")
        if secret.startswith(EXAMPLE):
            raise VoicebotError(f"line_secret is the one of the example, which everybody knows; {ANOTHER}")
    guard = Guard(settings.line_secret, bool(settings.tls_client_ca))
    if not guard.guarded and not is_loopback(settings.host):
        raise VoicebotError(
            f"without a secret anybody who reaches {settings.host} could call with a made-up number;"
            " set VOICEBOT_LINE_SECRET or VOICEBOT_TLS_CLIENT_CA, or listen on 127.0.0.1"
        )
    return guard


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
