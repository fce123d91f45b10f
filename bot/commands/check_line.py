"""`voicebot check-line`: whether an exchange's calls can come in."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Annotated

import typer

from bot.settings import load


def check_line(
    url: Annotated[
        str | None, typer.Option(help="Where `voicebot serve` listens; on this machine if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Bring one call to a running `voicebot serve`, as Asterisk does, and hang up at its first sound; exit 1 if no
    sound comes.

    Run it on the exchange's machine, with VOICEBOT_LINE_SECRET and --url ws://BOT:8080. The call withholds its number,
    so no account is asked for; it is one more call in the bot's figures."""
    from bot.credentials import Credentials
    from bot.gateway.serving import url_of
    from bot.telephony.line_check import check_line as check

    settings = load()
    url = (url or url_of(settings, "ws")).rstrip("/")
    seconds = asyncio.run(check(url, Credentials(settings.line_secret).headers, f"check-line-{secrets.token_hex(4)}"))
    if as_json:
        print(json.dumps({"url": url, "seconds": round(seconds, 3)}))
    else:
        print(f"{url}: a call came in, and the bot's voice after {seconds:.2f} s")
