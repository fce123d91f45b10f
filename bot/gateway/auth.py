"""Who may bring calls: an exchange that knows the secret or has a certificate. A caller's number is believed only from
one of them, and it is what a citizen is known by."""

from __future__ import annotations

import re

from bot.credentials import Credentials, checked, is_loopback
from bot.errors import VoicebotError
from bot.settings import Settings


class LineAuth:
    """Without a secret and without certificates everybody may, which `open_auth` allows on a loopback address
    alone."""

    def __init__(self, secrets: Credentials, certificates: bool) -> None:
        self._secrets, self._certificates = secrets, certificates
        self.guarded = bool(secrets) or certificates

    def admits(self, authorization: str | None, certificate: object) -> bool:
        """Whether a request with this Authorization header (Basic with any user name, or Bearer) over a connection
        with this client certificate (verified by TLS; empty or None where there is none) may pass."""
        if self._certificates and not certificate:
            return False
        return self._secrets.admit(authorization) if self._secrets else True

    def is_own(self, origin: str, scheme: str, host: str) -> bool:
        """Whether a page of `origin` is one of this gateway's own, which was asked with this `scheme` and `Host`.

        Without a guard the host must be a loopback one: anybody can let a name of theirs resolve to this machine."""
        return origin == f"{scheme}://{host}" and (self.guarded or is_loopback(_without_port(host)))


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]*$", "", host).strip("[]")


def open_auth(settings: Settings) -> LineAuth:
    """The guard of these settings. Raises VoicebotError where strangers could bring calls with made-up numbers."""
    auth = LineAuth(checked("line_secret", settings.line_secret), bool(settings.tls_client_ca))
    if not auth.guarded and not is_loopback(settings.host):
        raise VoicebotError(
            f"without a secret anybody who reaches {settings.host} could call with a made-up number;"
            " set VOICEBOT_LINE_SECRET or VOICEBOT_TLS_CLIENT_CA, or listen on 127.0.0.1"
        )
    return auth
