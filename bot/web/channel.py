"""The channel `web_phone`: a call from a page in a browser (bot/web/static/phone.js).

The page acts as an exchange for one telephone: it speaks chan_websocket's JSON messages, keeps the time and reports by
marks what was played. It also gets messages about the call (bot/web/messages.py). When its caller hangs up, it says
HUNG_UP and stays connected, to be told how the call ended.
"""

from __future__ import annotations

import asyncio

from bot.events import Samples
from bot.telephony.asterisk import AsteriskChannel, Socket
from bot.telephony.asterisk_messages import Message, Start
from bot.watching import Notice
from bot.web.messages import caption, message_of, written


class WebPhoneChannel(AsteriskChannel):
    """A call on an open WebSocket of a page."""

    def __init__(
        self, socket: Socket, transport: asyncio.WriteTransport | None, start: Start, caller: str | None
    ) -> None:
        super().__init__(socket, transport, start, caller)
        self._frame = start.frame
        self._words, self._secret = "", False  # of what is played next
        self._synthetic: bool | None = None
        self._sent = 0  # samples since the last flush, whole frames
        self._flushes = 0

    def show(self, words: str, secret: bool, synthetic: bool | None = None) -> None:
        """`bot.events.ShowsWords`."""
        self._words, self._secret, self._synthetic = words, secret, synthetic

    def watch(self, notice: Notice) -> None:
        """Tell the page what happens in the call, and how it ends."""
        self._send(written(message_of(notice)))

    async def stop(self) -> None:
        if not self._ended:
            self._flushes, self._sent = self._flushes + 1, 0
        await super().stop()

    def _queue(self, samples: Samples, mark: str) -> None:
        begin, self._sent = self._sent, self._sent + samples.size + -samples.size % self._frame
        if self._words:
            stretch = (begin, self._sent, self._flushes)
            self._send(written(caption(self._words, *stretch, self._secret, self._synthetic)))
        self._words = ""
        super()._queue(samples, mark)

    def _obey(self, message: Message) -> None:
        if message.name == "HUNG_UP":
            self._end(drop=False)
        super()._obey(message)
