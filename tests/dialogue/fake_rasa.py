"""A server in place of Rasa for the tests of its process: what Rasa's environment starts.

It says the words it is told; "die", "hang" and "fail" it does. It reads `--port` as Rasa does."""

from __future__ import annotations

import asyncio
import os
import sys

from aiohttp import web

from bot.credentials import Credentials
from bot.dialogue.health import PATH

SECRETS = Credentials(os.environ["VOICEBOT_RASA_SECRET"])


async def there(request: web.Request) -> web.Response:
    if not SECRETS.admit(request.headers.get("Authorization")):
        raise web.HTTPUnauthorized
    return web.json_response({"status": "ok"})


async def turn(request: web.Request) -> web.Response:
    await there(request)
    words = (await request.json())["message"]
    if words == "die":
        os._exit(3)
    if words == "hang":
        await asyncio.Event().wait()
    if words == "fail":
        return web.json_response([])
    ends = {"outcome": "hung_up"} if words == "/hung_up" else {"expect": {"kind": "nothing"}}
    return web.json_response([{"text": words, "custom": ends}])


def main(*arguments: str) -> None:
    assert set(os.environ) & {"VOICEBOT_SEAL_KEY", "VOICEBOT_DATABASE_URL"} == set(), "no business of Rasa's"
    app = web.Application()
    app.router.add_get(PATH, there)
    app.router.add_post(f"{PATH}webhook", turn)
    web.run_app(app, host="127.0.0.1", port=int(arguments[arguments.index("--port") + 1]), print=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
