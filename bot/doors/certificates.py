"""TLS of the gateway: its certificate files, read again when they have changed."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from pathlib import Path

from bot.errors import VoicebotError
from bot.settings import Settings

Certificates = Callable[[], ssl.SSLContext | None]
"""Returns the TLS context of the next connection; None if there is no TLS."""

log = logging.getLogger(__name__)


def certificates(settings: Settings) -> Certificates:
    """TLS of the settings. Raises VoicebotError if a file cannot be used.

    A client certificate is requested but not required here, because health and metrics need none: `LineAuth` requires
    it."""
    if settings.tls_certificate:
        return _Files(settings).context
    if settings.tls_client_ca:
        raise VoicebotError("tls_client_ca needs tls_certificate and tls_key: set both, too")
    return lambda: None


class _Files:
    """A context of the files as they are now: a renewed certificate needs no restart.

    If changed files cannot be used, the log says so once, and the last usable ones stay. Open connections keep their
    context."""

    def __init__(self, settings: Settings) -> None:
        own, authority = settings.tls_certificate, settings.tls_client_ca
        self._certificate = settings.path(own)
        self._key = settings.path(settings.tls_key or own)
        self._authority = settings.path(authority) if authority else None
        self._seen = self._state()
        try:
            self._context = self._read()
        except (OSError, ssl.SSLError) as error:
            raise VoicebotError(
                f"TLS: a file of tls_certificate, tls_key or tls_client_ca cannot be used ({error})"
            ) from None

    def context(self) -> ssl.SSLContext:
        state = self._state()
        if state != self._seen:
            self._seen = state
            try:
                self._context = self._read()
                log.info("TLS: the certificate files were written anew, and hold from now on")
            except (OSError, ssl.SSLError) as error:
                log.error("TLS: certificate files that were written anew cannot be used, the old ones stay (%s)", error)
        return self._context

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate, self._key)
        if self._authority:
            context.load_verify_locations(self._authority)
            context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _state(self) -> list[tuple[int, int, int] | None]:
        """Values that change when a file is written or replaced. Takes a few microseconds for each file."""
        return [_stamp(path) for path in (self._certificate, self._key, self._authority) if path]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
