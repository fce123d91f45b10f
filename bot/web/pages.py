"""The files of the pages, as they are sent: read once, compressed once, with headers that let a page use nothing else.

A page may run, show and reach only what this gateway sends, and no other page may show it in a frame.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.reports.page import template

STATIC = Path(__file__).parent / "static"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The kinds of files that are sent. Other files (licences, checksums) are not."""

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "media-src": "blob:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

CALL_PAGE = "call-page.html"
"""The page of a call without a call, which the web phone fills in and saves (static/saved.js)."""

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Page:
    """A file as it is sent."""

    kind: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    tag: str

    def answer(self, request: web.Request) -> web.Response:
        """The file, compressed if the browser accepts that; or the answer that it has not changed."""
        headers = {**HEADERS, "ETag": self.tag, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == self.tag:
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.kind
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=self.body, headers=headers)
        return web.Response(body=self.packed, headers={**headers, "Content-Encoding": "gzip"})


def read_pages(folder: Path = STATIC) -> dict[str, Page]:
    """All files that may be sent, by their path in the folder."""
    pages = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in TYPES:
            pages[path.relative_to(folder).as_posix()] = _page(TYPES[path.suffix], path.read_bytes())
    pages[CALL_PAGE] = _page("text/plain; charset=utf-8", template().encode())
    return pages


def _page(kind: str, body: bytes) -> Page:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Page(kind, body, gzip.compress(body, 9, mtime=0), tag)
