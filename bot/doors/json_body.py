"""The JSON of a request, whoever wrote it."""

from __future__ import annotations

from typing import Any

from aiohttp import web


async def json_of(request: web.Request) -> Any:
    """Raises ValueError for a body that is no JSON, or none that can be read: too many values inside each other, or in
    an encoding that nobody knows."""
    try:
        return await request.json()
    except (RecursionError, LookupError):
        raise ValueError("no JSON") from None
