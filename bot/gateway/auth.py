"""Who may bring calls: an exchange that knows the secret or has a certificate. The calling number identifies a citizen,
so it is believed only from such an exchange."""

from __future__ import annotations

import re

from bot.credentials import Credentials, checked, is_loopback
from bot.errors import VoicebotError
from bot.settings import Settings


class LineAuth:
    """Without a secret and certificates everybody may bring calls; `open_auth` allows that only on a loopback
    address."""

    def __init__(self, secrets: Credentials, certificates: bool) -> None:
        self._secrets, self._certificates = secrets, certificates
        self.guarded = bool(secrets) or certificates

    def admits(self, authorization: str | None, certificate: object) -> bool:
        """Whether to admit a request with this Authorization header (Basic with any user name, or Bearer) over a
        connection with this client certificate (verified by TLS; empty or None if there is none)."""
        if self._certificates and not certificate:
            return False
        return self._secrets.admit(authorization) if self._secrets else True

    def is_own(self, origin: str, scheme: str, host: str) -> bool:
        """Whether a page of `origin` is this gateway's own, in a request with this `scheme` and `Host`.

        Without a secret and certificates the host must be a loopback one: anybody can let a host name of theirs resolve
        to this machine."""
        return origin == f"{scheme}://{host}" and (self.guarded or is_loopback(_without_port(host)))


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]*$", "", host).strip("[]")


def open_auth(settings: Settings) -> LineAuth:
    """The rules of these settings. Raises VoicebotError if strangers could bring calls with false numbers."""
    auth = LineAuth(checked("line_secret", settings.line_secret), bool(settings.tls_client_ca))
    if not auth.guarded and not is_loopback(settings.host):
        raise VoicebotError(
            f"without a secret anybody who reaches {settings.host} could call with a made-up number;"
            " set VOICEBOT_LINE_SECRET or VOICEBOT_TLS_CLIENT_CA, or listen on 127.0.0.1"
        )
    return auth
