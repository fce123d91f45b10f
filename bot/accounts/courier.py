"""Sends the notices that wait in the outbox: to a command, or to an HTTP address.

    {"id": 7, "event": "password_reset", "phone": "+84912345678", "at": "2026-11-27T08:00:30+00:00", "call": "…"}

A command reads it on stdin, one line, and exits 0. An HTTP address gets it by POST and answers 2xx.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shlex
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from subprocess import DEVNULL, PIPE

import aiohttp

from bot.accounts.outbox import Outbox, ResetNotice
from bot.accounts.store import open_accounts
from bot.errors import VoicebotError
from bot.settings import Settings

DELIVERY_SECONDS = 10.0
"""The longest time for one try."""

LOOK_SECONDS = 2.0
"""From one look into the outbox to the next."""

Deliver = Callable[[ResetNotice], Awaitable[None]]
"""Sends one notice. Raises NotDelivered."""

log = logging.getLogger(__name__)


class NotDelivered(VoicebotError):  # noqa: N818  # the name says what happened
    """A try failed, for a reason that quotes nothing of the notice."""


@dataclass
class Round:
    """The result of one look into the outbox."""

    sent: int = 0
    failed: int = 0


class Courier:
    """Takes notices from an outbox, as long as there are any, or for ever. `open_outbox` is called in a thread."""

    def __init__(self, open_outbox: Callable[[], Outbox], deliver: Deliver) -> None:
        self._open, self._deliver = open_outbox, deliver
        self._failing = False

    @cached_property
    def _outbox(self) -> Outbox:
        return self._open()

    async def round(self) -> Round:
        """Try everything that is due, once. Raises AccountsUnavailable."""
        done = Round()
        while notices := await asyncio.to_thread(self._claim):
            for sent in await asyncio.gather(*(self._try(notice) for notice in notices)):
                done.sent += sent
                done.failed += not sent
        return done

    async def run(self) -> None:
        """Look again and again, until cancelled. A failing store is logged once, and once when it works again."""
        while True:
            try:
                await self.round()
            except VoicebotError as error:
                self._tell(str(error))
            except Exception as error:  # the sender must go on, and the error's text may hold a number
                self._tell(type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    def _claim(self) -> list[ResetNotice]:
        return self._outbox.claim()  # it is opened here, in the thread

    async def _try(self, notice: ResetNotice) -> bool:
        try:
            await asyncio.wait_for(self._deliver(notice), DELIVERY_SECONDS)
        except TimeoutError:
            self._tell(f"no answer within {DELIVERY_SECONDS:.0f} s")
            return False
        except NotDelivered as error:
            self._tell(str(error))
            return False
        await asyncio.to_thread(self._outbox.delivered, notice)
        self._tell("")
        return True

    def _tell(self, trouble: str) -> None:
        if trouble and not self._failing:
            log.error("owners are not told of resets: %s; it is tried again", trouble)
        elif self._failing and not trouble:
            log.warning("owners are told of resets again")
        self._failing = bool(trouble)


def open_courier(settings: Settings) -> Courier | None:
    """A courier for these settings; None where nobody is to be told."""
    deliver = by(settings)
    return Courier(lambda: open_accounts(settings).outbox, deliver) if deliver else None


def by(settings: Settings) -> Deliver | None:
    """How notices are sent."""
    if settings.notice_command:
        return lambda notice: _run(shlex.split(settings.notice_command), _text(notice))
    if settings.notice_url:
        return lambda notice: _post(settings.notice_url, settings.notice_secret, notice)
    return None


def _text(notice: ResetNotice) -> bytes:
    at = notice.at.isoformat(timespec="seconds")
    found = {"id": notice.id, "event": "password_reset", "phone": notice.phone, "at": at, "call": notice.call}
    return json.dumps(found).encode() + b"\n"


async def _run(command: list[str], text: bytes) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise NotDelivered(f"VOICEBOT_NOTICE_COMMAND cannot be run ({error.strerror})") from None
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # it may read nothing
            await process.communicate(text)
        status = await process.wait()
    finally:
        if process.returncode is None:  # it took too long
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if status:
        raise NotDelivered(f"VOICEBOT_NOTICE_COMMAND ended with status {status}")


async def _post(url: str, secret: str, notice: ResetNotice) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"voicebot-{notice.id}-{notice.call}"}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=_text(notice), headers=headers, allow_redirects=False) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotDelivered(f"VOICEBOT_NOTICE_URL cannot be reached ({type(error).__name__})") from None
    if not 200 <= status < 300:
        raise NotDelivered(f"VOICEBOT_NOTICE_URL answered {status}")
