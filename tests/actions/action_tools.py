"""Stand-ins for the seal and the account store behind the actions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from bot.accounts import AccountsUnavailable
from bot.sealing import Purpose, SealBroken


class PaperSeal:
    """Writes call and purpose beside the text."""

    def __init__(self, call: str = "") -> None:
        self._call = call

    def of_call(self, call: str) -> PaperSeal:
        return PaperSeal(call)

    def seal(self, text: str, purpose: Purpose) -> str:
        return f"{self._call}/{purpose.value}:{text}"

    def reveal(self, token: str, purpose: Purpose) -> str:
        if not token.startswith(f"{self._call}/{purpose.value}:"):
            raise SealBroken
        return token.partition(":")[2]


class PaperAccounts:
    """One account; notes what was asked, and on which thread."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.threads: set[int] = set()
        self.gone = False
        self.hangs: threading.Event | None = None
        self.until = 0.0
        self.loses_answers = 0

    def check(self) -> int:
        self._note("check")
        return 7

    def begin_reset(self, call_id: str, phone: str | None, insurance_number: str) -> str | None:
        self._note("begin", call_id, str(phone), insurance_number)
        return "24681357" if (phone, insurance_number) == ("0912345678", "0123456789") else None

    def activate(self, call_id: str, until: float) -> bool:
        self._note("activate", call_id)
        self.until = until
        return call_id == "call"

    def discard(self, call_id: str) -> bool:
        self._note("discard", call_id)
        return call_id == "heard"

    def _note(self, *asked: str) -> None:
        self.asked.append(asked)
        self.threads.add(threading.get_ident())
        if self.hangs:
            self.hangs.wait()
        if self.gone or self.loses_answers > 0:
            self.loses_answers -= 1
            raise AccountsUnavailable("the account store cannot be used; look after it")


Run = Callable[..., Any]
