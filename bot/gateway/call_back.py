"""Call-back mode: the number of a call only decides which telephone rings, and whoever answers it is the caller. This
module decides who is rung and how often, and recognises the call that answers. Its only I/O is a log line for each call
back; `clock` gives seconds.

    first call ─▶ its number ─┬─ withheld, no_mobile, under_way, day, hour: nobody is rung
                              └─ promised ─▶ the exchange rings ─┬─ answered: the call shows its promise's name, once
                                                                 └─ unanswered: it is not rung again by itself

No account is looked up, so nobody learns whether a number has one. All gateways count call backs together
(bot/gateway/call_back_counts.py); promises are kept in this process only.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from bot.accounts.phones import as_mobile
from bot.accounts.pseudonyms import Pseudonyms
from bot.gateway.admission import Admission
from bot.gateway.call_back_counts import Counts

PROMISED_SECONDS = 45.0
"""Longest time from the promise to the call. The dialplan in deploy/asterisk pauses for 3 s and rings for 30."""

log = logging.getLogger(__name__)


class NotCalledBack(Exception):  # noqa: N818  # what happens
    """Nobody is rung. `reason`: withheld; no_mobile; under_way (this number has a call back already); day (it had too
    many in 24 hours); or hour (all numbers together had too many)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Promise:
    """A call back. `name`: the name that its call shows; `number`: the number to dial, and the caller of that call;
    `called`: the hotline's number, if known; `place`: to be closed when the call is over; `who`: the number's pseudonym
    in the log; `until`: seconds, by the clock."""

    name: str
    number: str = field(repr=False)
    called: str | None
    place: ExitStack = field(repr=False)
    who: str
    until: float


class CallBacks:
    """A promise holds a place of `admission`, so that a person who answers never gets a busy tone, and a drain waits.

    counts  counts call backs of each number and of all, answered or not
    told    gets the end of each: answered, unanswered, or a reason of NotCalledBack
    """

    def __init__(
        self, counts: Counts, admission: Admission, clock: Callable[[], float], told: Callable[[str], None]
    ) -> None:
        self._counts, self._admission, self._clock, self._told = counts, admission, clock, told
        self._pseudonyms = Pseudonyms(secrets.token_bytes(32))  # not needed after this process
        self._promises: OrderedDict[str, Promise] = OrderedDict()  # by name, in the order in which they end
        self._under_way: set[str] = set()

    async def promise(self, caller: str | None, called: str | None) -> Promise:
        """Promise a call back to this number. `caller`: as the line reports it, None if it is withheld. Raises
        NotCalledBack, and Busy if no call would be taken."""
        number = as_mobile(caller) if caller else ""
        who = self._pseudonyms.phone(number)[:12] if number else "?"
        if reason := self._refusal(caller, number, who):
            self._tell(who, reason)
            raise NotCalledBack(reason)
        with ExitStack() as held:
            held.enter_context(self._admission.call())
            self._under_way.add(who)
            held.callback(self._under_way.discard, who)
            if reason := await self._counts.take(number):
                self._tell(who, reason)
                raise NotCalledBack(reason)
            place = held.pop_all()
        promise = Promise(str(uuid.uuid4()), number, called, place, who, self._clock() + PROMISED_SECONDS)
        self._promises[promise.name] = promise
        return promise

    def arrive(self, name: str) -> Promise | None:
        """The promised call with this name has arrived. None if no such call was promised, it was too long ago, or it
        came already."""
        self.lapse()
        promise = self._promises.pop(name, None)
        if promise:
            self._tell(promise.who, "answered")
        return promise

    def give_up(self, name: str) -> None:
        """The exchange could not reach the telephone of this promise. Nothing happens if its call came, or there is
        none."""
        if promise := self._promises.pop(name, None):
            promise.place.close()
            self._tell(promise.who, "unanswered")

    def lapse(self, late: float = 0.0) -> None:
        """Give up promises whose time is over; called by the ticker. (`late` is the ticker's argument.)"""
        while self._promises and (promise := next(iter(self._promises.values()))).until <= self._clock():
            self.give_up(promise.name)

    def _refusal(self, caller: str | None, number: str, who: str) -> str | None:
        if not caller:
            return "withheld"
        if not number:
            return "no_mobile"
        return "under_way" if who in self._under_way else None

    def _tell(self, who: str, how: str) -> None:
        self._told(how)
        log.info("a call back to %s: %s", who, how)
