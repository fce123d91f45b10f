"""Reads what an exchange says about a call, in a form or in the query of a WebSocket."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qsl

from aiohttp import web

from bot.doors.idle_connections import BODY_BYTES

BODY_SECONDS = 5.0
"""The longest time for the form of an exchange."""

FORM = "application/x-www-form-urlencoded"

CHARSETS = ("utf-8", "us-ascii")
"""Allowed encodings of a form. Some of Python's others give text that no database and no cipher accepts."""


async def form_of(request: web.Request) -> dict[str, str]:
    """The fields of a small form. Raises HTTPException for any other body."""
    length = request.content_length
    if request.content_type != FORM or "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType(text="")
    if length is None:
        raise web.HTTPLengthRequired(text="")
    if length > BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(max_size=BODY_BYTES, actual_size=length, text="")
    if (request.charset or "utf-8").lower() not in CHARSETS:
        raise web.HTTPBadRequest(text="")
    try:
        body = await asyncio.wait_for(request.read(), BODY_SECONDS)
        fields = parse_qsl(body.decode())
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="") from None
    except ValueError:  # no UTF-8
        raise web.HTTPBadRequest(text="") from None
    return dict(reversed(fields))  # the first value of a field that is given twice


def number_of(text: str) -> str | None:
    """A telephone number as the exchange writes it; None if it is withheld or no number. A plus sign that was not
    escaped in the query arrives as a space."""
    number = re.sub("^ ", "+", text)
    return number if re.fullmatch(r"\+?[0-9]{2,20}", number, re.ASCII) else None
